#pragma once
// The walk of a query with a filter; walk() in graph_walk.hpp calls it.

#include <span>
#include <vector>

#include "index/graph_walk.hpp"

namespace scaup::inline v0 {

/// What walk() promises, where `options.filter` is not empty and the view shows rows.
[[nodiscard]] std::vector<Hit> filtered_walk(const Graph& graph, const RowsView& rows, std::span<const float> query,
                                             const WalkOptions& options, const RowJudge& judge, WalkCounters& counters);

}  // namespace scaup::inline v0
