#pragma once
// ValueRange: the ordering conditions on one field that all must hold, as one range of values.

#include <algorithm>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "filter/value_compare.hpp"
#include "scaup/filter.hpp"

namespace scaup::inline v0 {

/// `>= 2020` and `< 2022` together are one range, far smaller than either. The conditions are borrowed.
/// A value is in the range if it is neither `below` nor `above` and of the kind that the operands have.
/// Thread-compatible: const members concurrently; a non-const member needs exclusive access.
class ValueRange {
 public:
  [[nodiscard]] static bool is_ordering(FilterOperator operation) noexcept {
    switch (operation) {
      case FilterOperator::less:
      case FilterOperator::less_equal:
      case FilterOperator::greater:
      case FilterOperator::greater_equal:
      case FilterOperator::prefix: return true;
      default: return false;
    }
  }

  /// `condition` is a valid one of those operators.
  void add(FilterOperator operation, const Filter& condition) {
    const Value& operand = condition.values().front();
    conditions_.push_back({operation, &operand});
    has_number_ = has_number_ || operand.type() != ValueType::string;
    has_string_ = has_string_ || !operand.is_number();
  }

  [[nodiscard]] bool has_strings() const noexcept { return has_string_ && !has_number_; }
  [[nodiscard]] bool has_numbers() const noexcept { return has_number_ && !has_string_; }

  /// Whether a value of this kind comes before the range.
  template <typename Key>
  [[nodiscard]] bool below(const Key& key) const {
    return std::ranges::any_of(conditions_, [&](const auto& condition) { return is_below(key, condition); });
  }

  /// Whether a value of this kind comes after the range.
  template <typename Key>
  [[nodiscard]] bool above(const Key& key) const {
    return std::ranges::any_of(conditions_, [&](const auto& condition) { return is_above(key, condition); });
  }

 private:
  using Condition = std::pair<FilterOperator, const Value*>;

  static std::partial_ordering order(std::string_view key, const Value& operand) {
    return key <=> std::string_view(*operand.get_if<std::string>());
  }
  static std::partial_ordering order(std::int64_t key, const Value& operand) { return compare_values(key, operand); }
  static std::partial_ordering order(double key, const Value& operand) { return compare_values(key, operand); }

  template <typename Key>
  static bool begins_with(const Key& key, const Value& prefix) {
    if constexpr (std::is_arithmetic_v<Key>) {
      return false;
    } else {
      return std::string_view(key).starts_with(*prefix.get_if<std::string>());
    }
  }

  template <typename Key>
  static bool is_below(const Key& key, const Condition& condition) {
    switch (condition.first) {
      case FilterOperator::greater: return std::is_lteq(order(key, *condition.second));
      case FilterOperator::greater_equal:
      case FilterOperator::prefix: return std::is_lt(order(key, *condition.second));
      default: return false;
    }
  }

  template <typename Key>
  static bool is_above(const Key& key, const Condition& condition) {
    const auto [operation, operand] = condition;
    switch (operation) {
      case FilterOperator::less: return std::is_gteq(order(key, *operand));
      case FilterOperator::less_equal: return std::is_gt(order(key, *operand));
      case FilterOperator::prefix: return std::is_gt(order(key, *operand)) && !begins_with(key, *operand);
      default: return false;
    }
  }

  std::vector<Condition> conditions_;
  bool has_string_ = false;
  bool has_number_ = false;
};

}  // namespace scaup::inline v0
