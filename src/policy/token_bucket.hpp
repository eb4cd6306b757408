#pragma once
// The arithmetic of one rate limit: a bucket that fills at a steady rate and may be emptied below zero.

#include <chrono>
#include <optional>

#include "scaup/call_observer.hpp"

namespace scaup::inline v0 {

/// Not thread-safe. Without a rate nothing waits.
class TokenBucket {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// `per_minute` is also how much fits; 0: no limit. The bucket begins full.
  TokenBucket(double per_minute, Time now) : per_minute_(per_minute), level_(per_minute), filled_at_(now) {}

  /// How long until `amount` may be taken: until so much is there, or the bucket is full. At most a day and a
  /// nanosecond; who waits asks again.
  [[nodiscard]] std::chrono::nanoseconds wait_for(double amount, Time now);
  void take(double amount, Time now);
  /// What the provider said: its limit of a minute where none was set, and what remains, if that is less than is
  /// thought here.
  void learn(const ReportedLimit& reported, Time now);

 private:
  void fill(Time now);

  double per_minute_;
  double level_;
  Time filled_at_;
};

}  // namespace scaup::inline v0
