// The walk of a query with a filter: a beam of matching rows beside one of rows that only lead on.
//
// Where many rows match, all neighbours are compared, and the walk ends once no row of either beam is nearer than the
// worst of a full beam of matching rows. Where few match, comparing the others would cost most of the time: then only
// matching neighbours are compared, and the matching neighbours of those that do not match, the nearest first (the
// neighbours' neighbours are ACORN's idea, Patel et al., 2024). Which of the two is decided at each row by what the
// walk met so far, so a filter that is correlated with the query costs no more than none.

#include "index/filtered_walk.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "index/walk_margin.hpp"
#include "index/walk_steps.hpp"

namespace scaup::inline v0 {
namespace {

// The constants are measured with bench_filtered_walk.

// The margin begins behind this many rows at least, as in the plain walk.
constexpr std::size_t kFewest = 10;
// Where at least this share of the rows met matches, all neighbours are compared.
constexpr double kOneHopRate = 0.35;
// How many rows the given share counts for beside those that the walk met.
constexpr double kPriorRows = 64;
// Neighbours' neighbours are added up to so many rows: before k matching rows are known, and after.
constexpr std::size_t kFirstWanted = 16;
constexpr std::size_t kWanted = 32;
// With fewer matching rows around, those that do not match are compared too.
constexpr std::size_t kFewMatches = 4;
// Lists of links fetched ahead of the one being read.
constexpr std::size_t kListsAhead = 6;
// Rows that do not match may be followed so often, and once more for each kRowsPerDetour matching rows: about a
// twentieth of what comparing all these would cost. A walk that needs more is given up.
constexpr double kDetours = 32;
constexpr double kRowsPerDetour = 512;
constexpr double kMostDetours = 512;
// Rows from all over the graph are compared too. If so many of so few are nearer than what was found, the matching rows
// begin far from the query, and the nearest ones lie in all directions, where no path leads from one to the next. With
// a filter that is not correlated with the query that happens only where few rows match, which are compared at less
// cost.
constexpr std::size_t kSampleRows = 24;
constexpr std::ptrdiff_t kNearerRows = 2;
// After so many rows were followed, a matching row should have been found that is nearer.
constexpr std::size_t kTrialHops = 6;

// One walk for one query. In the scratch, `beam` holds matching rows that are alive, `others` the rest.
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
        margin_(graph, query, std::max(options.ef, options.k)),
        kth_(std::max(options.k, kFewest) - 1),
        words_(options.filter.data()),
        bits_(static_cast<Slot>(std::min<std::size_t>(options.filter.size() * 64, steps_.limit()))),
        share_(std::clamp(options.share, 1e-9, 1.0)),
        matching_rows_(share_ * static_cast<double>(steps_.limit())),
        detours_(std::min(kDetours + matching_rows_ / kRowsPerDetour, kMostDetours)),
        met_(kPriorRows),
        met_matching_(kPriorRows * share_) {
    const std::size_t width = std::max(options.ef, options.k);
    scratch_.beam.reset(width);
    scratch_.others.reset(std::max(width, static_cast<std::size_t>(detours_)));
  }

  void run() {
    if (!graph_.entry(entry_)) return;
    sample_rows();
    steps_.descend(entry_, options_.leave_out, Taker{*this});
    if (scratch_.beam.size() + scratch_.others.size() == 0) follow(entry_.slot);  // the entry is newer than the view
    while (!lost()) {
      const auto next = take_next();
      if (!next) return;
      follow(*next);
    }
  }

  // The rows of the beam, with exact scores.
  std::vector<Hit> best(const RowJudge& judge) {
    const std::size_t wanted = candidates_for(options_.k, options_.rescored);
    scratch_.found.clear();
    for (std::size_t i = 0; i < std::min(scratch_.beam.size(), wanted); ++i) {
      scratch_.found.push_back(scratch_.beam.slot(i));
    }
    auto hits = steps_.rescore(scratch_.found, query_, options_.k, judge);
    const bool enough = hits.size() >= options_.k || static_cast<double>(hits.size()) >= std::floor(matching_rows_);
    counters_.doubtful = lost() || !enough || far_away(options_.k - 1);
    return hits;
  }

