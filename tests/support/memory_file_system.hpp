#pragma once
// MemoryFileSystem: a file system in memory that knows what a power cut would leave of it.
//
// Behaves as posix_file_system() does, errors with their errno included. Beyond that it numbers the calls that change
// something, and makes at any moment the file systems that a power cut could leave: what a sync makes durable is there,
// the rest is lost, kept, torn or out of order. The model is stated at FileContents (bytes and sizes) and at MemoryTree
// (names). Contents are in shared pages, so an image of a small store takes microseconds.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "scaup/file_system.hpp"

namespace scaup::test {

/// A file of a MemoryFileSystem, open for writing. Single-threaded: one thread at a time, even for const members.
class MemoryWritableFile : public WritableFile {
 public:
  /// What a failed sync does on Linux: the changes stay visible, but no later sync makes them durable.
  virtual void forget_unsynced() = 0;
};

/// Begins with an empty root folder, "/", to which relative paths belong too. There are no links. A folder is renamed
/// only beside itself (EXDEV elsewhere). Each MemoryFileSystem, an image too, has a device number of its own.
/// A mapping is a copy, aligned to a page, of what the file holds at the call.
/// Thread-safe: any member from any thread at any time.
class MemoryFileSystem final : public FileSystem {
 public:
  MemoryFileSystem();
  ~MemoryFileSystem() override;

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

  /// At most so many bytes in all files that have a name; no quota by default. A call that would grow a file past
  /// it fails with ENOSPC; a write first puts what fits. Shrinking the quota removes nothing.
  void set_quota(std::optional<std::uint64_t> bytes);

  /// How many calls there were that change something or make it durable: write_at, preallocate, truncate, sync,
  /// create_new, create_directory, rename, remove, sync_directory and lock; failed ones too.
  [[nodiscard]] std::uint64_t changes() const;
  /// Calls `hook` with the number, from 1, of each such call just before it, on the calling thread, with no lock
  /// held. An image taken in the hook of call n is a power cut between calls n - 1 and n.
  void on_change(std::function<void(std::uint64_t)> hook);
  /// A file system as a power cut at this moment could leave it; nothing in it is open, locked or un-synced. Variant 0
  /// loses all that is not synced, variant 1 keeps all, as kill -9 does, the others are seeds. The same history and
  /// variant give the same image. The quota goes with it, the hook does not.
  [[nodiscard]] std::shared_ptr<MemoryFileSystem> crash_image(std::uint64_t variant) const;

 private:
  friend class MemoryHandle;
  struct State;

  explicit MemoryFileSystem(std::shared_ptr<State> state);

  std::shared_ptr<State> state_;  // handles and locks hold it too
};

}  // namespace scaup::test
