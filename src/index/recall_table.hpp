#pragma once
// What a width of the beam gives in one graph, and what it costs: measured against exact search, so that a query
// can ask for recall instead of a width.

#include <cstddef>
#include <optional>
#include <stop_token>
#include <vector>

#include "index/exact_search.hpp"
#include "index/graph.hpp"
#include "scaup/index_options.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// Thread-compatible: const members concurrently; a non-const member needs exclusive access.
class RecallTable {
 public:
  /// Recall@k of a width: the mean share of the k exact neighbours that were found, less one standard error of that
  /// mean.
  struct Point {
    std::size_t ef = 0;
    double recall = 0;
    double codes_compared = 0;  ///< a query, on average
  };
  static constexpr std::size_t kMeasuredAt = 10;  ///< the k of every point

  /// Points in ascending order of width.
  explicit RecallTable(std::vector<Point> points);

  /// The least width that reaches the recall for k results, or none if no measured width does. A larger k takes
  /// a width larger in proportion, which is more than it needs.
  [[nodiscard]] std::optional<std::size_t> ef_for(double recall, std::size_t k) const noexcept;
  /// In ascending order of width, and of recall.
  [[nodiscard]] const std::vector<Point>& points() const noexcept { return points_; }
  /// How many rows a query of this width compares.
  [[nodiscard]] double codes_compared(std::size_t ef) const noexcept;

 private:
  std::vector<Point> points_;
};

/// How recall is measured. The queries are rows that the view shows, each left out of its own answer, as if it were not
/// in the graph: a row as its own query would be found through its own links, which no user's query has.
struct RecallSample {
  std::size_t queries = 256;  ///< at most
  std::size_t threads = 0;    ///< 0: all cores
};

/// Measures widths from 10 upwards, in a view of which every row is in the graph, until all is found or a walk costs as
/// much as a scan. Errors: `cancelled`, `out_of_memory`. Cost: as many exact queries as the sample has, and about ten
/// times as many walks.
[[nodiscard]] Result<RecallTable> measure_recall(const Graph& graph, const RowsView& rows, const RecallSample& sample,
                                                 const std::stop_token& stop);
/// Measures one width in such a view; the recall is the mean itself.
[[nodiscard]] Result<RecallReport> recall_of_width(const Graph& graph, const RowsView& rows, std::size_t ef,
                                                   const RecallSample& sample, const std::stop_token& stop);

}  // namespace scaup::inline v0
