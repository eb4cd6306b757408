#pragma once
// Arrays of numbers in JSON, read into floats without a tree between.

#include <cstddef>
#include <string_view>
#include <vector>

#include "scaup/config.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// Reads `text`, a JSON array of numbers, and appends them to `out`, each as the float nearest to what is written.
/// Stops with an error after `max_count` numbers.
///
/// Errors: `invalid_argument`, naming the element, for what is no number and what is beyond the range of float; `out`
/// then holds the elements before. Cost: 1 to 2 ns a byte.
[[nodiscard]] SCAUP_API Status append_floats(std::string_view text, std::size_t max_count, std::vector<float>& out);

}  // namespace scaup::inline v0
