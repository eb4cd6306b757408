#pragma once
// What the ways to answer a query cost, in nanoseconds on one core, as `bench/run.sh calibrate` measured it. The
// planner compares the ways by these; only their ratios matter.

namespace scaup::inline v0 {

/// A row of `bytes` of codes costs `row + byte * bytes`.
struct RowCost {
  double row = 0;
  double byte = 0;
};

inline constexpr RowCost kScanCost = {3.0, 0.025};    ///< all rows, one after the other
inline constexpr RowCost kGatherCost = {8.0, 0.045};  ///< some rows, in ascending order
inline constexpr RowCost kWalkCost = {45.0, 0.06};    ///< rows met in a graph
inline constexpr double kWalkBegin = 4000;            ///< of a walk, beside its rows
inline constexpr double kFilteredWalkFactor = 1.5;    ///< how much dearer a row is with a filter

}  // namespace scaup::inline v0
