#pragma once
// What the ways to answer a query cost on one core, as `bench/run.sh calibrate` measured it. The planner compares
// the ways by these; only their ratios matter.

namespace scaup::inline v0 {

/// Comparing rows of `bytes` of codes takes `begin + rows * (row + byte * bytes)` nanoseconds.
struct PlanCost {
  double begin = 0;
  double row = 0;
  double byte = 0;
};

inline constexpr PlanCost kScanCost = {1783, 3.12, 0.0298};    ///< all rows, one after the other
inline constexpr PlanCost kGatherCost = {1783, 6.10, 0.0509};  ///< some rows, in ascending order
inline constexpr PlanCost kWalkCost = {0, 21.26, 0.0659};      ///< rows met on a walk through the graph

}  // namespace scaup::inline v0
