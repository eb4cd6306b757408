// The walk of a query with a filter.

#include "index/filtered_walk.hpp"

#include <algorithm>
#include <array>

#include "index/walk_steps.hpp"

namespace scaup::inline v0 {
namespace {

// With fewer matching rows around, rows that do not match are followed as well.
constexpr std::size_t kFewMatches = 8;

// One walk for one query.
class FilteredWalk {
 public:
  FilteredWalk(const Graph& graph, const RowsView& rows, std::span<const float> query, const WalkOptions& options,
               WalkScratch& scratch, WalkCounters& counters)
      : graph_(graph),
        query_(query),
        options_(options),
        scratch_(scratch),
        counters_(counters),
        steps_(graph, rows, query, scratch, counters),
        two_hop_(options.share < kTwoHopShare) {
    const double width = static_cast<double>(std::max(options.ef, options.k));
    if (two_hop_) scratch_.kept.reset(std::max({options.ef, options.k, options.rescored}));
    scratch_.beam.reset(static_cast<std::size_t>(two_hop_ ? width : width / std::clamp(options.share, 0.1, 1.0)));
  }

  void run() {
    Graph::Entry entry;
    if (!graph_.entry(entry)) return;
    steps_.descend(entry, Taker{*this});
    if (scratch_.beam.size() == 0) follow(entry.slot);  // the entry is newer than the view
    while (const auto next = scratch_.beam.take_next()) follow(*next);
  }

  // The nearest rows of the beam that may be returned, with exact scores.
  std::vector<Hit> best(const RowJudge& judge) {
    const std::size_t wanted = std::max(options_.rescored, options_.k);
    scratch_.found.clear();
    const Beam& nearest = two_hop_ ? scratch_.kept : scratch_.beam;
    for (std::size_t i = 0; i < nearest.size() && scratch_.found.size() < wanted; ++i) {
      const Slot slot = nearest.slot(i);
      if (matches(slot) && steps_.visible(slot)) scratch_.found.push_back(slot);
    }
    return steps_.rescore(scratch_.found, query_, options_.k, judge);
  }

 private:
  [[nodiscard]] bool matches(Slot slot) const noexcept {
    const std::size_t word = slot / 64;
    return word < options_.filter.size() && ((options_.filter[word] >> (slot % 64)) & 1U) != 0;
  }

  // What becomes of compared rows.
  struct Taker {
    FilteredWalk& walk;
    void operator()(const Slot* slots, const float* distances, std::size_t count) const {
      walk.steps_.offer(slots, distances, count);
      if (walk.two_hop_) walk.keep_matching(slots, distances, count);
    }
  };
  void keep_matching(const Slot* slots, const float* distances, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      if (matches(slots[i])) scratch_.kept.offer(distances[i], slots[i]);
    }
  }

  void follow(Slot slot) {
    ++counters_.hops;
    if (two_hop_) return follow_two_hops(slot);
    std::size_t fresh = 0;
    const Slot* found = steps_.visit_links(slot, &fresh);
    if (const auto next = scratch_.beam.peek_next()) steps_.prefetch_links(*next);
    steps_.compare(found, fresh, Taker{*this});
  }

  // Compares the neighbours that match, and those that neighbours which do not match lead to. Where there are few, the
  // neighbours themselves too, so that the walk goes on.
  void follow_two_hops(Slot slot) {
    std::array<Slot, WalkSteps::kMostLinks> bridges;
    std::size_t bridge_count = 0;
    std::size_t fresh = 0;
    const Slot* found = steps_.visit_links(slot, &fresh);
    scratch_.found.clear();
    for (std::size_t i = 0; i < fresh; ++i) {
      if (matches(found[i])) {
        scratch_.found.push_back(found[i]);
      } else {
        steps_.prefetch_links(found[i]);
        bridges[bridge_count++] = found[i];
      }
    }
    for (std::size_t i = 0; i < bridge_count && scratch_.found.size() < steps_.row_links(); ++i) {
      add_matching_links(bridges[i]);
    }
    if (scratch_.found.size() < kFewMatches) {
      scratch_.found.insert(scratch_.found.end(), bridges.begin(),
                            bridges.begin() + static_cast<std::ptrdiff_t>(bridge_count));
    }
    steps_.compare(scratch_.found.data(), scratch_.found.size(), Taker{*this});
  }

  void add_matching_links(Slot bridge) {
    const Graph::Link* const list = steps_.links(bridge);
    const auto matching = [&](std::size_t i) {
      const std::uint32_t link = list[i].load(std::memory_order_acquire);
      return link != 0 && matches(link - 1) ? link : 0;
    };
    std::size_t fresh = 0;
    const Slot* found = steps_.visit_all(steps_.row_links(), matching, &fresh);
    scratch_.found.insert(scratch_.found.end(), found, found + fresh);
  }

  const Graph& graph_;
  const std::span<const float> query_;
  const WalkOptions& options_;
  WalkScratch& scratch_;
  WalkCounters& counters_;
  WalkSteps steps_;
  const bool two_hop_;
};

}  // namespace

std::vector<Hit> filtered_walk(const Graph& graph, const RowsView& rows, std::span<const float> query,
                               const WalkOptions& options, const RowJudge& judge, WalkCounters& counters) {
  const BorrowedScratch scratch(graph.scratch());
  FilteredWalk walk(graph, rows, query, options, *scratch, counters);
  walk.run();
  return walk.best(judge);
}

}  // namespace scaup::inline v0
