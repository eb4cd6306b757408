#pragma once
// What makes a filter valid, in parts, for `validate`, the parser and the evaluator.

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "filter/regex.hpp"
#include "scaup/filter.hpp"

namespace scaup::inline v0 {

inline constexpr std::size_t kMaxFilterDepth = 64;  ///< levels; a lone condition has one
inline constexpr std::size_t kMaxFilterConditions = 10'000;
inline constexpr std::size_t kMaxFilterBytes = std::size_t{1} << 20U;  ///< of the filter as JSON

// Errors of all: `invalid_argument`.

/// Key and operands of one condition, regular expressions aside. The message does not say where.
[[nodiscard]] Status check_condition(const Filter& condition);

/// Everything but the regular expressions. After it a walk may recurse, because the depth is bounded.
[[nodiscard]] Status check_tree(const Filter& filter);

/// The regular expressions of a filter that `check_tree` accepts, in the order of the tree. `places`, one
/// for each, begin the messages; without them the place in the tree does.
[[nodiscard]] Result<std::vector<Regex>> compile_regexes(const Filter& filter,
                                                         std::span<const std::string> places = {});

}  // namespace scaup::inline v0
