#pragma once
// What the headers of an answer say about limits and waiting.

#include <chrono>
#include <optional>
#include <string_view>

#include "scaup/call_observer.hpp"
#include "scaup/http.hpp"

namespace scaup::inline v0 {

/// Reads "6m0s", "20ms", "1.5s" or "1h2m3s", as Go writes durations. Nothing for another form, and beyond 30 days.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_go_duration(std::string_view text) noexcept;

/// How long to wait: `retry-after-ms`, or `Retry-After` in seconds or as a date, compared with `now`; a date that has
/// passed is 0. Nothing without such a header, for other forms, and beyond 30 days.
[[nodiscard]] std::optional<std::chrono::milliseconds> read_retry_after(
    const HttpResponse& response, std::chrono::system_clock::time_point now) noexcept;

/// The three `x-ratelimit-` headers of `what`, "requests" or "tokens".
[[nodiscard]] ReportedLimit read_rate_limit(const HttpResponse& response, std::string_view what);

}  // namespace scaup::inline v0
