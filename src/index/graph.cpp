#include "index/graph.hpp"

#include <algorithm>

#include "base/boundary.hpp"
#include "base/parallel.hpp"
#include "index/graph_fill.hpp"
#include "simd/kernels.hpp"

namespace scaup::inline v0 {

Graph::Graph(const GraphOptions& options)
    : options_(clamped(options)),
      links_(2 * options_.links, kMaxGraphRows),
      weights_(1, kMaxGraphRows),
      levels_(1, kMaxGraphRows),
      node_links_(options_.links, kMaxGraphRows / 2),
      node_slots_(1, kMaxGraphRows / 2) {}

bool Graph::entry(Entry& out) const noexcept {
  const std::uint64_t packed = entry_.load(std::memory_order_acquire);
  if (packed == 0) return false;
  const auto id = static_cast<std::uint32_t>((packed >> 8U) - 1);
  out.level = packed & 0xFFU;
  out.node = id;
  out.slot = out.level == 0 ? id : slot_of_node(id);
  return true;
}

Slot Graph::entry() const noexcept {
  Entry found;
  return entry(found) ? found.slot : 0;
}

std::vector<Slot> Graph::links(Slot slot, std::size_t level) const {
  const std::uint32_t node = level == 0 ? 0 : nodes_.at(slot);
  const Link* list = level == 0 ? row_links(slot) : node_links(node, level);
  std::vector<Slot> slots;
  for (std::size_t i = 0; i < (level == 0 ? links_per_row() : links_per_node()); ++i) {
    const std::uint32_t link = list[i].load(std::memory_order_acquire);
    if (link != 0) slots.push_back(level == 0 ? link - 1 : slot_of_node(link - 1));
  }
  return slots;
}

// The numbers of a row on the upper levels; the records of its links are 0.
void Graph::add_node(Slot slot, std::size_t level) {
  const std::uint32_t node = next_node_.load(std::memory_order_relaxed);
  node_links_.make(node + level - 1);
  node_slots_.make(node + level - 1);
  *node_slots_.find(node) = slot;
  nodes_.emplace(slot, node);
  next_node_.store(node + static_cast<std::uint32_t>(level), std::memory_order_release);
}

// Everything of a new row but its links, which may name rows that come after it.
void Graph::add_row(const GraphBuilder& builder, const RowCodesView& rows, Slot slot) {
  const std::size_t stride = code_stride(options_.dimension);
  const std::size_t level = builder.level(slot);
  links_.make(slot);
  std::uint8_t* const level_place = levels_.make(slot);
  const std::int8_t* codes = rows.codes(slot);
  *weights_.make(slot) =
      row_weights(options_.metric, rows.factors(slot), rows.norm(slot), kernels().dot_int8(codes, codes, stride));
  *level_place = static_cast<std::uint8_t>(level + 1);
  if (level > 0) add_node(slot, level);
  largest_norm_.store(std::max(largest_norm(), rows.norm(slot)), std::memory_order_relaxed);
  slots_.store(std::max(slots(), slot + 1), std::memory_order_release);
  ++rows_;
}

void Graph::copy_upper_links(const GraphBuilder& builder, Slot slot) {
  for (std::size_t level = 1; level <= builder.level(slot); ++level) {
    Link* const list = node_links_.find(nodes_.at(slot) + level - 1);
    std::size_t at = 0;
    for (const Slot link : builder.links(slot, level)) {
      const auto node = nodes_.find(link);
      if (node != nodes_.end()) list[at++].store(node->second + 1, std::memory_order_release);
    }
    for (; at < links_per_node(); ++at) list[at].store(0, std::memory_order_release);
  }
}

void Graph::store_links(Slot slot, std::span<const Slot> links) noexcept {
  Link* const list = links_.find(slot);
  for (std::size_t i = 0; i < links_per_row(); ++i) {
    list[i].store(i < links.size() ? links[i] + 1 : 0, std::memory_order_release);
  }
}

// Puts the builder's links of a row that was in before in place of its old ones, which fill up what is left: they
// were near enough once, and measuring anew would cost more than the insertion that changed the list.
void Graph::refresh_links(Slot slot, std::span<const Slot> links) {
  std::vector<Slot> all(links.begin(), links.end());
  for (const Slot old : this->links(slot, 0)) {
    if (all.size() < links_per_row() && std::ranges::find(all, old) == all.end()) all.push_back(old);
  }
  std::erase_if(all, [&](Slot link) { return !contains(link); });
  store_links(slot, all);
}

// Sees to it that a row that was in before links to a new one: hnswlib may have dropped every link to it at once. Links
// between the rows of one publication (`added`, sorted) do not count: nothing may lead to any of them.
void Graph::anchor(Slot slot, std::span<const Slot> added) noexcept {
  const auto is_new = [added](std::uint32_t link) { return std::ranges::binary_search(added, link - 1); };
  const Link* const own = row_links(slot);
  std::uint32_t nearest = 0;
  for (std::size_t i = 0; i < links_per_row(); ++i) {
    const std::uint32_t neighbour = own[i].load(std::memory_order_relaxed);
    if (neighbour == 0) break;
    if (is_new(neighbour)) continue;
    if (nearest == 0) nearest = neighbour;
    const Link* const list = row_links(neighbour - 1);
    const auto names_it = [slot](const Link& link) { return link.load(std::memory_order_relaxed) == slot + 1; };
    if (std::any_of(list, list + links_per_row(), names_it)) return;
  }
  if (nearest == 0) return;
  Link* const list = links_.find(nearest - 1);
  std::size_t place = links_per_row() - 1;
  while (place > 0 && is_new(list[place].load(std::memory_order_relaxed))) --place;  // others may hang there
  list[place].store(slot + 1, std::memory_order_release);
}

void Graph::publish_entry(const GraphBuilder& builder) {
  if (builder.rows() == 0) return;
  const Slot slot = builder.entry();
  if (!contains(slot)) return;
  const std::size_t top = level(slot);
  const std::uint64_t id = top == 0 ? slot : nodes_.at(slot);
  entry_.store(((id + 1) << 8U) | top, std::memory_order_release);
}

Status Graph::publish(const GraphBuilder& builder, const RowsView& view, std::span<const Slot> changed) {
  return guarded([&]() -> Status {
    const RowCodesView rows(view);
    std::vector<Slot> added;
    std::vector<Slot> all(changed.begin(), changed.end());
    std::ranges::sort(all);
    all.erase(std::unique(all.begin(), all.end()), all.end());  // clang 14 has no std::ranges::unique with this library
    std::erase_if(all, [&](Slot slot) { return !builder.contains(slot); });
    for (const Slot slot : all) {
      if (contains(slot)) continue;
      add_row(builder, rows, slot);
      added.push_back(slot);
    }
    LinkFiller filler(*this, builder, view);
    for (const Slot slot : added) store_links(slot, filler.complete(slot));
    for (const Slot slot : all) {
      copy_upper_links(builder, slot);
      if (!std::ranges::binary_search(added, slot)) refresh_links(slot, builder.links(slot, 0));
    }
    for (const Slot slot : added) anchor(slot, added);
    publish_entry(builder);
    return {};
  });
}

Status Graph::publish_all(GraphBuilder& builder, const RowsView& view, std::size_t threads,
                          const std::stop_token& stop) {
  return guarded([&]() -> Status {
    const RowCodesView rows(view);
    links_.reserve(builder.slots());
    for (Slot slot = 0; slot < builder.slots(); ++slot) {
      if (builder.contains(slot) && !contains(slot)) add_row(builder, rows, slot);
    }
    link_unreachable(builder, view, *this);
    constexpr Slot kBlock = 4096;
    const std::size_t blocks = (builder.slots() + kBlock - 1) / kBlock;
    Status done = parallel_for(blocks, thread_count(threads, blocks), [&](std::size_t block) -> Status {
      if (stop.stop_requested()) return Error(ErrorCode::cancelled, "graph: cancelled while publishing");
      LinkFiller filler(*this, builder, view);
      const Slot begin = static_cast<Slot>(block) * kBlock;
      for (Slot slot = begin; slot < std::min(builder.slots(), begin + kBlock); ++slot) {
        if (!builder.contains(slot)) continue;
        copy_upper_links(builder, slot);
        store_links(slot, filler.complete(slot));
      }
      return {};
    });
    if (done) publish_entry(builder);
    return done;
  });
}

}  // namespace scaup::inline v0
