#pragma once
// Exact search: the answer of a double-precision scan of all rows, at the cost of an int8 scan.
//
// Every row is compared by its codes; the error of that is bounded (row_scorer.hpp), so only rows whose upper
// bound reaches the k-th best score so far are computed from their floats, in double. No row that belongs
// into the answer is missed, and the order is that of the double scores, ties by id.

#include <cstddef>
#include <limits>
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
  std::size_t rows = 0;             ///< slots published, dead ones included
  std::size_t rows_in_segment = 0;  ///< of each segment but the last; a power of two
  std::size_t dimension = 0;
  Sequence sequence = 0;
  std::size_t first = 0;  ///< exact search begins here; rows before it are left out
};

/// One query. The vector has `RowsView::dimension` finite components; under cosine it is not zero.
struct ExactQuery {
  std::span<const float> vector = {};
  std::size_t k = 1;                                              ///< at least 1
  double least_score = -std::numeric_limits<double>::infinity();  ///< rows below it are left out
  const RowJudge* judge = nullptr;                                ///< not null; asked from several threads at once
  /// Only these rows are compared: slots below `RowsView::rows`, ascending. `RowJudge::may_accept` is not
  /// asked about them. Null: all rows.
  const std::vector<Slot>* only = nullptr;
};

struct ExactAnswer {
  std::vector<Hit> hits = {};      ///< best first
  std::size_t codes_compared = 0;  ///< rows compared by their codes
  std::size_t rows_rescored = 0;   ///< of these, rows computed from their floats
};

/// Answers each query, on up to `threads` threads (at least 1) of which the caller is one. The queries share
/// a pass over the codes.
/// Errors: `cancelled`.
[[nodiscard]] Result<std::vector<ExactAnswer>> exact_search(const RowsView& rows, Metric metric,
                                                            std::span<const ExactQuery> queries, std::size_t threads,
                                                            const std::stop_token& stop);

}  // namespace scaup::inline v0
