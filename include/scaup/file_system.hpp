#pragma once
// FileSystem: the seam through which the library touches files, so that tests can break them.
//
// Every file call of the library goes through it, with errno in `Error::detail()`. The semantics are
// those of POSIX: what is not synced may be lost or torn by a power cut; a rename is atomic; a new or
// renamed entry is durable only after `sync_directory`.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "scaup/config.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// A file open for reading. Thread-safe: any member from any thread at any time.
class SCAUP_API ReadableFile {
 public:
  virtual ~ReadableFile();
  [[nodiscard]] virtual Result<std::uint64_t> size() const = 0;
  /// Fills `out` from `offset`; returns how many bytes there were, less than asked only at the end.
  [[nodiscard]] virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const = 0;
  /// Maps the whole file read-only; the bytes stay valid as long as the returned pointer lives, also
  /// after the file is closed or removed. An empty file maps to an empty span.
  [[nodiscard]] virtual Result<std::shared_ptr<const std::span<const std::byte>>> map() const = 0;
};

/// A file open for writing. Single-threaded: one thread at a time, even for const members.
class SCAUP_API WritableFile {
 public:
  virtual ~WritableFile();  ///< closes; what was not synced may be lost, and nobody is told
  [[nodiscard]] virtual Result<std::uint64_t> size() const = 0;
  /// Writes all of `bytes` at `offset`, growing the file as needed. After an error any part may be there.
  [[nodiscard]] virtual Status write_at(std::uint64_t offset, std::span<const std::byte> bytes) = 0;
  /// Says that a sync of these bytes will follow, so that the disk may begin to take them. What fails meanwhile, `sync`
  /// returns. Unless overridden, does nothing.
  virtual void start_writeback(std::uint64_t offset, std::uint64_t size) noexcept;
  /// Reserves blocks up to `size` so that later writes do not change the file's metadata.
  [[nodiscard]] virtual Status preallocate(std::uint64_t size) = 0;
  [[nodiscard]] virtual Status truncate(std::uint64_t size) = 0;
  /// Returns when the contents, and the size, would survive a power cut (fdatasync). After an error the
  /// file must not be trusted: a second attempt may succeed without having written anything.
  [[nodiscard]] virtual Status sync() = 0;
  /// Closes and reports what the destructor cannot.
  [[nodiscard]] virtual Status close() = 0;
};

/// Holds a lock on a file until destroyed.
class SCAUP_API FileLock {
 public:
  virtual ~FileLock();
};

enum class FileKind : std::uint8_t { regular, directory, link, other };

struct FileInfo {
  FileKind kind = FileKind::other;
  std::uint64_t size = 0;  ///< bytes
  std::chrono::system_clock::time_point modified = {};
  std::uint64_t device = 0;  ///< with `inode`: which file it really is
  std::uint64_t inode = 0;
};

struct DirectoryEntry {
  std::filesystem::path name = {};  ///< without its folder
  FileKind kind = FileKind::other;  ///< a link is reported as link, not followed
};

enum class OpenMode : std::uint8_t {
  create_new,     ///< the file must not exist: `already_exists`
  open_existing,  ///< it must exist: `not_found`
};
enum class LockMode : std::uint8_t { shared, exclusive };
enum class Links : std::uint8_t { follow, refuse };

/// The file calls that the library makes. Files are created for their owner alone (0600, folders 0700).
/// Implementations may be called from several threads at once.
/// Errors, all functions: `not_found`, `already_exists`, `locked`, `io` (with errno in `detail()`).
class SCAUP_API FileSystem {
 public:
  virtual ~FileSystem();
  [[nodiscard]] virtual Result<std::unique_ptr<ReadableFile>> open_for_read(const std::filesystem::path& path,
                                                                            Links links = Links::follow) const = 0;
  [[nodiscard]] virtual Result<std::unique_ptr<WritableFile>> open_for_write(const std::filesystem::path& path,
                                                                             OpenMode mode) = 0;
  /// The entries of a folder in ascending order of name, without "." and "..".
  [[nodiscard]] virtual Result<std::vector<DirectoryEntry>> list(const std::filesystem::path& folder) const = 0;
  [[nodiscard]] virtual Result<FileInfo> info(const std::filesystem::path& path, Links links = Links::follow) const = 0;
  [[nodiscard]] virtual Status create_directory(const std::filesystem::path& path) = 0;
  [[nodiscard]] virtual Status rename(const std::filesystem::path& from, const std::filesystem::path& to) = 0;
  [[nodiscard]] virtual Status remove(const std::filesystem::path& path) = 0;  ///< a file or an empty folder
  [[nodiscard]] virtual Status sync_directory(const std::filesystem::path& path) = 0;
  [[nodiscard]] virtual Result<std::uint64_t> free_space(const std::filesystem::path& path) const = 0;
  /// Locks the file (created if absent) without waiting; `locked` if another holder is in the way. Locks
  /// belong to the returned object, not to the process: two holders in one process exclude each other.
  [[nodiscard]] virtual Result<std::unique_ptr<FileLock>> lock(const std::filesystem::path& path, LockMode mode) = 0;
};

/// The file system of the operating system. Never null.
[[nodiscard]] SCAUP_API std::shared_ptr<FileSystem> posix_file_system();

}  // namespace scaup::inline v0
