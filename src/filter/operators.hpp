#pragma once
// The operators of the filter language: how they are written, and what they stand on.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "scaup/filter.hpp"

namespace scaup::inline v0 {

/// What a node of a filter is made of.
enum class OperatorGroup : std::uint8_t {
  none,      ///< everything, and numbers that are no operator
  junction,  ///< all_of, any_of: at least two children
  negation,  ///< one child
  field,     ///< a key, and operands as the operator wants them
  text,      ///< one operand, no key
};

[[nodiscard]] OperatorGroup operator_group(FilterOperator operation) noexcept;
/// As in JSON, for example "$gte"; "$everything" and "$unknown" for what JSON cannot say.
[[nodiscard]] std::string_view operator_name(FilterOperator operation) noexcept;
/// The operator of this group that is written `name`.
[[nodiscard]] std::optional<FilterOperator> find_operator(OperatorGroup group, std::string_view name) noexcept;
/// The names of a group for a message, separated by commas.
[[nodiscard]] std::string operator_names(OperatorGroup group);

}  // namespace scaup::inline v0
