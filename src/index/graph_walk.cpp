#include "index/graph_walk.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cfloat>
#include <cmath>

#include "base/boundary.hpp"
#include "index/row_scorer.hpp"
#include "simd/kernels.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::size_t kMostLinks = 128;
// With fewer matching rows around, a filtered walk follows rows that do not match as well.
constexpr std::size_t kFewMatches = 8;
// Rows whose codes are fetched ahead of the one being compared.
constexpr std::size_t kAhead = 8;
// Lines of a row fetched ahead; the processor itself goes on along longer rows.
constexpr std::size_t kLinesAhead = 8;

// Rounds the components of a query to int16 in f32 arithmetic that compilers vectorise. Returns the factor by which a
// product of codes is multiplied. encode_query() in row_codes.hpp also bounds the error, which a walk does not need.
float encode_for_walk(std::span<const float> query, std::span<std::int16_t> codes) noexcept {
  constexpr float kLargestCode = 32767.0F;
  constexpr float kOneAndAHalfTimes2To23 = 12582912.0F;  // adding it rounds to an integer
  float largest = 0.0F;
  double sum = 0.0;
  for (const float x : query) {
    largest = std::max(largest, std::abs(x));
    sum += static_cast<double>(std::abs(x));
  }
  std::fill(codes.begin(), codes.end(), std::int16_t{0});
  const double room = static_cast<double>(kMaxInt16QuerySum) - static_cast<double>(query.size());
  const double scale =
      std::min(static_cast<double>(kLargestCode) / static_cast<double>(largest), room / (sum * (1.0 + 1e-6)));
  const auto factor = static_cast<float>(scale);
  if (!(factor > 0.0F && factor <= FLT_MAX)) return 0.0F;  // zero or denormal: every product counts as 0
  for (std::size_t i = 0; i < query.size(); ++i) {
    const float code = std::clamp(query[i] * factor, -kLargestCode, kLargestCode);
    codes[i] = static_cast<std::int16_t>((code + kOneAndAHalfTimes2To23) - kOneAndAHalfTimes2To23);
  }
  return static_cast<float>(std::min(1.0 / scale, kLargeWeight));
}

void prefetch_lines(const void* from, std::size_t bytes) noexcept {
  const char* line = static_cast<const char*>(from);
  for (std::size_t i = 0; i < bytes; i += kCacheLine) __builtin_prefetch(line + i);
}

// One walk for one query.
class Walk {
 public:
  Walk(const Graph& graph, const RowsView& rows, std::span<const float> query, const WalkOptions& options,
       WalkScratch& scratch, WalkCounters& counters)
      : graph_(graph),
        view_(rows),
        rows_(view_),
        options_(options),
        scratch_(scratch),
        counters_(counters),
        table_(kernels()),
        limit_(static_cast<Slot>(std::min(rows.rows, kMaxGraphRows))),
        shift_(static_cast<unsigned>(std::countr_zero(rows.rows_in_segment))),
        stride_(code_stride(rows.dimension)),
        row_links_(graph.links_per_row()) {
    scratch_.visited.reserve(limit_);
    scratch_.query.resize(stride_);
    factor_ = encode_for_walk(query, scratch_.query) * dot_factor(graph.metric());
    scratch_.codes.clear();
    for (const RowSegment* segment : rows.segments) scratch_.codes.push_back(segment->codes(0));
    const double width = static_cast<double>(std::max(options.ef, options.k));
    two_hop_ = !options.filter.empty() && options.share < kTwoHopShare;
    if (two_hop_) scratch_.kept.reset(std::max({options.ef, options.k, options.rescored}));
    scratch_.beam.reset(static_cast<std::size_t>(two_hop_ ? width : width / std::clamp(options.share, 0.1, 1.0)));
  }

  void run() {
    Graph::Entry entry;
    if (!graph_.entry(entry)) return;
    if (options_.leave_out) scratch_.visited.insert(*options_.leave_out);
    descend(entry);
    if (scratch_.beam.size() == 0) follow(entry.slot);  // the entry is newer than the view
    while (const auto next = scratch_.beam.take_next()) follow(*next);
  }

