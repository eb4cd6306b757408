// RateLimiter.

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <list>
#include <mutex>
#include <optional>

#include "base/boundary.hpp"
#include "base/option_check.hpp"
#include "policy/token_bucket.hpp"
#include "scaup/policies.hpp"

namespace scaup::inline v0 {
namespace {

using Time = TokenBucket::Time;

// Invariants
// 1. One request has the turn and waits for the buckets; the others wait for the turn, in the order in which they came.
// 2. mutex_ guards the buckets, turn_mutex_ the queue; both are held for moments, and never together.
class BucketRateLimiter final : public RateLimiter {
 public:
  BucketRateLimiter(const RateLimitOptions& options, std::shared_ptr<const Clock> clock)
      : clock_(std::move(clock)),
        max_asked_wait_(options.max_asked_wait),
        requests_(options.requests_per_minute, clock_->now()),
        tokens_(options.tokens_per_minute, clock_->now()) {}

  Status acquire(std::uint64_t tokens, std::stop_token stop) override {
    return guarded([&]() -> Status {
      const Turn turn(*this, stop);
      if (!turn.mine()) return cancelled();
      while (const auto wait = take_or_wait(static_cast<double>(tokens))) {
        if (const auto asked = asked_wait(); asked > max_asked_wait_) return too_long(asked);
        if (!clock_->wait_for(*wait, stop)) return cancelled();
      }
      return stop.stop_requested() ? cancelled() : Status();
    });
  }

  void on_call(const CallReport& report) noexcept override {
    const std::lock_guard lock(mutex_);
    const Time now = clock_->now();
    requests_.learn(report.requests, now);
    tokens_.learn(report.tokens, now);
    if (report.retry_after) blocked_until_ = std::max(blocked_until_, now + *report.retry_after);
    block_until_reset(report.requests, now);
    block_until_reset(report.tokens, now);
  }

 private:
  // A place in the queue, left when it ends.
  class Turn {
   public:
    Turn(BucketRateLimiter& limiter, const std::stop_token& stop) : limiter_(limiter) {
      std::unique_lock lock(limiter.turn_mutex_);
      place_ = limiter.queue_.insert(limiter.queue_.end(), this);
      mine_ = limiter.turn_.wait(lock, stop, [&] { return limiter.queue_.front() == this; });
    }
    ~Turn() {
      const std::lock_guard lock(limiter_.turn_mutex_);
      limiter_.queue_.erase(place_);
      limiter_.turn_.notify_all();
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    [[nodiscard]] bool mine() const noexcept { return mine_; }

   private:
    BucketRateLimiter& limiter_;
    std::list<const Turn*>::iterator place_;
    bool mine_ = false;
  };

  static Status cancelled() { return Error(ErrorCode::cancelled, "cancelled while waiting for the rate limit"); }

  [[nodiscard]] Status too_long(std::chrono::milliseconds asked) const {
    Error error(ErrorCode::rate_limited, "rate limit: the provider asked to be left alone for another " +
                                             std::to_string(asked.count()) + " ms, more than max_asked_wait (" +
                                             std::to_string(max_asked_wait_.count()) + " ms); try again later");
    error.set_retry_after(asked);
    return error;
  }

  // How long the provider still wants no request; rounded up, so that whoever waits so long need not wait again.
  std::chrono::milliseconds asked_wait() {
    const std::lock_guard lock(mutex_);
    const Time now = clock_->now();
    if (blocked_until_ <= now) return std::chrono::milliseconds(0);
    return std::chrono::ceil<std::chrono::milliseconds>(blocked_until_ - now);
  }

  // Takes from both buckets, or says how long to wait.
  std::optional<std::chrono::nanoseconds> take_or_wait(double tokens) {
    const std::lock_guard lock(mutex_);
    const Time now = clock_->now();
    std::chrono::nanoseconds wait = std::max(requests_.wait_for(1, now), tokens_.wait_for(tokens, now));
    if (blocked_until_ > now) wait = std::max(wait, blocked_until_ - now);
    if (wait > wait.zero()) return wait;
    requests_.take(1, now);
    tokens_.take(tokens, now);
    return std::nullopt;
  }

  // Under mutex_.
  void block_until_reset(const ReportedLimit& limit, Time now) noexcept {
    if (limit.remaining != 0 || !limit.reset) return;
    blocked_until_ = std::max(blocked_until_, now + *limit.reset);
  }

  const std::shared_ptr<const Clock> clock_;
  const std::chrono::milliseconds max_asked_wait_;
  std::mutex turn_mutex_;
  std::condition_variable_any turn_;
  std::list<const Turn*> queue_;  // under turn_mutex_; the first has the turn
  std::mutex mutex_;
  TokenBucket requests_;  // under mutex_, as all below
  TokenBucket tokens_;
  Time blocked_until_ = Time::min();
};

Status check_rate(double rate, std::string_view name) {
  if (std::isfinite(rate) && rate >= 0) return {};
  return Error(ErrorCode::invalid_argument,
               std::string(name) + " is " + std::to_string(rate) + ", allowed are 0 (no limit) and positive numbers");
}

}  // namespace

Result<std::shared_ptr<RateLimiter>> make_rate_limiter(const RateLimitOptions& options) {
  return guarded([&]() -> Result<std::shared_ptr<RateLimiter>> {
    Status valid = check_rate(options.requests_per_minute, "requests_per_minute");
    if (valid) valid = check_rate(options.tokens_per_minute, "tokens_per_minute");
    if (!valid) return std::move(valid).error();
    if (options.max_asked_wait.count() < 0) {
      return Error(ErrorCode::invalid_argument, "max_asked_wait is " + std::to_string(options.max_asked_wait.count()) +
                                                    " ms, allowed are 0 and more");
    }
    return std::make_shared<BucketRateLimiter>(options, clock_or_default(options.clock));
  });
}

}  // namespace scaup::inline v0
