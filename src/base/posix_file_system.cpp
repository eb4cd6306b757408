// FileSystem on POSIX: opening, listing, naming, locking. The open files themselves are in posix_file.cpp.

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <limits>
#include <optional>
#include <string>

#include "base/boundary.hpp"
#include "base/checked_math.hpp"
#include "base/posix_file.hpp"
#include "scaup/file_system.hpp"

namespace scaup::inline v0 {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kOwnerOnlyFolder = 0700;

FileKind kind_of(mode_t mode) noexcept {
  if (S_ISREG(mode)) return FileKind::regular;
  if (S_ISDIR(mode)) return FileKind::directory;
  if (S_ISLNK(mode)) return FileKind::link;
  return FileKind::other;
}

// Some file systems keep times that nanoseconds since 1970 in 64 bits cannot say; these become the nearest that can.
std::chrono::system_clock::time_point time_of(const timespec& time) noexcept {
  using Duration = std::chrono::system_clock::duration;
  constexpr auto kLimit = std::chrono::duration_cast<std::chrono::seconds>(Duration::max()).count() - 1;
  const std::chrono::seconds seconds(std::clamp<std::int64_t>(time.tv_sec, -kLimit, kLimit));
  return std::chrono::system_clock::time_point(
      std::chrono::duration_cast<Duration>(seconds + std::chrono::nanoseconds(time.tv_nsec)));
}

FileInfo info_of(const struct stat& status) noexcept {
  return {.kind = kind_of(status.st_mode),
          .size = static_cast<std::uint64_t>(status.st_size),
          .modified = time_of(status.st_mtim),
          .device = static_cast<std::uint64_t>(status.st_dev),
          .inode = static_cast<std::uint64_t>(status.st_ino)};
}

struct CloseFolder {
  void operator()(DIR* folder) const noexcept { closedir(folder); }
};
using Folder = std::unique_ptr<DIR, CloseFolder>;

Result<Folder> open_folder(const fs::path& path) {
  auto descriptor = open_descriptor("list", path, O_RDONLY | O_DIRECTORY);
  if (!descriptor) return std::move(descriptor).error();
  DIR* folder = fdopendir(descriptor->number());
  if (folder == nullptr) return posix_error("list", path, errno);
  static_cast<void>(descriptor->release());  // closedir closes it
  return Folder(folder);
}

// The kind of an entry; nothing if it went away meanwhile.
std::optional<FileKind> entry_kind(DIR* folder, const dirent& entry) noexcept {
  switch (entry.d_type) {
    case DT_REG: return FileKind::regular;
    case DT_DIR: return FileKind::directory;
    case DT_LNK: return FileKind::link;
    case DT_UNKNOWN: break;  // a file system that does not say
    default: return FileKind::other;
  }
  struct stat status = {};
  if (fstatat(dirfd(folder), entry.d_name, &status, AT_SYMLINK_NOFOLLOW) == 0) return kind_of(status.st_mode);
  if (errno == ENOENT) return std::nullopt;
  return FileKind::other;
}

Result<std::vector<DirectoryEntry>> read_entries(DIR* folder, const fs::path& path) {
  std::vector<DirectoryEntry> entries;
  while (true) {
    errno = 0;  // the only way to tell the end from a failure
    const dirent* entry = readdir(folder);
    if (entry == nullptr && errno != 0) return posix_error("list", path, errno);
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    if (const auto kind = entry_kind(folder, *entry)) entries.push_back({.name = name, .kind = *kind});
  }
  std::ranges::sort(entries, {}, [](const DirectoryEntry& entry) -> const std::string& { return entry.name.native(); });
  return entries;
}

// Unlocking before closing frees the lock even where a forked child still holds a copy of the descriptor.
class PosixFileLock final : public FileLock {
 public:
  explicit PosixFileLock(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}
  PosixFileLock(const PosixFileLock&) = delete;
  PosixFileLock& operator=(const PosixFileLock&) = delete;
  ~PosixFileLock() override { flock(descriptor_.number(), LOCK_UN); }

