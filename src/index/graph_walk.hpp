#pragma once
// One query's search through the graph.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "index/exact_search.hpp"
#include "index/graph.hpp"
#include "index/top_k.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

struct WalkOptions {
  std::size_t k = 10;  ///< at least 1
  /// Width of the beam; raised to k where it is less. A walk also ends where the nearest row that was
  /// not followed is farther than the k-th best by ef / 300 of that one's distance.
  std::size_t ef = 64;
  /// Candidates scored from the f32 rows; raised to k where it is less. 0: as many as the order of codes needs, which
  /// is fewer for a narrow walk without a filter, because that misses more rows than codes put out of order.
  std::size_t rescored = 0;
  /// Bit s % 64 of word s / 64 says whether the row of slot s may be returned; slots beyond the words may not. Empty:
  /// all may. The beam holds matching rows only, so an ef means about the recall that it means without a filter.
  std::span<const std::uint64_t> filter = {};
  /// The share of rows that match the filter and are alive, in (0, 1]; an estimate will do.
  double share = 1.0;
  std::optional<Slot> leave_out = {};  ///< a row that is neither returned nor walked through
};

/// How many candidates `rescored` means for k results.
[[nodiscard]] constexpr std::size_t candidates_for(std::size_t k, std::size_t rescored) noexcept {
  return rescored == 0 ? std::max<std::size_t>(24, k + k / 2) : std::max(rescored, k);
}

struct WalkCounters {
  std::size_t hops = 0;  ///< rows whose links were followed
  std::size_t codes_compared = 0;
  std::size_t rows_rescored = 0;
  /// Set by the last walk. A filtered walk found fewer than k rows although `share` promises more, or it was given up
  /// because the rows near the query do not match and the matching ones are scattered far away: what it returned is
  /// true but may miss most of the answer. Comparing all rows that match is the way to the answer then. Giving up costs
  /// a small part of that where more than about 3,000 rows match.
  bool doubtful = false;
};

/// The best k rows that the walk found, with their exact scores, best first; of rows that the view shows, that are in
/// the graph, alive, and that filter and judge accept. Takes no lock; a publisher may work beside it. `query` has the
/// dimension of the graph, finite components, and under cosine it is not zero. `rows` shows the same table as the graph
/// was made of. Errors: `cancelled`.
[[nodiscard]] Result<std::vector<Hit>> walk(const Graph& graph, const RowsView& rows, std::span<const float> query,
                                            const WalkOptions& options, const RowJudge& judge, WalkCounters& counters,
                                            const std::stop_token& stop);

}  // namespace scaup::inline v0
