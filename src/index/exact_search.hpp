#pragma once
// Exact search: the answer of a double-precision scan of all rows, at the cost of an f32 scan.
//
// Every row is compared in f32; the rounding error of that is bounded (kernel_error_factor), so only rows
// whose upper bound reaches the k-th best score so far are computed again in double. No row that belongs
// into the answer is missed, and the order is that of the double scores, ties by id.

#include <cstddef>
#include <span>
#include <stop_token>
#include <vector>

#include "index/row_segment.hpp"
#include "index/top_k.hpp"
#include "scaup/metric.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// The rows that one snapshot shows.
struct RowsView {
  std::span<const RowSegment* const> segments = {};
  std::size_t rows = 0;              ///< slots published, dead ones included
  std::size_t rows_in_segment = 0;   ///< of each segment but the last
  std::size_t dimension = 0;
  Sequence sequence = 0;
};

struct ExactSearchCounters {
  std::size_t rows_scanned = 0;
  std::size_t rows_rescored = 0;
};

/// The best min(k, accepted rows) hits, best first. `query` has `rows.dimension` finite components; under
/// cosine it is not zero. `k` is at least 1.
/// Errors: `cancelled`.
[[nodiscard]] Result<std::vector<Hit>> exact_search(const RowsView& rows, Metric metric, std::span<const float> query,
                                                    std::size_t k, RowJudge& judge, ExactSearchCounters& counters,
                                                    const std::stop_token& stop);

}  // namespace scaup::inline v0