 private:
  struct Taker {
    FilteredWalk& walk;
    void operator()(const Slot* slots, const float* distances, std::size_t count) const {
      for (std::size_t i = 0; i < count; ++i) walk.take(Beam::pack(distances[i], slots[i]));
      walk.end_behind_margin();
    }
  };

  // 1 or 0, for sums without branches. False for no slot, ~0.
  [[nodiscard]] static std::size_t matches(const std::uint64_t* words, Slot bits, Slot slot) noexcept {
    const Slot safe = slot < bits ? slot : 0;
    return (words[safe / 64] >> (safe % 64)) & (slot < bits ? 1U : 0U);
  }
  [[nodiscard]] std::size_t matches(Slot slot) const noexcept { return matches(words_, bits_, slot); }

  // What becomes of each compared row.
  void take(std::uint64_t entry) {
    if (!scratch_.beam.would_add(entry)) return;
    const Slot slot = Beam::slot_of(entry);
    const bool wanted = matches(slot) != 0 && steps_.visible(slot);
    if ((wanted ? scratch_.beam : scratch_.others).offer(entry)) steps_.prefetch_links(slot);
  }

  // Rows that are farther than the k-th best by the margin are not worth following.
  void end_behind_margin() noexcept {
    Beam& beam = scratch_.beam;
    if (beam.size() > kth_) beam.tighten(margin_.end(beam.distance(kth_)));
  }

  // Whether the matching rows must be far from the query and scattered: rows that do not match were followed too often
  // (as often as a filter of this share makes necessary is not counted, twice over), or even the nearest match is far.
  [[nodiscard]] bool lost() const noexcept {
    const double necessary = 2 * (1 - share_) / share_ * static_cast<double>(followed_);
    if (static_cast<double>(detours_taken_) > detours_ + necessary) return true;
    return followed_ + detours_taken_ > kTrialHops && far_away(0);
  }

  // Whether the beam has a row of this rank, and it is no nearer than rows from anywhere.
  [[nodiscard]] bool far_away(std::size_t rank) const noexcept {
    if (rank >= scratch_.beam.size()) return false;
    const float found = scratch_.beam.distance(rank);
    const auto end = sample_.begin() + static_cast<std::ptrdiff_t>(sample_count_);
    return std::count_if(sample_.begin(), end, [found](float distance) { return distance < found; }) >= kNearerRows;
  }

  // The rows that the entry point leads to on the highest levels, which hold few rows, any ones. On the first level
  // they would be near each other.
  void sample_rows() {
    std::array<std::uint32_t, kSampleRows + 1> nodes = {entry_.node};
    std::size_t count = entry_.level > 0 ? 1 : 0;
    for (std::size_t level = entry_.level; level > (entry_.level > 1 ? 1 : 0); --level) {
      for (std::size_t i = 0; i < count; ++i) count = add_nodes(nodes, count, level, nodes[i]);
    }
    std::array<Slot, kSampleRows + 1> slots;
    std::size_t shown = 0;
    for (std::size_t i = 1; i < count; ++i) {
      slots[shown] = graph_.slot_of_node(nodes[i]);
      if (slots[shown] < steps_.limit()) ++shown;
    }
    if (shown == 0) return;
    steps_.compare(slots.data(), shown, [this](const Slot* /*slots*/, const float* distances, std::size_t measured) {
      std::copy_n(distances, measured, sample_.begin());
    });
    sample_count_ = shown;
  }

  // Adds the nodes that one links to on a level, as long as there is room; returns how many there are then.
  std::size_t add_nodes(std::array<std::uint32_t, kSampleRows + 1>& nodes, std::size_t count, std::size_t level,
                        std::uint32_t from) const {
    const Graph::Link* const list = graph_.node_links(from, level);
    for (std::size_t i = 0; i < graph_.links_per_node() && count < nodes.size(); ++i) {
      const std::uint32_t link = list[i].load(std::memory_order_acquire);
      const auto end = nodes.begin() + static_cast<std::ptrdiff_t>(count);
      if (link != 0 && std::find(nodes.begin(), end, link - 1) == end) nodes[count++] = link - 1;
    }
    return count;
  }

  // The nearest row of both beams that can still lead to a nearer matching row.
  std::optional<Slot> take_next() {
    Beam& beam = scratch_.beam;
    Beam& others = scratch_.others;
    const std::size_t next = beam.next_rank();
    const std::size_t other = others.next_rank();
    if (other < others.size() && leads_on(others.distance(other), next)) {
      ++detours_taken_;
      return others.take_next();
    }
    ++followed_;
    return beam.take_next();
  }

