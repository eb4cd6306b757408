#pragma once
// Numbers in JSON, and arrays of them, read without a tree between.

#include <cstddef>
#include <optional>
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

/// The double nearest to `text`, all of which is one JSON number (RFC 8259, section 6). Nothing where it is none, or
/// beyond the range of double.
[[nodiscard]] std::optional<double> read_double(std::string_view text) noexcept;

}  // namespace scaup::inline v0
