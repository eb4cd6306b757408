#pragma once
// A clock that stands still until somebody waits: then it jumps, and notes for how long.

#include <chrono>
#include <mutex>
#include <stop_token>
#include <vector>

#include "scaup/clock.hpp"

namespace scaup::test {

/// Thread-safe.
class FakeClock final : public Clock {
 public:
  [[nodiscard]] std::chrono::steady_clock::time_point now() const noexcept override {
    const std::lock_guard lock(mutex_);
    return std::chrono::steady_clock::time_point(time_);
  }
  [[nodiscard]] std::chrono::system_clock::time_point wall_time() const noexcept override {
    const std::lock_guard lock(mutex_);
    return std::chrono::system_clock::time_point(std::chrono::duration_cast<std::chrono::microseconds>(time_));
  }
  [[nodiscard]] bool wait_for(std::chrono::nanoseconds time, const std::stop_token& stop) const override {
    if (stop.stop_requested()) return false;
    const std::lock_guard lock(mutex_);
    waits_.push_back(time);
    time_ += time;
    return true;
  }

  void advance(std::chrono::nanoseconds time) const {
    const std::lock_guard lock(mutex_);
    time_ += time;
  }
  [[nodiscard]] std::vector<std::chrono::nanoseconds> waits() const {
    const std::lock_guard lock(mutex_);
    return waits_;
  }

 private:
  mutable std::mutex mutex_;
  mutable std::chrono::nanoseconds time_ = std::chrono::hours(1000);
  mutable std::vector<std::chrono::nanoseconds> waits_;
};

}  // namespace scaup::test
