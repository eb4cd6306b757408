// The walk of a query without a filter: one sorted beam, whose nearest row is followed until none is left that is near
// enough.

#include "index/graph_walk.hpp"

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <limits>

#include "base/boundary.hpp"
#include "index/filtered_walk.hpp"
#include "index/walk_steps.hpp"

namespace scaup::inline v0 {
namespace {

// The margin behind the k-th best row within which rows are still followed, in proportion to the distance of that row
// (Al-Jazzazi et al. 2025, Distance Adaptive Beam Search). A query with many rows at nearly the same distance gets a
// long walk and one with few a short walk, which costs less at equal recall than a beam that is followed to its end
// each time.
class Margin {
 public:
  // Distances leave out terms that are the same for all rows; a proportion needs them.
  Margin(const Graph& graph, std::span<const float> query, std::size_t ef)
      : share_(static_cast<double>(ef) / kFullMargin) {
    const double square = kernels().dot_double(query.data(), query.data(), query.size());
    switch (graph.metric()) {
      case Metric::cosine: left_out_ = std::sqrt(square); break;  // |q| (1 - cos)
      case Metric::inner_product: left_out_ = std::sqrt(square) * graph.largest_norm(); break;
      case Metric::l2: left_out_ = square; break;
    }
  }

  [[nodiscard]] float end(float kth_distance) const noexcept {
    // Distances of codes are not exact, so that differences between the very nearest mean little.
    const double whole = std::max(static_cast<double>(kth_distance) + left_out_, kLeast * left_out_);
    const double end = static_cast<double>(kth_distance) + share_ * whole;
    return end < double{FLT_MAX} ? static_cast<float>(end) : std::numeric_limits<float>::infinity();
  }

 private:
  static constexpr double kFullMargin = 300.0;  // the ef whose margin is the whole distance; measured
  static constexpr double kLeast = 0.02;

  double share_;
  double left_out_ = 0;
};

// One walk for one query.
class PlainWalk {
 public:
  PlainWalk(const Graph& graph, const RowsView& rows, std::span<const float> query, const WalkOptions& options,
            WalkScratch& scratch, WalkCounters& counters)
      : graph_(graph),
        query_(query),
        options_(options),
        scratch_(scratch),
        counters_(counters),
        steps_(graph, rows, query, scratch, counters),
        margin_(graph, query, std::max(options.ef, options.k)) {
    // Dead rows take places in the beam: it is wider by as much.
    const double alive = std::clamp(options.share, 0.1, 1.0);
    const auto places = [alive](std::size_t wanted) {
      return static_cast<std::size_t>(static_cast<double>(wanted) / alive);
    };
    scratch_.beam.reset(places(std::max(options.ef, options.k)));
    kth_ = places(std::max(options.k, kFewest)) - 1;
  }

  void run() {
    Graph::Entry entry;
    if (!graph_.entry(entry)) return;
    steps_.descend(entry, Taker{*this});
    if (scratch_.beam.size() == 0) follow(entry.slot);  // the entry is newer than the view
    while (const auto next = scratch_.beam.take_next()) follow(*next);
  }

  // The nearest rows of the beam that are alive, with exact scores.
  std::vector<Hit> best(const RowJudge& judge) {
    constexpr std::size_t kSpare = 6;
    const std::size_t wanted =
        std::min(std::max(options_.rescored, options_.k), std::max(options_.k + kSpare, options_.ef / 2));
    scratch_.found.clear();
    for (std::size_t i = 0; i < scratch_.beam.size() && scratch_.found.size() < wanted; ++i) {
      const Slot slot = scratch_.beam.slot(i);
      if (steps_.visible(slot)) scratch_.found.push_back(slot);
    }
    return steps_.rescore(scratch_.found, query_, options_.k, judge);
  }

 private:
  // What becomes of compared rows.
  struct Taker {
    PlainWalk& walk;
    void operator()(const Slot* slots, const float* distances, std::size_t count) const {
      walk.steps_.offer(slots, distances, count);
    }
  };

  void follow(Slot slot) {
    ++counters_.hops;
    std::size_t fresh = 0;
    const Slot* found = steps_.visit_links(slot, &fresh);
    if (const auto next = scratch_.beam.peek_next()) steps_.prefetch_links(*next);
    steps_.compare(found, fresh, Taker{*this});
    if (scratch_.beam.size() > kth_) scratch_.beam.tighten(margin_.end(scratch_.beam.distance(kth_)));
  }

  // The margin begins behind this many rows at least: the distance of the very first says little about the others.
  static constexpr std::size_t kFewest = 10;

  const Graph& graph_;
  const std::span<const float> query_;
  const WalkOptions& options_;
  WalkScratch& scratch_;
  WalkCounters& counters_;
  WalkSteps steps_;
  const Margin margin_;
  std::size_t kth_ = 0;
};

}  // namespace

// NOLINTNEXTLINE(readability-function-size): what is searched, for what, and how, are seven things.
Result<std::vector<Hit>> walk(const Graph& graph, const RowsView& rows, std::span<const float> query,
                              const WalkOptions& options, const RowJudge& judge, WalkCounters& counters,
                              const std::stop_token& stop) {
  return guarded([&]() -> Result<std::vector<Hit>> {
    if (stop.stop_requested()) return Error(ErrorCode::cancelled, "query: cancelled while searching the graph");
    if (rows.rows == 0) return std::vector<Hit>{};
    if (!options.filter.empty()) return filtered_walk(graph, rows, query, options, judge, counters);
    const BorrowedScratch scratch(graph.scratch());
    PlainWalk plain(graph, rows, query, options, *scratch, counters);
    plain.run();
    return plain.best(judge);
  });
}

}  // namespace scaup::inline v0
