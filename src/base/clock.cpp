#include "scaup/clock.hpp"

#include <condition_variable>
#include <mutex>

namespace scaup::inline v0 {
namespace {

class SystemClock final : public Clock {
 public:
  std::chrono::steady_clock::time_point now() const noexcept override { return std::chrono::steady_clock::now(); }
  std::chrono::system_clock::time_point wall_time() const noexcept override { return std::chrono::system_clock::now(); }
};

}  // namespace

Clock::~Clock() = default;

bool Clock::wait_for(std::chrono::nanoseconds time, const std::stop_token& stop) const {
  std::mutex mutex;
  std::condition_variable_any asked;
  std::unique_lock lock(mutex);
  asked.wait_for(lock, stop, time, [] { return false; });
  return !stop.stop_requested();
}

std::shared_ptr<const Clock> system_clock() {
  static const auto clock = std::make_shared<const SystemClock>();
  return clock;
}

}  // namespace scaup::inline v0
