#pragma once
// What hnswlib's links are completed with before searches walk them: short lists are filled up, and rows that no
// path leads to are linked.

#include <cstddef>
#include <span>
#include <vector>

#include "index/graph.hpp"
#include "index/graph_builder.hpp"
#include "index/row_distance.hpp"

namespace scaup::inline v0 {

/// Completes link lists of level 0. hnswlib's choice of neighbours leaves lists short, in favour of different
/// directions; the nearest of the neighbours' neighbours in the free places raise recall at the same cost of a step.
/// Thread-compatible: const members concurrently; a non-const member needs exclusive access.
class LinkFiller {
 public:
  LinkFiller(const Graph& graph, const GraphBuilder& builder, const RowsView& rows);

  /// The links of a row that the builder and the graph contain, nearest first: hnswlib's, filled up to the full number
  /// where there are enough rows around. Valid until the next call.
  std::span<const Slot> complete(Slot slot);

 private:
  struct Near {
    float distance = 0;
    Slot slot = 0;
  };

  void begin(Slot slot);
  void collect(Slot slot);
  void measure(std::vector<Near>& out);

  const Graph& graph_;
  const GraphBuilder& builder_;
  const RowsView rows_;
  const RowCodesView codes_;
  VisitedSet seen_;
  std::vector<std::int16_t> query_;
  RowWeights weights_ = {};
  std::vector<Slot> found_;
  std::vector<Near> links_;
  std::vector<Near> others_;
  std::vector<Slot> result_;
};

/// Links rows of the builder that cannot be reached on level 0 from its entry point to near rows that can be. Returns
/// how many rows could not be reached.
std::size_t link_unreachable(GraphBuilder& builder, const RowsView& rows, const Graph& graph);

}  // namespace scaup::inline v0
