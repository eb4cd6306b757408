#pragma once
// What all collections of one open database share: where it is, who it is, how it was opened.

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>

#include "scaup/file_system.hpp"
#include "scaup/storage.hpp"
#include "storage/file_header.hpp"

namespace scaup::inline v0 {

/// Counts the forks that led to this process, so that a child can tell that a database is its parent's.
[[nodiscard]] unsigned fork_generation() noexcept;

/// What a child process is told that uses what its parent opened.
[[nodiscard]] Error used_after_fork();

/// Immutable but for the lock. Thread-safe: any member from any thread at any time.
struct StoreContext {
  std::filesystem::path folder = {};
  StoreUuid uuid = {};
  DatabaseOptions options = {};  ///< file system and clock are never null
  std::unique_ptr<FileLock> lock = {};
  unsigned forks = fork_generation();

  [[nodiscard]] FileSystem& files() const noexcept { return *options.file_system; }
  [[nodiscard]] bool writable() const noexcept { return options.access == Access::read_write; }
  /// Whether this process is a child of the one that opened the database: then it must not touch its files.
  [[nodiscard]] bool forked() const noexcept { return forks != fork_generation(); }
  [[nodiscard]] std::filesystem::path collection_folder(std::uint32_t number) const {
    return folder / "collections" / std::to_string(number);
  }
};

}  // namespace scaup::inline v0
