#pragma once
// One query's search through the graph.

#include <cstddef>
#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "index/exact_search.hpp"
#include "index/graph.hpp"
#include "index/top_k.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// Rows that fewer than this share of a filter's rows match are walked in two hops, see `WalkOptions::filter`.
inline constexpr double kTwoHopShare = 0.6;

struct WalkOptions {
  std::size_t k = 10;  ///< at least 1
  /// Width of the beam; raised to k where it is less. Without a filter, a walk also ends where the nearest row that was
  /// not followed is farther than the k-th best by ef / 300 of that one's distance.
  std::size_t ef = 64;
  /// Candidates scored from the f32 rows, at most; raised to k where it is less. A narrow walk without a filter scores
  /// fewer: it misses more rows than codes put out of order.
  std::size_t rescored = 24;
  /// Bit s % 64 of word s / 64 says whether the row of slot s may be returned; slots beyond the words may not. Empty:
  /// all may. Where few rows match, links of rows that do not are followed at once, so that the beam holds matching
  /// rows.
  std::span<const std::uint64_t> filter = {};
  /// The share of rows that match the filter and are alive, in (0, 1].
  double share = 1.0;
};

struct WalkCounters {
  std::size_t hops = 0;  ///< rows whose links were followed
  std::size_t codes_compared = 0;
  std::size_t rows_rescored = 0;
};

/// The best k rows that the walk found, with their exact scores, best first; of rows that the view shows, that are in
/// the graph, alive, and that filter and judge accept. Takes no lock; a publisher may work beside it. `query` has the
/// dimension of the graph, finite components, and under cosine it is not zero. `rows` shows the same table as the graph
/// was made of. Errors: `cancelled`.
[[nodiscard]] Result<std::vector<Hit>> walk(const Graph& graph, const RowsView& rows, std::span<const float> query,
                                            const WalkOptions& options, const RowJudge& judge, WalkCounters& counters,
                                            const std::stop_token& stop);

}  // namespace scaup::inline v0
