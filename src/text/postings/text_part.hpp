#pragma once
// TextPart: a segment and what was removed from it, immutable as all of an index.

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "text/postings/text_segment.hpp"

namespace scaup::inline v0 {

/// Terms of a segment, ascending, and how many removed documents have each.
using RemovedTerms = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

/// What was removed from a segment.
struct RemovedDocuments {
  std::vector<std::uint64_t> bits = {};  ///< document d is bit d % 64 of word d / 64
  TextTotals totals = {};                ///< of the removed documents
  /// Lists whose counts add up, each at least twice as long as the next: a removal appends one and joins those that
  /// are too short, so that a list of m removals is copied O(log m) times.
  std::vector<std::shared_ptr<const RemovedTerms>> terms = {};
};

struct TextPart {
  TextSegment::Pointer segment;
  std::shared_ptr<const RemovedDocuments> removed;  ///< null: nothing

  [[nodiscard]] bool holds(std::uint32_t document) const noexcept {
    return removed == nullptr || (removed->bits[document / 64] >> (document % 64) & 1U) == 0;
  }
  [[nodiscard]] std::uint64_t documents() const noexcept {
    return segment->documents() - (removed == nullptr ? 0 : removed->totals.documents);
  }
  /// How many removed documents have the term.
  [[nodiscard]] std::uint32_t removed_df(std::uint32_t term) const noexcept;
};

/// Both lists as one; `b` may be empty.
[[nodiscard]] RemovedTerms joined(const RemovedTerms& a, const RemovedTerms& b);
/// All lists as one.
[[nodiscard]] RemovedTerms all_terms(const RemovedDocuments& removed);
/// Counts terms of removed documents, which ascend.
void append_terms(RemovedDocuments& removed, RemovedTerms added);
/// Sets the bit of a document that is not removed yet, and counts its lengths.
void mark_removed(RemovedDocuments& removed, const TextSegment& segment, std::uint32_t document);

}  // namespace scaup::inline v0