  // The nearest rows of the beam that may be returned, with exact scores.
  std::vector<Hit> best(const RowScorer& scorer, const RowJudge& judge) {
    const std::span<const Slot> candidates = pick_candidates();
    TopK top(options_.k, judge);
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      if (i + 1 < candidates.size()) prefetch_lines(rows_.floats(candidates[i + 1]), kLinesAhead * kCacheLine);
      const Slot slot = candidates[i];
      const Hit hit{scorer.exact(rows_.floats(slot), rows_.norm(slot)), slot};
      if (top.would_enter(hit) && judge.accepts(slot)) top.push(hit);
    }
    counters_.rows_rescored += candidates.size();
    return std::move(top).take();
  }

 private:
  [[nodiscard]] const std::int8_t* codes(Slot slot) const noexcept {
    return scratch_.codes[slot >> shift_] + (slot & ((Slot{1} << shift_) - 1)) * stride_;
  }
  [[nodiscard]] bool matches(Slot slot) const noexcept {
    if (options_.filter.empty()) return true;
    const std::size_t word = slot / 64;
    return word < options_.filter.size() && ((options_.filter[word] >> (slot % 64)) & 1U) != 0;
  }

  std::span<const Slot> pick_candidates() {
    const std::size_t wanted = std::max(options_.rescored, options_.k);
    scratch_.found.clear();
    const Beam& nearest = two_hop_ ? scratch_.kept : scratch_.beam;
    for (std::size_t i = 0; i < nearest.size() && scratch_.found.size() < wanted; ++i) {
      const Slot slot = nearest.slot(i);
      if (matches(slot) && rows_.visible(slot)) scratch_.found.push_back(slot);
    }
    return scratch_.found;
  }

  void prefetch(Slot slot) const noexcept {
    prefetch_lines(codes(slot), std::min(stride_, kLinesAhead * kCacheLine));
    __builtin_prefetch(graph_.weights(slot));
  }

  // Compares rows with the query, four at a time, and offers them to the beam. Leaves their distances in distances_.
  void offer_all(const Slot* slots, std::size_t count) {
    if (scratch_.distances.size() < count + 4) scratch_.distances.resize(2 * count + 4);
    for (std::size_t i = 0; i < std::min(count, kAhead); ++i) prefetch(slots[i]);
    for (std::size_t i = 0; i < count; i += 4) {
      for (std::size_t ahead = i + kAhead; ahead < std::min(count, i + kAhead + 4); ++ahead) prefetch(slots[ahead]);
      const std::size_t last = std::min(count, i + 4) - 1;
      const std::int8_t* const four[4] = {codes(slots[i]), codes(slots[std::min(i + 1, last)]),
                                          codes(slots[std::min(i + 2, last)]), codes(slots[last])};
      std::int32_t dots[4];
      table_.dot_int16_int8_4_rows(scratch_.query.data(), four, stride_, dots);
      for (std::size_t lane = 0; i + lane <= last; ++lane) {
        const float distance = distance_of(slots[i + lane], dots[lane]);
        scratch_.distances[i + lane] = distance;
        if (scratch_.beam.would_add(distance)) offer(slots[i + lane], distance);
        if (two_hop_ && matches(slots[i + lane])) scratch_.kept.offer(distance, slots[i + lane]);
      }
    }
    counters_.codes_compared += count;
  }

  [[nodiscard]] float distance_of(Slot slot, std::int32_t dot) const noexcept {
    const RowWeights& weights = *graph_.weights(slot);
    return ordered_distance(weights.addend - static_cast<float>(dot) * factor_ * weights.multiplier);
  }
  void offer(Slot slot, float distance) {
    if (!scratch_.beam.offer(distance, slot)) return;
    prefetch_lines(graph_.row_links(slot), row_links_ * sizeof(Graph::Link));
  }
  // After offer_all: which of the rows is the nearest.
  [[nodiscard]] std::size_t nearest_of(std::size_t count) const noexcept {
    const auto* first = scratch_.distances.data();
    return static_cast<std::size_t>(std::min_element(first, first + count) - first);
  }

  // Down the upper levels by the nearest row. All rows met are offered to the beam, so that none is compared twice.
  void descend(const Graph::Entry& entry) {
    float nearest = FLT_MAX;
    if (entry.slot < limit_ && scratch_.visited.insert(entry.slot)) {
      offer_all(&entry.slot, 1);
      nearest = scratch_.distances[0];
    }
    std::uint32_t node = entry.node;
    for (std::size_t level = entry.level; level > 0; --level) {
      while (step(node, level, nearest)) continue;
    }
  }

  // Moves to the nearest of the new links of a node, if it is nearer than the node.
  bool step(std::uint32_t& node, std::size_t level, float& nearest) {
    ++counters_.hops;
    const Graph::Link* const list = graph_.node_links(node, level);
    std::array<std::uint32_t, kMostLinks> nodes;
    std::array<Slot, kMostLinks> slots;
    const std::size_t links = graph_.links_per_node();
    for (std::size_t i = 0; i < links; ++i) {
      nodes[i] = list[i].load(std::memory_order_acquire);
      slots[i] = nodes[i] == 0 ? 0 : graph_.slot_of_node(nodes[i] - 1) + 1;
    }
    std::size_t fresh = 0;
    const Slot* found = scratch_.visited.insert_links(
        links, limit_, [&](std::size_t i) { return slots[i]; }, &fresh);
    if (fresh == 0) return false;
    offer_all(found, fresh);
    const std::size_t best = nearest_of(fresh);
    if (scratch_.distances[best] >= nearest) return false;
    nearest = scratch_.distances[best];
    const auto at = std::find(slots.begin(), slots.begin() + static_cast<std::ptrdiff_t>(links), found[best] + 1);
    node = nodes[static_cast<std::size_t>(at - slots.begin())] - 1;
    return true;
  }

  const Slot* new_links(Slot slot, std::size_t* fresh) {
    const Graph::Link* const list = graph_.row_links(slot);
    return scratch_.visited.insert_links(
        row_links_, limit_, [list](std::size_t i) { return list[i].load(std::memory_order_acquire); }, fresh);
  }

  void follow(Slot slot) {
    ++counters_.hops;
    if (two_hop_) return follow_two_hops(slot);
    std::size_t fresh = 0;
    const Slot* found = new_links(slot, &fresh);
    if (const auto next = scratch_.beam.peek_next()) {
      prefetch_lines(graph_.row_links(*next), row_links_ * sizeof(Graph::Link));
    }
    offer_all(found, fresh);
  }

  // Compares the neighbours that match, and those that neighbours which do not match lead to. Where there are few, the
  // neighbours themselves too, so that the walk goes on.
  void follow_two_hops(Slot slot) {
    std::array<Slot, kMostLinks> bridges;
    std::size_t bridge_count = 0;
    std::size_t fresh = 0;
    const Slot* found = new_links(slot, &fresh);
    scratch_.found.clear();
    for (std::size_t i = 0; i < fresh; ++i) {
      if (matches(found[i])) {
        scratch_.found.push_back(found[i]);
      } else {
        prefetch_lines(graph_.row_links(found[i]), row_links_ * sizeof(Graph::Link));
        bridges[bridge_count++] = found[i];
      }
    }
    for (std::size_t i = 0; i < bridge_count && scratch_.found.size() < row_links_; ++i) add_matching_links(bridges[i]);
    if (scratch_.found.size() < kFewMatches) {
      scratch_.found.insert(scratch_.found.end(), bridges.begin(),
                            bridges.begin() + static_cast<std::ptrdiff_t>(bridge_count));
    }
    offer_all(scratch_.found.data(), scratch_.found.size());
  }

  void add_matching_links(Slot bridge) {
    const Graph::Link* const list = graph_.row_links(bridge);
    const auto matching = [&](std::size_t i) {
      const std::uint32_t link = list[i].load(std::memory_order_acquire);
      return link != 0 && matches(link - 1) ? link : 0;
    };
    std::size_t fresh = 0;
    const Slot* found = scratch_.visited.insert_links(row_links_, limit_, matching, &fresh);
    scratch_.found.insert(scratch_.found.end(), found, found + fresh);
  }

  const Graph& graph_;
  const RowsView& view_;
  const RowCodesView rows_;
  const WalkOptions& options_;
  WalkScratch& scratch_;
  WalkCounters& counters_;
  const Kernels& table_;
  const Slot limit_;
  const unsigned shift_;
  const std::size_t stride_;
  const std::size_t row_links_;
  float factor_ = 0;
  bool two_hop_ = false;
};

}  // namespace

// NOLINTNEXTLINE(readability-function-size): what is searched, for what, and how, are seven things.
Result<std::vector<Hit>> walk(const Graph& graph, const RowsView& rows, std::span<const float> query,
                              const WalkOptions& options, const RowJudge& judge, WalkCounters& counters,
                              const std::stop_token& stop) {
  return guarded([&]() -> Result<std::vector<Hit>> {
    if (stop.stop_requested()) return Error(ErrorCode::cancelled, "query: cancelled while searching the graph");
    if (rows.rows == 0) return std::vector<Hit>{};
    const BorrowedScratch scratch(graph.scratch());
    Walk walk(graph, rows, query, options, *scratch, counters);
    walk.run();
    return walk.best(RowScorer(graph.metric(), query), judge);
  });
}

}  // namespace scaup::inline v0