  // Whether another row at this distance comes before the beam's next one, and may still lead to a row that enters.
  [[nodiscard]] bool leads_on(float distance, std::size_t next) const noexcept {
    const Beam& beam = scratch_.beam;
    return beam.would_add(Beam::pack(distance, 0)) && (next == beam.size() || distance < beam.distance(next));
  }

  void follow(Slot slot) {
    ++counters_.hops;
    std::size_t fresh = 0;
    const Slot* const found = steps_.visit_links(slot, &fresh);
    prefetch_next();
    const std::size_t matching = split(found, fresh);
    met_ += static_cast<double>(fresh);
    met_matching_ += static_cast<double>(matching);
    if (met_matching_ >= kOneHopRate * met_) return steps_.compare(found, fresh, Taker{*this});
    follow_second_hops(fresh - matching);
  }

  void prefetch_next() noexcept {
    const std::size_t next = scratch_.beam.next_rank();
    if (next < scratch_.beam.size()) steps_.prefetch_links(scratch_.beam.slot(next));
  }

  // Puts the matching ones of some rows into `found` of the scratch and the others into bridges_.
  std::size_t split(const Slot* slots, std::size_t count) {
    scratch_.found.resize(count);
    std::size_t matching = 0;
    for (std::size_t i = 0; i < count; ++i) {
      scratch_.found[matching] = bridges_[i - matching] = slots[i];
      matching += matches(slots[i]);
    }
    scratch_.found.resize(matching);
    return matching;
  }

  void follow_second_hops(std::size_t bridges) {
    const std::size_t wanted = scratch_.beam.size() < options_.k ? kFirstWanted : kWanted;
    for (std::size_t i = 0; i < std::min(bridges, kListsAhead); ++i) steps_.prefetch_links(bridges_[i]);
    for (std::size_t i = 0; i < bridges && scratch_.found.size() < wanted; ++i) {
      if (i + kListsAhead < bridges) steps_.prefetch_links(bridges_[i + kListsAhead]);
      add_matching_links(bridges_[i]);
    }
    if (scratch_.found.size() < kFewMatches) {
      const auto first = bridges_.begin();
      scratch_.found.insert(scratch_.found.end(), first, first + static_cast<std::ptrdiff_t>(bridges));
    }
    steps_.compare(scratch_.found.data(), scratch_.found.size(), Taker{*this});
  }

  // The bits are tested before the visited set: few links pass, and this loop takes most of the time that a walk with
  // a small share spends beside comparing rows.
  void add_matching_links(Slot bridge) {
    std::array<Slot, WalkSteps::kMostLinks> some;
    std::size_t count = 0;
    const Graph::Link* const list = steps_.links(bridge);
    const std::uint64_t* const words = words_;
    const Slot bits = bits_;
    const std::size_t links = steps_.row_links();
    for (std::size_t i = 0; i < links; ++i) {
      const std::uint32_t link = list[i].load(std::memory_order_acquire);
      some[count] = link;
      count += matches(words, bits, link - 1);
    }
    std::size_t fresh = 0;
    const Slot* const found = steps_.visit_all(
        count, [&some](std::size_t i) { return some[i]; }, &fresh);
    scratch_.found.insert(scratch_.found.end(), found, found + fresh);
  }

  const Graph& graph_;
  const std::span<const float> query_;
  const WalkOptions& options_;
  WalkScratch& scratch_;
  WalkCounters& counters_;
  WalkSteps steps_;
  const WalkMargin margin_;
  const std::size_t kth_;  // the margin begins behind the row of this rank
  const std::uint64_t* const words_;
  Graph::Entry entry_;
  const Slot bits_;  // slots from here on do not match
  const double share_;
  const double matching_rows_;
  const double detours_;
  double met_;  // rows whose match was looked up
  double met_matching_;
  std::size_t followed_ = 0;       // rows of the beam
  std::size_t detours_taken_ = 0;  // other rows followed
  std::size_t sample_count_ = 0;
  std::array<float, kSampleRows> sample_;
  std::array<Slot, WalkSteps::kMostLinks> bridges_;
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
