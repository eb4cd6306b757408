#pragma once
// The graph that searches walk: links in arrays of our own, which one publisher changes while readers read, without
// a lock.
//
// Invariants
// 1. A link entry is slot + 1, or 0 for none, and atomic. Whatever mix of old and new entries a reader sees, it is a
//    list of rows of the graph.
// 2. An entry is released after the weights, the level and the memory of the row that it names were written; readers
//    acquire entries, so whatever they reach is complete.
// 3. Rows are never taken out. Dead rows are walked through; a rebuild makes another graph.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stop_token>
#include <unordered_map>
#include <vector>

#include "index/exact_search.hpp"
#include "index/graph_builder.hpp"
#include "index/row_distance.hpp"
#include "index/segmented.hpp"
#include "index/walk_scratch.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// Thread-safe for const members beside one thread that publishes.
class Graph {
 public:
  using Link = std::atomic<std::uint32_t>;

  /// Where a walk begins. `node` names the row on the upper levels; it counts only if `level` is not 0.
  struct Entry {
    Slot slot = 0;
    std::uint32_t node = 0;
    std::size_t level = 0;
  };

  explicit Graph(const GraphOptions& options);

  [[nodiscard]] Metric metric() const noexcept { return options_.metric; }
  [[nodiscard]] std::size_t dimension() const noexcept { return options_.dimension; }
  [[nodiscard]] const GraphOptions& options() const noexcept { return options_; }
  [[nodiscard]] std::size_t links_per_row() const noexcept { return 2 * options_.links; }
  [[nodiscard]] std::size_t links_per_node() const noexcept { return options_.links; }

  // For the publisher, one at a time.

  /// Copies the links of `changed` rows, those that are new included, from the builder, and fills up lists
  /// on level 0: those of new rows with the nearest around, those of others with the links they had. Nobody inserts
  /// meanwhile. Links to rows that are not in the graph yet are left out. Errors: `out_of_memory`; the graph stays
  /// valid.
  [[nodiscard]] Status publish(const GraphBuilder& builder, const RowsView& rows, std::span<const Slot> changed);
  /// The same for all rows of the builder, on `threads` threads (0: all cores). First links rows that cannot be
  /// reached from the entry point to those that can. Meant for a graph that nobody reads yet.
  /// Errors: `cancelled` and `out_of_memory`; the graph is of no use then.
  [[nodiscard]] Status publish_all(GraphBuilder& builder, const RowsView& rows, std::size_t threads,
                                   const std::stop_token& stop = {});

  // For readers.

  /// False while the graph has no row.
  [[nodiscard]] bool entry(Entry& out) const noexcept;
  [[nodiscard]] const Link* row_links(Slot slot) const noexcept { return links_.find(slot); }
  [[nodiscard]] const Link* node_links(std::uint32_t node, std::size_t level) const noexcept {
    return node_links_.find(node + level - 1);
  }
  [[nodiscard]] Slot slot_of_node(std::uint32_t node) const noexcept { return *node_slots_.find(node); }
  [[nodiscard]] const RowWeights* weights(Slot slot) const noexcept { return weights_.find(slot); }
  /// No row of the graph is longer.
  [[nodiscard]] double largest_norm() const noexcept { return largest_norm_.load(std::memory_order_relaxed); }
  [[nodiscard]] ScratchPool& scratch() const noexcept { return scratch_; }

  // For the publisher, for saving and for tests. Beside a publisher `slots`, `node_records` and, of rows whose
  // publication is over, `contains` and `level` may be called.

  /// All slots of the graph are below this.
  [[nodiscard]] Slot slots() const noexcept { return slots_.load(std::memory_order_acquire); }
  [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
  [[nodiscard]] bool contains(Slot slot) const noexcept { return slot < slots() && *levels_.find(slot) != 0; }
  [[nodiscard]] std::size_t level(Slot slot) const noexcept { return *levels_.find(slot) - std::size_t{1}; }
  [[nodiscard]] Slot entry() const noexcept;
  /// Nodes are numbered below this; the next one after node n is n + level(slot_of_node(n)).
  [[nodiscard]] std::uint32_t node_records() const noexcept { return next_node_.load(std::memory_order_acquire); }
  /// The links of a row that the graph contains, as slots, on a level that it has.
  [[nodiscard]] std::vector<Slot> links(Slot slot, std::size_t level) const;

 private:
  friend class GraphReader;  // fills a new graph from bytes

  void add_row(const GraphBuilder& builder, const RowCodesView& rows, Slot slot);
  void add_node(Slot slot, std::size_t level);
  void copy_upper_links(const GraphBuilder& builder, Slot slot);
  void store_links(Slot slot, std::span<const Slot> links) noexcept;
  void refresh_links(Slot slot, std::span<const Slot> links);
  void anchor(Slot slot, std::span<const Slot> added) noexcept;
  void publish_entry(const GraphBuilder& builder);

  const GraphOptions options_;
  Segmented<Link, 15> links_;
  Segmented<RowWeights, 16> weights_;
  Segmented<std::uint8_t, 18> levels_;  // the row's level + 1; 0: not in the graph
  // Rows with upper levels are nodes. The record of node n on level l is n + l - 1, and its links name nodes.
  Segmented<Link, 12> node_links_;
  Segmented<Slot, 12> node_slots_;
  std::unordered_map<Slot, std::uint32_t> nodes_;  // the publisher's
  std::atomic<std::uint32_t> next_node_ = 0;       // released after the record and the level of the row
  std::atomic<Slot> slots_ = 0;                    // the same
  std::size_t rows_ = 0;
  std::atomic<double> largest_norm_ = 0;
  std::atomic<std::uint64_t> entry_ = 0;  // (slot or node + 1) * 256 + level; 0: no row
  mutable ScratchPool scratch_;
};

}  // namespace scaup::inline v0
