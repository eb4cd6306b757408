#pragma once
// When a call that failed is made again: the arithmetic of RetryOptions, and the loop around a call.

#include <chrono>
#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

#include "base/option_check.hpp"
#include "scaup/policies.hpp"

namespace scaup::inline v0 {

[[nodiscard]] Status check_retry_options(const RetryOptions& options);

/// The wait after a failed attempt (the first is 1), or nothing if the failure stands. `chance` is in [0, 1).
[[nodiscard]] std::optional<std::chrono::milliseconds> wait_after(const RetryOptions& options, std::size_t attempt,
                                                                  std::chrono::nanoseconds elapsed, const Error& error,
                                                                  double chance);

/// Thread-safe.
class RetrySchedule {
 public:
  /// `options` have been checked.
  explicit RetrySchedule(const RetryOptions& options) : options_(options), clock_(clock_or_default(options.clock)) {}

  /// Makes the call, again where that may help. `may_repeat()` is asked before each repetition.
  template <typename Call, typename MayRepeat>
  auto run(const Call& call, const MayRepeat& may_repeat, const std::stop_token& stop) const -> decltype(call()) {
    const auto begin = clock_->now();
    for (std::size_t attempt = 1;; ++attempt) {
      auto result = call();
      if (result) return result;
      if (!may_repeat() || !wait_before_next(attempt, begin, result.error(), stop)) {
        return final_error(attempt, std::move(result).error(), stop);
      }
    }
  }
  template <typename Call>
  auto run(const Call& call, const std::stop_token& stop) const -> decltype(call()) {
    return run(
        call, [] { return true; }, stop);
  }

 private:
  // False where the failure stands, or the wait was cancelled.
  [[nodiscard]] bool wait_before_next(std::size_t attempt, std::chrono::steady_clock::time_point begin,
                                      const Error& error, const std::stop_token& stop) const;
  [[nodiscard]] static Error final_error(std::size_t attempts, Error error, const std::stop_token& stop);

  RetryOptions options_;
  std::shared_ptr<const Clock> clock_;
};

}  // namespace scaup::inline v0
