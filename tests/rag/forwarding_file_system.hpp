#pragma once
// Stands before the real file system, so that a test can break one call of it.

#include <filesystem>
#include <memory>
#include <vector>

#include "scaup/file_system.hpp"

namespace scaup::test {

class ForwardingFileSystem : public FileSystem {
 public:
  using Path = std::filesystem::path;

  Result<std::unique_ptr<ReadableFile>> open_for_read(const Path& path, Links links) const override {
    return real_->open_for_read(path, links);
  }
  Result<std::unique_ptr<WritableFile>> open_for_write(const Path& path, OpenMode mode) override {
    return real_->open_for_write(path, mode);
  }
  Result<std::vector<DirectoryEntry>> list(const Path& path) const override { return real_->list(path); }
  Result<FileInfo> info(const Path& path, Links links) const override { return real_->info(path, links); }
  Status create_directory(const Path& path) override { return real_->create_directory(path); }
  Status rename(const Path& from, const Path& to) override { return real_->rename(from, to); }
  Status remove(const Path& path) override { return real_->remove(path); }
  Status sync_directory(const Path& path) override { return real_->sync_directory(path); }
  Result<std::uint64_t> free_space(const Path& path) const override { return real_->free_space(path); }
  Result<std::unique_ptr<FileLock>> lock(const Path& path, LockMode mode) override { return real_->lock(path, mode); }

 private:
  std::shared_ptr<FileSystem> real_ = posix_file_system();
};

}  // namespace scaup::test
