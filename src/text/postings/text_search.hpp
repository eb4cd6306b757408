#pragma once
// Search in the parts of an index: which terms of the query each part has, and what they weigh.

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "text/postings/text_cursor.hpp"
#include "text/postings/text_part.hpp"
#include "text/postings/text_query.hpp"

namespace scaup::inline v0 {

/// The terms of a query in one part, in the order of the query; terms that the part has not are left out.
struct PartTerms {
  struct Found {
    TextSegment::List list = {};
    std::size_t term = 0;  ///< its place in the query
    double weight = 0;     ///< of the term in the query times idf
  };
  const TextPart* part = nullptr;
  std::vector<Found> found = {};

  /// Cursors hold decoded blocks, 2 KiB each, so they are made for one part at a time.
  [[nodiscard]] std::vector<TextCursor> cursors() const;
};

/// Looks up every term in every part. Weights are those of the whole index.
///
/// Errors: `corruption`.
[[nodiscard]] Result<std::vector<PartTerms>> find_terms(std::span<const TextPart> parts, const TextTotals& totals,
                                                        const TextQuery& query);

/// The k best hits so far.
class TopHits {
 public:
  explicit TopHits(const TextSearchOptions& options) : options_(options) {}

  [[nodiscard]] bool full() const noexcept { return hits_.size() >= options_.k; }
  /// The score that a further hit must reach; 0 while there are fewer than k.
  [[nodiscard]] double threshold() const noexcept { return full() ? combined(hits_.front()) : 0; }
  [[nodiscard]] double combined(const TextHit& hit) const noexcept {
    return hit.score.body + options_.title_weight * hit.score.title;
  }
  /// Takes the hit if it is among the k best and the judge accepts it.
  void offer(const TextHit& hit);
  /// Best first.
  [[nodiscard]] std::vector<TextHit> take();

 private:
  [[nodiscard]] bool better(const TextHit& a, const TextHit& b) const;

  const TextSearchOptions& options_;
  std::vector<TextHit> hits_;  // a heap with the worst in front
};

/// Offers all documents of one part that may be among the best. See part_search.cpp for how.
///
/// Errors: `corruption`, `cancelled`.
[[nodiscard]] Status search_part(const PartTerms& terms, const TextTotals& totals, const TextSearchOptions& options,
                                 TopHits& hits, TextSearchCounters& counters, const std::stop_token& stop);

}  // namespace scaup::inline v0
