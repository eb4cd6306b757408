#pragma once
// What a durable collection does with each write before it takes effect: the seam between the store and its log.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// One write as it is logged. The parts are there so that no piece of a large write is larger than a frame of the log
/// may be; together they are one write.
struct LogEntry {
  /// Appends a late part to `out`.
  using Encode = std::function<void(std::size_t late_part, std::vector<std::byte>& out)>;

  std::uint8_t type = 0;
  std::vector<std::vector<std::byte>> parts = {};
  std::size_t late_parts = 0;  ///< after `parts`: encoded when the log comes to them, while the disk takes those before
  Encode encode = {};          ///< of late parts; may throw std::bad_alloc

  [[nodiscard]] std::size_t part_count() const noexcept { return parts.size() + late_parts; }
  /// The bytes of a part. A late one is put into `buffer`.
  [[nodiscard]] std::span<const std::byte> part(std::size_t index, std::vector<std::byte>& buffer) const {
    if (index < parts.size()) return parts[index];
    buffer.clear();
    encode(index - parts.size(), buffer);
    return buffer;
  }
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
