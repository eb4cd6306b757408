#include "policy/token_bucket.hpp"

#include <algorithm>

namespace scaup::inline v0 {
namespace {

constexpr double kNanosecondsPerMinute = 60e9;
constexpr double kLongestWait = 24 * 60 * kNanosecondsPerMinute;

}  // namespace

void TokenBucket::fill(Time now) {
  const double passed = static_cast<double>(std::chrono::nanoseconds(now - filled_at_).count());
  filled_at_ = std::max(filled_at_, now);
  level_ = std::min(per_minute_, level_ + std::max(0.0, passed) * per_minute_ / kNanosecondsPerMinute);
}

std::chrono::nanoseconds TokenBucket::wait_for(double amount, Time now) {
  if (per_minute_ <= 0) return {};
  fill(now);
  const double missing = std::min(amount, per_minute_) - level_;
  if (missing <= 0) return {};
  const double wait = std::min(missing / per_minute_ * kNanosecondsPerMinute, kLongestWait);
  // One more than the quotient, so that rounding does not end a wait too early.
  return std::chrono::nanoseconds(static_cast<std::int64_t>(wait) + 1);
}

void TokenBucket::take(double amount, Time now) {
  if (per_minute_ <= 0) return;
  fill(now);
  level_ -= amount;
}

void TokenBucket::learn(const ReportedLimit& reported, Time now) {
  if (per_minute_ <= 0) {
    if (!reported.limit || *reported.limit == 0) return;
    *this = TokenBucket(static_cast<double>(*reported.limit), now);
  }
  fill(now);
  if (reported.remaining) level_ = std::min(level_, static_cast<double>(*reported.remaining));
}

}  // namespace scaup::inline v0
