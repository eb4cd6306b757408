#pragma once
// The planner: which of three ways answers a query at the least cost, going by the number of rows, what the filter
// selects, and costs that were measured (plan_costs.hpp).

#include <cstddef>
#include <optional>

#include "engine/graph_keeper.hpp"
#include "engine/selection.hpp"
#include "engine/table.hpp"
#include "scaup/query.hpp"

namespace scaup::inline v0 {

struct PlanChoice {
  QueryPlan plan = QueryPlan::exact_scan;
  std::size_t ef = 0;  ///< width of the beam of a graph walk
  double share = 1.0;  ///< of the graph's rows, those that are alive and selected
};

/// What the planner goes by.
struct PlanInput {
  const Snapshot& snapshot;
  const QueryOptions& options;
  /// Rows that the filter selects, or more where conditions on the text remain; none: no filter.
  std::optional<std::size_t> selected = {};
  bool needs_document = false;  ///< whether conditions on the text remain
  const GraphKeeper::Published& graph;
};

/// The way for one query.
[[nodiscard]] PlanChoice choose_plan(const PlanInput& input) noexcept;

/// The cheaper one of the two exact ways.
[[nodiscard]] PlanChoice choose_exact_plan(const PlanInput& input) noexcept;

/// Documents from which on a graph of vectors of this dimension answers sooner than a scan.
[[nodiscard]] std::size_t least_rows_for_graph(std::size_t dimension) noexcept;

}  // namespace scaup::inline v0
