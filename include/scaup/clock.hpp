#pragma once
// Clock: the seam through which the library reads time, so that tests can set it.

#include <chrono>
#include <memory>
#include <stop_token>

#include "scaup/config.hpp"

namespace scaup::inline v0 {

/// Where time comes from. Implementations may be called from several threads at once.
class SCAUP_API Clock {
 public:
  virtual ~Clock();
  /// Time that never goes back, for durations.
  [[nodiscard]] virtual std::chrono::steady_clock::time_point now() const noexcept = 0;
  /// Calendar time, for dates.
  [[nodiscard]] virtual std::chrono::system_clock::time_point wall_time() const noexcept = 0;
  /// Returns after `time` has passed by `now()`, with true; or early, with false, where `stop` asks for it. A clock for
  /// tests overrides it.
  [[nodiscard]] virtual bool wait_for(std::chrono::nanoseconds time, const std::stop_token& stop) const;
};

/// The clock of the operating system. Never null.
[[nodiscard]] SCAUP_API std::shared_ptr<const Clock> system_clock();

}  // namespace scaup::inline v0
