#pragma once
// TextIndex: the BM25 index of a collection at one moment, immutable.
//
// A write makes a successor that shares all but what changed, so that a reader needs no lock and sees rows and
// statistics of one moment: whoever publishes snapshots puts a TextIndex::Pointer in them.
//
// An index is a list of parts. A part is a segment (the documents of one write, or of several merged ones) and what
// was removed from it since: bits for documents, and for terms how many documents fewer have them. So N, the
// lengths and every df are exact at every moment; postings of removed documents go with the next merge.
// A document changed in place is removed from its part and added in a new one under the same slot; at most one part
// holds a slot that is not removed.
//
// Merges keep the number of parts at O(log n): four of about the same size become one, and a part that lost more
// than a fifth of its documents is written anew. A merge is `next_merge` (what is due), `run` (the work, by any
// thread, beside readers and writers), and `adopt` by the writer, which carries over what was removed meanwhile.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string_view>
#include <utility>
#include <vector>

#include "scaup/result.hpp"
#include "text/postings/bm25.hpp"
#include "text/postings/text_batch.hpp"
#include "text/postings/text_part.hpp"
#include "text/postings/text_query.hpp"
#include "text/postings/text_segment.hpp"

namespace scaup::inline v0 {

/// Documents that go, then documents that come. Borrowed for the call.
struct TextChange {
  /// The removed documents analysed as they were when they were added, and the slot of each, in any order.
  /// A slot that the index does not hold is passed over.
  const TextBatch* removed = nullptr;
  std::span<const Slot> removed_slots = {};
  /// One slot for each document of the batch, in any order, none twice, none that the index still holds.
  const TextBatch* added = nullptr;
  std::span<const Slot> added_slots = {};
};

/// Parts that should become one. Holds them, and nothing else of the index.
class TextMerge {
 public:
  /// Writes the segment; removed documents are left out.
  ///
  /// Errors: `corruption` of a part, `cancelled`, `out_of_memory`.
  [[nodiscard]] Status run(std::stop_token stop = {});

 private:
  friend class TextIndex;
  std::vector<TextPart> parts_;
  TextTotals totals_;            // of the whole index, for the impacts
  TextSegment::Pointer merged_;  // null before `run`, and where no document is left
  bool done_ = false;
};

/// Thread-safe: any member from any thread at any time.
class TextIndex {
 public:
  using Pointer = std::shared_ptr<const TextIndex>;

  /// An index without documents.
  TextIndex() = default;
  [[nodiscard]] static Result<Pointer> empty();
  /// The index of a checkpoint.
  [[nodiscard]] static Result<Pointer> of(TextSegment::Pointer segment);

  /// The index after a change. Does all that can fail; publishing is the caller's pointer.
  ///
  /// Errors: `invalid_argument` where batches and slots do not fit; `corruption`; `out_of_memory`.
  /// Cost: that of the batches; bits of a part that loses documents are copied, one for each of its documents.
  [[nodiscard]] Result<Pointer> changed(const TextChange& change) const;

  [[nodiscard]] const TextTotals& totals() const noexcept { return totals_; }
  [[nodiscard]] std::size_t parts() const noexcept { return parts_.size(); }
  [[nodiscard]] std::size_t memory_bytes() const noexcept;
  [[nodiscard]] bool contains(Slot slot) const noexcept;
  /// In how many documents the body has the term.
  ///
  /// Errors: `corruption`.
  [[nodiscard]] Result<std::uint64_t> document_frequency(std::string_view term) const;

  /// The k best documents that have a term of the query and pass judge and selection, best first. Fewer if there
  /// are not so many. Scores are exact, whatever was pruned: the sums, in double and in the order of the query's
  /// terms, of weight * idf * saturation. The best body score of the query is that of the first hit with
  /// `title_weight` 0.
  ///
  /// Errors: `invalid_argument` if k is 0, a weight out of range, or with more than 16,384 terms; `corruption`;
  /// `cancelled`.
  [[nodiscard]] Result<std::vector<TextHit>> top_k(const TextQuery& query, const TextSearchOptions& options,
                                                   TextSearchCounters& counters, std::stop_token stop = {}) const;

  /// The scores of these documents, in the same order; 0 for a slot that is not here. The same bits as `top_k`.
  /// Cost: least if slots ascend. For few slots, such as those of a selective filter.
  ///
  /// Errors: `invalid_argument` if a weight is out of range; `corruption`.
  [[nodiscard]] Result<std::vector<TextScore>> score(const TextQuery& query, std::span<const Slot> slots) const;

  /// The next merge that is due, if any.
  [[nodiscard]] std::optional<TextMerge> next_merge() const;
  /// The successor of this index, which may be younger than the one that gave the merge, with its parts replaced.
  /// An index that does not hold these parts any more is returned as it is.
  ///
  /// Errors: `corruption`, `out_of_memory`; `invalid_argument` before `run`.
  [[nodiscard]] Result<Pointer> adopt(const TextMerge& merge) const;
  /// Does all merges that are due, for a caller to whom it does not matter how long it takes.
  [[nodiscard]] Result<Pointer> tidied(std::stop_token stop = {}) const;

  /// All documents in the bytes of one segment, as a checkpoint keeps them: of the slots in `kept` (ascending), the
  /// document of slot `kept[i]` gets the slot i; others are left out. Empty if no document is left.
  ///
  /// Errors: `corruption`, `cancelled`, `out_of_memory`.
  /// Cost: the bytes are made in memory as a whole.
  [[nodiscard]] Result<std::vector<std::byte>> serialize(std::span<const Slot> kept, std::stop_token stop = {}) const;

 private:
  [[nodiscard]] static Pointer of_parts(std::vector<TextPart> parts, const TextTotals& totals);
  [[nodiscard]] std::optional<std::pair<std::size_t, std::uint32_t>> find(Slot slot) const noexcept;

  std::vector<TextPart> parts_;
  TextTotals totals_;
};

}  // namespace scaup::inline v0
