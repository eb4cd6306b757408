// The walk of a query without a filter: one sorted beam, whose nearest row is followed until none is left that is near
// enough.

#include "index/graph_walk.hpp"

#include <algorithm>

#include "base/boundary.hpp"
#include "index/filtered_walk.hpp"
#include "index/walk_margin.hpp"
#include "index/walk_steps.hpp"

namespace scaup::inline v0 {
namespace {

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
    steps_.descend(entry, options_.leave_out, Taker{*this});
    if (scratch_.beam.size() == 0) follow(entry.slot);  // the entry is newer than the view
    while (const auto next = scratch_.beam.take_next()) follow(*next);
  }

  // The nearest rows of the beam that are alive, with exact scores.
  std::vector<Hit> best(const RowJudge& judge) {
    // A narrow walk asks for less recall than the order of int8 distances costs.
    constexpr std::size_t kSpare = 6;
    const std::size_t most = candidates_for(options_.k, options_.rescored);
    const std::size_t enough = std::max(options_.k + kSpare, options_.ef / 2);
    const std::size_t wanted = options_.rescored == 0 ? std::min(most, enough) : most;
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
  const WalkMargin margin_;
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
