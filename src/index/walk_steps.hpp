#pragma once
// The steps that every walk through the graph consists of: the query as codes, comparing rows with it, going down the
// upper levels, reading links, and exact scores at the end. Templates, so that what a walk does with each compared row
// is compiled into the loop.

#include <algorithm>
#include <array>
#include <cfloat>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "index/graph.hpp"
#include "index/graph_walk.hpp"
#include "index/row_distance.hpp"
#include "index/walk_scratch.hpp"
#include "simd/kernels.hpp"

namespace scaup::inline v0 {

inline void prefetch_lines(const void* from, std::size_t bytes) noexcept {
  const char* line = static_cast<const char*>(from);
  for (std::size_t i = 0; i < bytes; i += kCacheLine) __builtin_prefetch(line + i);
}

/// What one walk for one query shares with all others. Everything given must outlive it.
/// Single-threaded.
class WalkSteps {
 public:
  static constexpr std::size_t kMostLinks = 128;  ///< of one row on one level

  /// Readies the scratch, but for its beams.
  WalkSteps(const Graph& graph, const RowsView& rows, std::span<const float> query, WalkScratch& scratch,
            WalkCounters& counters);

  /// Slots of the view and of the graph are below this.
  [[nodiscard]] Slot limit() const noexcept { return limit_; }
  [[nodiscard]] std::size_t row_links() const noexcept { return row_links_; }
  /// Whether the view shows the row, alive.
  [[nodiscard]] bool visible(Slot slot) const noexcept { return rows_.visible(slot); }
  [[nodiscard]] const Graph::Link* links(Slot slot) const noexcept { return graph_.row_links(slot); }
  void prefetch_links(Slot slot) const noexcept { prefetch_lines(links(slot), row_links_ * sizeof(Graph::Link)); }

  /// Marks a row as visited; whether it was not.
  bool visit(Slot slot) { return slot < limit_ && scratch_.visited.insert(slot); }
  /// Marks the neighbours of a row as visited; those that were not are behind the pointer until the next visit.
  const Slot* visit_links(Slot slot, std::size_t* fresh) {
    const Graph::Link* const list = links(slot);
    return visit_all(
        row_links_, [list](std::size_t i) { return list[i].load(std::memory_order_acquire); }, fresh);
  }
  /// The same for `count` links (slot + 1, 0 for none) that `load(i)` gives.
  template <typename Load>
  const Slot* visit_all(std::size_t count, Load load, std::size_t* fresh) {
    return scratch_.visited.insert_links(count, limit_, load, fresh);
  }

  /// Compares rows with the query and calls `take(slots, distances, count)` with all of them.
  template <typename Take>
  void compare(const Slot* slots, std::size_t count, Take&& take) {
    measure(slots, count);
    take(slots, static_cast<const float*>(scratch_.distances.data()), count);
    counters_.codes_compared += count;
  }

  /// Offers compared rows to the beam. Which are near enough is found without branches: their outcome could not be
  /// predicted.
  void offer(const Slot* slots, const float* distances, std::size_t count) {
    std::uint64_t* const nearer = scratch_.entries.data();
    std::size_t n = 0;
    for (std::size_t i = 0; i < count; ++i) {
      nearer[n] = Beam::pack(distances[i], slots[i]);
      n += static_cast<std::size_t>(scratch_.beam.would_add(nearer[n]));
    }
    for (std::size_t i = 0; i < n; ++i) {
      if (scratch_.beam.offer(nearer[i])) prefetch_links(Beam::slot_of(nearer[i]));
    }
  }

  /// Down the upper levels by the nearest row, and calls `take` with it, unless the view shows none on the way.
  template <typename Take>
  void descend(const Graph::Entry& entry, std::optional<Slot> leave_out, Take&& take) {
    if (leave_out) visit(*leave_out);
    Place at{.slot = entry.slot, .node = entry.node};
    if (visit(entry.slot)) {
      measure(&entry.slot, 1);
      at.distance = scratch_.distances[0];
    }
    for (std::size_t level = entry.level; level > 0; --level) {
      while (step(at, level)) continue;
    }
    // On level 0 the walk meets again what was compared above, where it is near: less than what all of it would cost in
    // the beam.
    scratch_.visited.clear();
    if (leave_out) visit(*leave_out);
    if (visit(at.slot)) compare(&at.slot, 1, take);
  }

