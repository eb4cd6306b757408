#pragma once
// What a durable collection does with each write before it takes effect: the seam between the store and its log.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// One write as it is logged. The parts are there so that no piece of a large write is larger than a frame of the log
/// may be; together they are one write.
struct LogEntry {
  std::uint8_t type = 0;
  std::vector<std::vector<std::byte>> parts = {};
};

/// Called by the one writer of a store at a time.
class WriteLog {
 public:
  virtual ~WriteLog() = default;
  /// Returns when the entries are as safe as the sync mode promises, in this order.
  ///
  /// Errors: `io`, `read_only`; then none of the writes may take effect, though after a failed sync the next opening
  /// may find them.
  [[nodiscard]] virtual Status append(std::span<const LogEntry* const> entries) = 0;
};

}  // namespace scaup::inline v0
