#pragma once
// Dates as metadata "created" and "modified" have them: RFC 3339, in UTC, to the second.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace scaup::inline v0 {

[[nodiscard]] std::string to_rfc3339(std::chrono::system_clock::time_point time);

/// From ISO 8601 (see retrieve/date_time.hpp), whose offset may lack its minutes or colon too. Nothing for other text.
[[nodiscard]] std::optional<std::string> to_rfc3339(std::string_view text);

}  // namespace scaup::inline v0
