#pragma once
// FaultFileSystem: counts the calls to another file system, and lets chosen ones fail.
//
// A test sets a plan that fails call 1, runs its scenario, then sets one for call 2, and so on until the scenario runs
// through without meeting a failure (`failures() == 0`).

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "scaup/file_system.hpp"

namespace scaup::test {

/// What a call does. `info` is also the size of an open file, `open` any opening of a file.
enum class CallKind : std::uint8_t {
  open,
  read,
  map,
  write,
  preallocate,
  truncate,
  sync,
  close,
  list,
  info,
  create_directory,
  rename,
  remove,
  sync_directory,
  free_space,
  lock,
};
inline constexpr std::size_t kCallKinds = 16;

enum class Repeat : std::uint8_t { once, from_then_on };

/// What a failing sync does with the bytes that were not synced; `forget` needs a MemoryFileSystem inside.
enum class SyncFailure : std::uint8_t { keep, forget };

struct FaultPlan {
  std::uint64_t call = 0;  ///< which call of the chosen kinds fails, from 1; 0: none
  Repeat repeat = Repeat::once;
  std::vector<CallKind> kinds = {};  ///< empty: all
  int error = EIO;                   ///< errno
  /// How many bytes a failing write puts before its error, at most all but one of them.
  std::size_t written_bytes = 0;
  SyncFailure sync_failure = SyncFailure::keep;
};

/// Passes calls on to `inner`. A call that fails by plan does not reach it, but for the part of a write.
/// Errors: as those of the file system of the operating system, with the plan's errno.
/// Thread-safe: any member from any thread at any time.
class FaultFileSystem final : public FileSystem {
 public:
  explicit FaultFileSystem(std::shared_ptr<FileSystem> inner);
  ~FaultFileSystem() override;

  Result<std::unique_ptr<ReadableFile>> open_for_read(const std::filesystem::path& path,
                                                      Links links = Links::follow) const override;
  Result<std::unique_ptr<WritableFile>> open_for_write(const std::filesystem::path& path, OpenMode mode) override;
  Result<std::vector<DirectoryEntry>> list(const std::filesystem::path& folder) const override;
  Result<FileInfo> info(const std::filesystem::path& path, Links links = Links::follow) const override;
  Status create_directory(const std::filesystem::path& path) override;
  Status rename(const std::filesystem::path& from, const std::filesystem::path& to) override;
  Status remove(const std::filesystem::path& path) override;
  Status sync_directory(const std::filesystem::path& path) override;
  Result<std::uint64_t> free_space(const std::filesystem::path& path) const override;
  Result<std::unique_ptr<FileLock>> lock(const std::filesystem::path& path, LockMode mode) override;

  /// Sets the plan and all counters to 0; files that are open already follow it too.
  void set_plan(FaultPlan plan);
  /// How many calls there were since the last `set_plan`, failed ones included.
  [[nodiscard]] std::uint64_t calls() const;
  [[nodiscard]] std::uint64_t calls(CallKind kind) const;
  /// How many of them failed by plan.
  [[nodiscard]] std::uint64_t failures() const;
  /// Calls `hook` before each call, on its thread, with no lock held: to wait, or to do something in between.
  void on_call(std::function<void(CallKind, const std::filesystem::path&)> hook);

  class Control;  ///< of the implementation

 private:
  std::shared_ptr<FileSystem> inner_;
  std::shared_ptr<Control> control_;  // open files hold it too
};

}  // namespace scaup::test
