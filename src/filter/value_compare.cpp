// Exact comparison of metadata values.

#include "filter/value_compare.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace scaup::inline v0 {
namespace {

using Order = std::partial_ordering;

// int64 against double without rounding: a double inside the range of int64 is an integer part, which
// int64 holds exactly, and a fraction, which decides when the integer parts are equal.
Order compare_numbers(std::int64_t a, double b) noexcept {
  constexpr double kLimit = 9223372036854775808.0;  // 2^63
  if (std::isnan(b)) return Order::unordered;
  if (b >= kLimit) return Order::less;
  if (b < -kLimit) return Order::greater;
  const double whole = std::trunc(b);
  const auto integer = static_cast<std::int64_t>(whole);
  if (a != integer) return a <=> integer;
  return 0.0 <=> b - whole;
}

Order reversed(Order order) noexcept {
  return 0 <=> order;
}

struct Comparison {
  Order operator()(const std::string& a, const std::string& b) const noexcept { return a <=> b; }
  Order operator()(std::int64_t a, std::int64_t b) const noexcept { return a <=> b; }
  Order operator()(double a, double b) const noexcept { return a <=> b; }
  Order operator()(std::int64_t a, double b) const noexcept { return compare_numbers(a, b); }
  Order operator()(double a, std::int64_t b) const noexcept { return reversed(compare_numbers(b, a)); }
  Order operator()(bool a, bool b) const noexcept { return a <=> b; }

  template <typename A, typename B>
  Order operator()(const A&, const B&) const noexcept {
    return Order::unordered;
  }
};

struct Membership {
  template <typename Element, typename Scalar>
  bool operator()(const std::vector<Element>& list, const Scalar& wanted) const noexcept {
    return std::ranges::any_of(list, [&](const Element& element) { return std::is_eq(Comparison{}(element, wanted)); });
  }

  template <typename A, typename B>
  bool operator()(const A&, const B&) const noexcept {
    return false;
  }
};

}  // namespace

std::partial_ordering compare_values(const Value& a, const Value& b) noexcept {
  return std::visit(Comparison{}, a.storage(), b.storage());
}

bool has_element(const Value& list, const Value& scalar) noexcept {
  return std::visit(Membership{}, list.storage(), scalar.storage());
}

}  // namespace scaup::inline v0
