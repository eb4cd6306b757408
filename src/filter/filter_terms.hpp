#pragma once
// A filter taken apart for the index: conditions without negation, and what an AND consists of.

#include <map>
#include <string_view>
#include <vector>

#include "filter/value_range.hpp"
#include "scaup/filter.hpp"

namespace scaup::inline v0 {

/// A node of a filter with the negations around it taken off: `!(a != 1)` is `a == 1`, `!(a == 1)` is the
/// same, negated. Borrows the filter.
struct FilterTerm {
  const Filter* filter = nullptr;
  FilterOperator operation = FilterOperator::everything;  ///< no negation, nor one of the not_… operators
  bool is_negated = false;

  [[nodiscard]] static FilterTerm of(const Filter& filter) noexcept;
  [[nodiscard]] FilterTerm positive() const noexcept { return {filter, operation, false}; }
};

/// What must hold together, AND inside AND included. The ordering conditions on one key are one range.
struct FilterConjunction {
  std::vector<FilterTerm> terms = {};    ///< that must hold
  std::vector<FilterTerm> negated = {};  ///< without their negation: that must not
  std::map<std::string_view, ValueRange> ranges = {};

  [[nodiscard]] static FilterConjunction of(const Filter& all_of);

 private:
  void collect(const Filter& all_of);
};

}  // namespace scaup::inline v0