  /// Of rows that the view shows, the best k that the judge accepts, with exact scores, best first.
  [[nodiscard]] std::vector<Hit> rescore(std::span<const Slot> candidates, std::span<const float> query, std::size_t k,
                                         const RowJudge& judge) const;

 private:
  // Rows whose codes are fetched ahead of the one being compared.
  static constexpr std::size_t kAhead = 8;
  // Lines of a row fetched ahead; the processor itself goes on along longer rows.
  static constexpr std::size_t kLinesAhead = 8;

  [[nodiscard]] const std::int8_t* codes(Slot slot) const noexcept {
    return scratch_.codes[slot >> shift_] + (slot & ((Slot{1} << shift_) - 1)) * stride_;
  }
  void prefetch(Slot slot) const noexcept {
    prefetch_lines(codes(slot), std::min(stride_, kLinesAhead * kCacheLine));
    __builtin_prefetch(graph_.weights(slot));
  }
  // Distances into the scratch, four rows at a time; those that come next are fetched meanwhile.
  void measure(const Slot* slots, std::size_t count) {
    if (scratch_.distances.size() < count + 4) scratch_.distances.resize(2 * count + 4);
    if (scratch_.entries.size() < count) scratch_.entries.resize(2 * count);
    for (std::size_t i = 0; i < std::min(count, kAhead); ++i) prefetch(slots[i]);
    for (std::size_t i = 0; i < count; i += 4) {
      for (std::size_t ahead = i + kAhead; ahead < std::min(count, i + kAhead + 4); ++ahead) prefetch(slots[ahead]);
      const std::size_t last = count - 1;
      const Slot four[4] = {slots[i], slots[std::min(i + 1, last)], slots[std::min(i + 2, last)],
                            slots[std::min(i + 3, last)]};
      const std::int8_t* const rows[4] = {codes(four[0]), codes(four[1]), codes(four[2]), codes(four[3])};
      std::int32_t dots[4];
      table_.dot_int16_int8_4_rows(scratch_.query.data(), rows, stride_, dots);
      float* const distances = scratch_.distances.data() + i;
      for (std::size_t lane = 0; lane < 4; ++lane) distances[lane] = distance_of(four[lane], dots[lane]);
    }
  }
  [[nodiscard]] float distance_of(Slot slot, std::int32_t dot) const noexcept {
    const RowWeights& weights = *graph_.weights(slot);
    return ordered_distance(weights.addend - static_cast<float>(dot) * factor_ * weights.multiplier);
  }

  struct Place {
    Slot slot = 0;
    std::uint32_t node = 0;
    float distance = FLT_MAX;
  };

  // Moves to the nearest of the new links of a node, if it is nearer than the node.
  bool step(Place& at, std::size_t level) {
    ++counters_.hops;
    const Graph::Link* const list = graph_.node_links(at.node, level);
    std::array<std::uint32_t, kMostLinks> nodes;
    std::array<Slot, kMostLinks> slots;
    const std::size_t count = graph_.links_per_node();
    for (std::size_t i = 0; i < count; ++i) {
      nodes[i] = list[i].load(std::memory_order_acquire);
      slots[i] = nodes[i] == 0 ? 0 : graph_.slot_of_node(nodes[i] - 1) + 1;
    }
    std::size_t fresh = 0;
    const Slot* found = visit_all(
        count, [&](std::size_t i) { return slots[i]; }, &fresh);
    if (fresh == 0) return false;
    measure(found, fresh);
    counters_.codes_compared += fresh;
    const auto* const first = scratch_.distances.data();
    const auto best = static_cast<std::size_t>(std::min_element(first, first + fresh) - first);
    if (first[best] >= at.distance) return false;
    const auto place = std::find(slots.begin(), slots.begin() + static_cast<std::ptrdiff_t>(count), found[best] + 1);
    at = {found[best], nodes[static_cast<std::size_t>(place - slots.begin())] - 1, first[best]};
    return true;
  }

  const Graph& graph_;
  const RowCodesView rows_;
  WalkScratch& scratch_;
  WalkCounters& counters_;
  const Kernels& table_;
  const Slot limit_;
  const unsigned shift_;
  const std::size_t stride_;
  const std::size_t row_links_;
  float factor_ = 0;
};

}  // namespace scaup::inline v0
