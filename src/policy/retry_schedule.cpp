#include "policy/retry_schedule.hpp"

#include <algorithm>
#include <cmath>

#include "base/hash.hpp"

namespace scaup::inline v0 {
namespace {

// Different for callers that failed at the same time, which is all that is asked of it.
double chance_of(std::chrono::nanoseconds time, std::size_t attempt) noexcept {
  const std::uint64_t words[] = {static_cast<std::uint64_t>(time.count()), attempt};
  return std::ldexp(static_cast<double>(hash64(std::as_bytes(std::span(words))) >> 11), -53);
}

Error out_of_range(std::string what) {
  return {ErrorCode::invalid_argument, "retry: " + std::move(what)};
}

}  // namespace

Status check_retry_options(const RetryOptions& options) {
  if (options.max_attempts < 1 || options.max_attempts > 100) {
    return out_of_range("max_attempts is " + std::to_string(options.max_attempts) + ", allowed are 1 to 100");
  }
  using std::chrono::milliseconds;
  for (const milliseconds time :
       {options.first_wait, options.max_wait, options.max_asked_wait, options.max_total_time}) {
    if (time >= milliseconds(0) && time <= std::chrono::hours(24)) continue;
    return out_of_range("a time is " + std::to_string(time.count()) + " ms, allowed are 0 to 24 hours");
  }
  return {};
}

std::optional<std::chrono::milliseconds> wait_after(const RetryOptions& options, std::size_t attempt,
                                                    std::chrono::nanoseconds elapsed, const Error& error,
                                                    double chance) {
  if (!error.is_transient() || attempt >= options.max_attempts) return std::nullopt;
  std::chrono::milliseconds wait = options.first_wait;
  for (std::size_t i = 1; i < attempt && wait < options.max_wait; ++i) wait *= 2;
  wait = std::min(wait, options.max_wait);
  wait -= std::chrono::duration_cast<std::chrono::milliseconds>(wait * (0.25 * chance));
  if (const auto asked = error.retry_after()) {
    if (*asked > options.max_asked_wait) return std::nullopt;
    if (*asked > std::chrono::milliseconds(0)) wait = *asked;
  }
  if (elapsed + wait > options.max_total_time) return std::nullopt;
  return wait;
}

bool RetrySchedule::wait_before_next(std::size_t attempt, std::chrono::steady_clock::time_point begin,
                                     const Error& error, const std::stop_token& stop) const {
  const auto now = clock_->now();
  const auto wait = wait_after(options_, attempt, now - begin, error, chance_of(now.time_since_epoch(), attempt));
  return wait && clock_->wait_for(*wait, stop);
}

Error RetrySchedule::final_error(std::size_t attempts, Error error, const std::stop_token& stop) {
  if (error.is_transient() && stop.stop_requested()) {
    return {ErrorCode::cancelled, "cancelled before the next attempt, after: " + error.message()};
  }
  if (attempts > 1) error.add_context("after " + std::to_string(attempts) + " attempts");
  return error;
}

}  // namespace scaup::inline v0
