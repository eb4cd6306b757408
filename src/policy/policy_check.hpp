#pragma once
// What all policies check of their arguments.

#include <memory>
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

[[nodiscard]] inline std::shared_ptr<const Clock> clock_or_default(std::shared_ptr<const Clock> clock) {
  return clock != nullptr ? std::move(clock) : system_clock();
}

}  // namespace scaup::inline v0
