#pragma once
// The log of an open collection: every write goes through it, and it decides when a write is safe.
//
// Invariants
// 1. mutex_ is held while frames are written and synced; no other mutex is taken under it. Writers come with the
//    store's writer mutex held, the collection's own thread with none, or with that of its thread.
// 2. Once a sync has failed, or the collection was closed, every append is refused.

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "engine/store_context.hpp"
#include "engine/write_log.hpp"
#include "storage/log_writer.hpp"

namespace scaup::inline v0 {

/// Thread-safe: any member from any thread at any time.
class DurableLog final : public WriteLog {
 public:
  /// A log that can only refuse, with this error.
  explicit DurableLog(Error refusal) : refusal_(std::move(refusal)) {}
  /// `appended` is called after each append, on the writer's thread, and must not block.
  DurableLog(std::shared_ptr<const StoreContext> context, LogWriter writer, std::function<void()> appended);

  [[nodiscard]] Status append(std::span<const LogEntry* const> entries) override;
  /// Makes safe what was appended. Errors: as `append`.
  [[nodiscard]] Status sync();
  /// Makes safe what was appended, and gives back the room behind it. Errors: as `append`.
  [[nodiscard]] Status trim();
  /// Syncs the file in use and goes on in another one, which `make` creates for the frame number it is given; where
  /// `make` fails, nothing has changed.
  [[nodiscard]] Status rotate(const std::function<Result<LogWriter>(std::uint64_t first_frame)>& make);
  /// Refuses every append from now on.
  void refuse(Error refusal);

  [[nodiscard]] std::uint64_t size() const;  ///< bytes in use of the file
  [[nodiscard]] std::uint64_t next_frame() const;
  [[nodiscard]] bool synced() const;                   ///< nothing waits for a sync
  [[nodiscard]] std::optional<Error> failure() const;  ///< why appends are refused, if they are

 private:
  [[nodiscard]] Status usable() const;
  [[nodiscard]] Status add(const LogEntry& entry);

  const std::shared_ptr<const StoreContext> context_;
  const std::function<void()> appended_;
  mutable std::mutex mutex_;
  std::optional<LogWriter> writer_;  // under mutex_, as all below
  std::optional<Error> refusal_;
  std::vector<std::byte> late_part_;  // kept, so that a large write does not wait for new memory
};

}  // namespace scaup::inline v0
