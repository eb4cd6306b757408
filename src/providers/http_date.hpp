#pragma once
// Dates as HTTP headers have them.

#include <chrono>
#include <optional>
#include <string_view>

#include "scaup/config.hpp"

namespace scaup::inline v0 {

/// Reads "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, section 5.6.7; its obsolete forms are not read). The day of the
/// week is not compared. Nothing for what is no date of the years 1970 to 9999.
[[nodiscard]] std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text) noexcept;

}  // namespace scaup::inline v0
