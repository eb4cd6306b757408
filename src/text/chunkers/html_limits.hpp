#pragma once
// Refuses HTML that would take the parser far more than linear time.

#include <cstddef>
#include <string_view>

#include "scaup/result.hpp"

namespace scaup::inline v0 {

constexpr std::size_t kDeepestHtml = 512;      ///< open elements, as far as one pass over the tags can tell
constexpr std::size_t kMostAttributes = 1000;  ///< of one tag

/// `invalid_argument` if `html` has more of either.
[[nodiscard]] Status check_html_limits(std::string_view html);

}  // namespace scaup::inline v0
