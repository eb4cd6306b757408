#pragma once
// What several parts check of their options, and the clock they take where none is given.

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "scaup/clock.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

template <typename T>
[[nodiscard]] Status check_not_null(const std::shared_ptr<T>& object, std::string_view what) {
  if (object != nullptr) return {};
  return Error(ErrorCode::invalid_argument, std::string(what) + " is null");
}

/// `cache` begins the message. No time means for ever.
[[nodiscard]] inline Status check_time_to_live(std::optional<std::chrono::seconds> time, std::string_view cache) {
  if (!time || time->count() > 0) return {};
  return Error(ErrorCode::invalid_argument, std::string(cache) + ": time_to_live is " + std::to_string(time->count()) +
                                                " s, allowed are positive times");
}

[[nodiscard]] inline std::shared_ptr<const Clock> clock_or_default(std::shared_ptr<const Clock> clock) {
  return clock != nullptr ? std::move(clock) : system_clock();
}

}  // namespace scaup::inline v0
