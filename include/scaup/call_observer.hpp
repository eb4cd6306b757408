#pragma once
// What a provider's answer said beside its content: usage and rate limits, for counters and limiters.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "scaup/chat.hpp"
#include "scaup/config.hpp"

namespace scaup::inline v0 {

/// One rate limit as a provider reports it, for example from `x-ratelimit-remaining-requests`.
struct ReportedLimit {
  std::optional<std::uint64_t> limit = {};              ///< in a window
  std::optional<std::uint64_t> remaining = {};          ///< of it, now
  std::optional<std::chrono::milliseconds> reset = {};  ///< until it is full again
};

/// One exchange with a provider, whatever its outcome. The views are valid during the call.
struct CallReport {
  std::string_view provider = {};
  std::string_view model = {};
  int status = 0;  ///< of HTTP; 0 if no answer came
  std::chrono::nanoseconds duration = {};
  TokenUsage usage = {};
  ReportedLimit requests = {};
  ReportedLimit tokens = {};
  std::optional<std::chrono::milliseconds> retry_after = {};
};

/// Is told of every exchange. Implementations may be called from several threads at once, must not block, and must
/// not call the provider again.
class SCAUP_API CallObserver {
 public:
  virtual ~CallObserver();
  virtual void on_call(const CallReport& report) noexcept = 0;
};

}  // namespace scaup::inline v0
