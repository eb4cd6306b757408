#include "index/graph_fill.hpp"

#include <algorithm>
#include <cfloat>

#include "simd/kernels.hpp"

namespace scaup::inline v0 {
namespace {

// How many of a row's nearest neighbours are asked for theirs.
constexpr std::size_t kAsked = 12;
// Beyond this many rows, one that has no reachable neighbour is linked to the nearest of a sample.
constexpr std::size_t kSample = 2048;

float distance_between(const RowCodesView& rows, const Graph& graph, Slot a, Slot b) {
  const std::size_t stride = code_stride(graph.dimension());
  const auto dot = static_cast<float>(kernels().dot_int8(rows.codes(a), rows.codes(b), stride));
  const RowWeights& left = *graph.weights(a);
  const RowWeights& right = *graph.weights(b);
  return ordered_distance(left.addend + right.addend -
                          dot * dot_factor(graph.metric()) * left.multiplier * right.multiplier);
}

// The rows that can be reached on level 0, found step by step.
class Reachable {
 public:
  explicit Reachable(const GraphBuilder& builder) : builder_(builder), reached_(builder.slots()) {
    order_.reserve(builder.rows());
  }

  [[nodiscard]] bool contains(Slot slot) const { return reached_[slot] != 0; }
  [[nodiscard]] std::span<const Slot> all() const { return order_; }

  void add(Slot from) {
    std::size_t next = order_.size();
    visit(from);
    for (; next < order_.size(); ++next) {
      for (const Slot link : builder_.links(order_[next], 0)) visit(link);
    }
  }

 private:
  void visit(Slot slot) {
    if (reached_[slot] != 0) return;
    reached_[slot] = 1;
    order_.push_back(slot);
  }

  const GraphBuilder& builder_;
  std::vector<char> reached_;
  std::vector<Slot> order_;
};

}  // namespace

LinkFiller::LinkFiller(const Graph& graph, const GraphBuilder& builder, const RowsView& rows)
    : graph_(graph), builder_(builder), rows_(rows), codes_(rows_) {
  seen_.reserve(builder.slots());
}

void LinkFiller::begin(Slot slot) {
  const std::int8_t* codes = codes_.codes(slot);
  query_.assign(codes, codes + code_stride(graph_.dimension()));
  weights_ = *graph_.weights(slot);
  seen_.clear();
  seen_.insert(slot);
}

// Appends the links of a row that are new here to found_.
void LinkFiller::collect(Slot slot) {
  const std::span<const Slot> links = builder_.links(slot, 0);
  std::size_t fresh = 0;
  const auto load = [links](std::size_t i) { return links[i] + 1; };
  const Slot* slots = seen_.insert_links(links.size(), builder_.slots(), load, &fresh);
  for (std::size_t i = 0; i < fresh; ++i) {
    if (graph_.contains(slots[i])) found_.push_back(slots[i]);
  }
}

// Distances of found_, which is emptied, to the row.
void LinkFiller::measure(std::vector<Near>& out) {
  const Kernels& table = kernels();
  const std::size_t stride = code_stride(graph_.dimension());
  const float factor = dot_factor(graph_.metric()) * weights_.multiplier;
  const std::size_t count = found_.size();
  for (std::size_t i = 0; i < count; i += 4) {
    const std::int8_t* rows[4];
    for (std::size_t lane = 0; lane < 4; ++lane) rows[lane] = codes_.codes(found_[std::min(i + lane, count - 1)]);
    for (std::size_t lane = 4; lane < 8; ++lane)
      __builtin_prefetch(codes_.codes(found_[std::min(i + lane, count - 1)]));
    std::int32_t dots[4];
    table.dot_int16_int8_4_rows(query_.data(), rows, stride, dots);
    for (std::size_t lane = 0; lane < 4 && i + lane < count; ++lane) {
      const RowWeights& other = *graph_.weights(found_[i + lane]);
      const float dot = static_cast<float>(dots[lane]) * factor * other.multiplier;
      out.push_back({ordered_distance(other.addend - dot), found_[i + lane]});
    }
  }
  found_.clear();
}

std::span<const Slot> LinkFiller::complete(Slot slot) {
  const auto nearer = [](const Near& a, const Near& b) {
    return a.distance != b.distance ? a.distance < b.distance : a.slot < b.slot;
  };
  begin(slot);
  links_.clear();
  others_.clear();
  collect(slot);
  measure(links_);
  std::ranges::sort(links_, nearer);
  const std::size_t room = graph_.links_per_row() - std::min(graph_.links_per_row(), links_.size());
  if (room > 0) {
    for (std::size_t i = 0; i < std::min(kAsked, links_.size()); ++i) collect(links_[i].slot);
    measure(others_);
    const auto kept = static_cast<std::ptrdiff_t>(std::min(room, others_.size()));
    std::ranges::partial_sort(others_, others_.begin() + kept, nearer);
    links_.insert(links_.end(), others_.begin(), others_.begin() + kept);
    std::ranges::sort(links_, nearer);
  }
  result_.clear();
  for (const Near& link : links_) result_.push_back(link.slot);
  return result_;
}

std::size_t link_unreachable(GraphBuilder& builder, const RowsView& view, const Graph& graph) {
  if (builder.rows() == 0) return 0;
  const RowCodesView rows(view);
  Reachable reachable(builder);
  reachable.add(builder.entry());
  std::size_t lost = 0;
  for (Slot slot = 0; slot < builder.slots(); ++slot) {
    if (!builder.contains(slot) || reachable.contains(slot)) continue;
    ++lost;
    // The nearest reachable row with a free place: of its own links, or else of a sample of all.
    Slot best = builder.entry();
    float nearest = FLT_MAX;
    const auto consider = [&](Slot other) {
      if (!reachable.contains(other) || builder.links(other, 0).size() >= graph.links_per_row()) return;
      const float distance = distance_between(rows, graph, slot, other);
      if (distance >= nearest) return;
      nearest = distance;
      best = other;
    };
    for (const Slot link : builder.links(slot, 0)) consider(link);
    const std::span<const Slot> all = reachable.all();
    if (nearest == FLT_MAX) {
      for (std::size_t i = 0; i < all.size(); i += all.size() / kSample + 1) consider(all[i]);
    }
    if (!builder.add_link(best, slot)) continue;
    builder.add_link(slot, best);  // and a way back, where there is room
    reachable.add(slot);
  }
  return lost;
}

}  // namespace scaup::inline v0
