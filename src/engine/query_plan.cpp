#include "engine/query_plan.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/plan_costs.hpp"
#include "index/row_codes.hpp"

namespace scaup::inline v0 {
namespace {

// A walk with a filter costs as much as one without times 1 + this / sqrt(share); bench_filtered_walk.
constexpr double kFilteredCost = 0.45;
// Where less than this share matches, a walk must be wider: by the power 1.5 of how much less, up to four times.
// Measured with filters that hold for the rows around another point than the query, the hardest that a walk can serve.
constexpr double kWideShare = 0.5;
constexpr double kWidest = 4.0;
// A graph this many times as fast as a scan, at a typical number of compared rows, is worth its memory.
constexpr double kWorthIt = 2.0;
constexpr double kTypicalWalk = 600;
// Where a filter leaves a smaller share of the graph's rows, walking finds too few of them.
constexpr double kLeastShare = 0.005;

double cost_of(const PlanCost& cost, double rows, std::size_t dimension) noexcept {
  return cost.begin + rows * (cost.row + cost.byte * static_cast<double>(code_stride(dimension)));
}

double scan_cost(double rows, std::size_t dimension) noexcept {
  return cost_of(kScanCost, rows, dimension);
}

// The width that the options ask for; none: only exact search reaches it.
std::optional<std::size_t> width_for(const QueryOptions& options, const RecallTable& table) noexcept {
  if (options.ef) return std::max(std::min(*options.ef, kMaxGraphRows), options.k);
  if (options.recall >= 1.0) return std::nullopt;
  return table.ef_for(options.recall, options.k);
}

std::size_t widened(std::size_t ef, double share) noexcept {
  const double times = std::clamp(std::pow(kWideShare / std::max(share, 1e-6), 1.5), 1.0, kWidest);
  return static_cast<std::size_t>(static_cast<double>(ef) * times);
}

// The share of the graph's rows that a walk may return.
double share_of(const PlanInput& input) noexcept {
  const auto rows = static_cast<double>(std::max<std::size_t>(input.graph.rows, 1));
  const double alive = 1.0 - static_cast<double>(input.graph.most_dead(input.snapshot)) / rows;
  if (!input.selected) return std::clamp(alive, 0.0, 1.0);
  const auto living = static_cast<double>(std::max<std::size_t>(input.snapshot.documents, 1));
  return std::clamp(alive * static_cast<double>(*input.selected) / living, 0.0, 1.0);
}

double walk_cost(const PlanInput& input, const PlanChoice& choice) noexcept {
  const std::size_t dimension = input.snapshot.table->dimension();
  const double codes = input.graph.table->codes_compared(choice.ef);
  const double factor = input.selected ? 1.0 + kFilteredCost / std::sqrt(std::max(choice.share, 0.001)) : 1.0;
  const std::size_t covered = std::min(input.graph.end, input.snapshot.rows);
  const std::size_t tail = input.snapshot.rows - covered;
  const double walk = factor * cost_of(kWalkCost, codes, dimension);
  return tail == 0 ? walk : walk + scan_cost(static_cast<double>(tail), dimension);
}

double exact_cost(const PlanInput& input, const PlanChoice& exact) noexcept {
  const std::size_t dimension = input.snapshot.table->dimension();
  if (exact.plan == QueryPlan::exact_scan) return scan_cost(static_cast<double>(input.snapshot.rows), dimension);
  return cost_of(kGatherCost, static_cast<double>(*input.selected), dimension);
}

}  // namespace

PlanChoice choose_exact_plan(const PlanInput& input) noexcept {
  if (!input.selected || input.options.plan == QueryPlan::exact_scan) return {};
  const std::size_t dimension = input.snapshot.table->dimension();
  const double gather = cost_of(kGatherCost, static_cast<double>(*input.selected), dimension);
  const bool cheaper = gather < scan_cost(static_cast<double>(input.snapshot.rows), dimension);
  if (!cheaper && input.options.plan != QueryPlan::filtered_scan) return {};
  return {.plan = QueryPlan::filtered_scan};
}

PlanChoice choose_plan(const PlanInput& input) noexcept {
  const QueryOptions& options = input.options;
  const PlanChoice exact = choose_exact_plan(input);
  const bool asks_for_walk = options.plan == QueryPlan::graph_walk;
  if (options.exact || (options.plan && !asks_for_walk) || !input.graph.serves(input.snapshot)) return exact;
  const auto width = width_for(options, *input.graph.table);
  if (!width) return exact;
  PlanChoice walk{.plan = QueryPlan::graph_walk, .ef = *width, .share = share_of(input)};
  if (input.selected && !options.ef) walk.ef = widened(walk.ef, walk.share);
  walk.ef = std::min(walk.ef, input.snapshot.rows);  // a wider beam would stay empty at its end
  if (asks_for_walk) return walk;
  // What a condition on the text leaves is not known before; a scan asks it only about rows that would enter.
  if (input.needs_document || walk.share < kLeastShare) return exact;
  return walk_cost(input, walk) < exact_cost(input, exact) ? walk : exact;
}

std::size_t least_rows_for_graph(std::size_t dimension) noexcept {
  const double walk = cost_of(kWalkCost, kTypicalWalk, dimension);
  const double row = kScanCost.row + kScanCost.byte * static_cast<double>(code_stride(dimension));
  return static_cast<std::size_t>(kWorthIt * walk / row);
}

}  // namespace scaup::inline v0