 private:
  const Descriptor descriptor_;
};

int open_flags(OpenMode mode) noexcept {
  return mode == OpenMode::create_new ? O_RDWR | O_CREAT | O_EXCL : O_RDWR;
}

// unlink says EISDIR (Linux) or EPERM (POSIX) for a folder.
Status remove_entry(const fs::path& path) {
  if (unlink(path.c_str()) == 0) return {};
  const int failure = errno;
  if (failure != EISDIR && failure != EPERM) return posix_error("remove", path, failure);
  if (rmdir(path.c_str()) == 0) return {};
  return posix_error("remove", path, errno == ENOTDIR ? failure : errno);
}

// Runs `body` behind the exception wall if the path is one that a system call can see whole.
template <typename Body>
auto guarded_path(std::string_view operation, const fs::path& path, Body&& body) noexcept {
  return guarded([&]() -> decltype(body()) {
    if (Status status = check_path(operation, path); !status) return std::move(status).error();
    return body();
  });
}

Status check(std::string_view operation, const fs::path& path, int result) {
  if (result == 0) return {};
  return posix_error(operation, path, errno);
}

class PosixFileSystem final : public FileSystem {
 public:
  Result<std::unique_ptr<ReadableFile>> open_for_read(const fs::path& path, Links links) const override {
    return guarded([&]() -> Result<std::unique_ptr<ReadableFile>> {
      auto descriptor = open_regular("open", path, links == Links::refuse ? O_RDONLY | O_NOFOLLOW : O_RDONLY);
      if (!descriptor) return std::move(descriptor).error();
      return make_readable_file(*std::move(descriptor), path);
    });
  }

  Result<std::unique_ptr<WritableFile>> open_for_write(const fs::path& path, OpenMode mode) override {
    return guarded([&]() -> Result<std::unique_ptr<WritableFile>> {
      const std::string_view operation = mode == OpenMode::create_new ? "create" : "open for writing";
      auto descriptor = open_regular(operation, path, open_flags(mode));
      if (!descriptor) return std::move(descriptor).error();
      return make_writable_file(*std::move(descriptor), path);
    });
  }

  Result<std::vector<DirectoryEntry>> list(const fs::path& folder) const override {
    return guarded([&]() -> Result<std::vector<DirectoryEntry>> {
      const auto open = open_folder(folder);
      if (!open) return open.error();
      return read_entries(open->get(), folder);
    });
  }

  Result<FileInfo> info(const fs::path& path, Links links) const override {
    return guarded_path("info of", path, [&]() -> Result<FileInfo> {
      struct stat status = {};
      const int flags = links == Links::refuse ? AT_SYMLINK_NOFOLLOW : 0;
      if (fstatat(AT_FDCWD, path.c_str(), &status, flags) != 0) return posix_error("info of", path, errno);
      return info_of(status);
    });
  }

  Status create_directory(const fs::path& path) override {
    return guarded_path("create folder", path,
                        [&] { return check("create folder", path, mkdir(path.c_str(), kOwnerOnlyFolder)); });
  }

  Status rename(const fs::path& from, const fs::path& to) override {
    return guarded_path("rename", from, [&]() -> Status {
      if (Status status = check_path("rename", to); !status) return status;
      if (renameat(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str()) == 0) return {};
      const int failure = errno;
      return posix_error("rename \"" + from.native() + "\" to", to, failure);
    });
  }

  Status remove(const fs::path& path) override {
    return guarded_path("remove", path, [&] { return remove_entry(path); });
  }

  Status sync_directory(const fs::path& path) override {
    return guarded([&]() -> Status {
      const auto descriptor = open_descriptor("sync folder", path, O_RDONLY | O_DIRECTORY);
      if (!descriptor) return descriptor.error();
      return check("sync folder", path, retry_interrupted([&] { return fsync(descriptor->number()); }));
    });
  }

  Result<std::uint64_t> free_space(const fs::path& path) const override {
    return guarded_path("free space of", path, [&]() -> Result<std::uint64_t> {
      struct statvfs status = {};
      if (retry_interrupted([&] { return statvfs(path.c_str(), &status); }) != 0) {
        return posix_error("free space of", path, errno);
      }
      const auto bytes = checked_multiply<std::uint64_t>(status.f_bavail, status.f_frsize);
      return bytes.value_or(std::numeric_limits<std::uint64_t>::max());
    });
  }

  // The file is never removed: whoever held the old one and whoever locks a new one would both think they are alone.
  Result<std::unique_ptr<FileLock>> lock(const fs::path& path, LockMode mode) override {
    return guarded([&]() -> Result<std::unique_ptr<FileLock>> {
      const bool shared = mode == LockMode::shared;  // needs no right to write, so it works on a read-only disk
      auto descriptor = open_regular("lock", path, (shared ? O_RDONLY : O_RDWR) | O_CREAT | O_NOFOLLOW);
      if (!descriptor) return std::move(descriptor).error();
      const int operation = (shared ? LOCK_SH : LOCK_EX) | LOCK_NB;
      if (retry_interrupted([&] { return flock(descriptor->number(), operation); }) == 0) {
        return std::make_unique<PosixFileLock>(*std::move(descriptor));
      }
      if (errno != EWOULDBLOCK) return posix_error("lock", path, errno);
      return Error(ErrorCode::locked, "lock \"" + path.native() + "\": another holder has it", EWOULDBLOCK);
    });
  }
};

}  // namespace

std::shared_ptr<FileSystem> posix_file_system() {
  static const auto file_system = std::make_shared<PosixFileSystem>();
  return file_system;
}

}  // namespace scaup::inline v0
