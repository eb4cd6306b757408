#pragma once
// How filters compare two values; everything that answers a filter compares in this way.

#include <compare>

#include "scaup/document.hpp"

namespace scaup::inline v0 {

/// Numbers by their exact value (an integer and a real are never rounded to each other), strings by
/// bytes, false before true (which no valid filter asks). Unordered: different kinds, lists, NaN.
[[nodiscard]] std::partial_ordering compare_values(const Value& a, const Value& b) noexcept;

[[nodiscard]] inline bool equal_values(const Value& a, const Value& b) noexcept {
  return std::is_eq(compare_values(a, b));
}

/// Whether `list` is a list with an element equal to `scalar`.
[[nodiscard]] bool has_element(const Value& list, const Value& scalar) noexcept;

}  // namespace scaup::inline v0
