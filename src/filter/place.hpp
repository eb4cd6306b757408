#pragma once
// Where in a filter something is wrong: "$and[1].year".

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// A step of the path from the top. Lives on the stack of whoever walks the tree, so that a path costs
/// nothing until there is an error. The top is the default value.
struct FilterPlace {
  const FilterPlace* outer = nullptr;
  std::string_view name = {};             ///< an operator or a key
  std::optional<std::size_t> index = {};  ///< of a clause of $and, $or
};

/// `what` with the place before it: "filter: at $and[1].year: what", at the top "filter: what".
[[nodiscard]] Error filter_error(const FilterPlace& place, std::string_view what);
/// The same for an error from elsewhere.
[[nodiscard]] Error filter_error(const FilterPlace& place, Error error);
/// "filter: at $and[1].year", at the top "filter".
[[nodiscard]] std::string describe(const FilterPlace& place);

}  // namespace scaup::inline v0
