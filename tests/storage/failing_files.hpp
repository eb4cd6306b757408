#pragma once
// A FileSystem over the real one, whose writing calls fail on demand.

#include <cerrno>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scaup/file_system.hpp"

namespace scaup::test {

/// Asked before each call by name ("write", "sync", "rename", ...): true lets it fail with EIO.
using FailWhen = std::function<bool(std::string_view call)>;

class FailingFile final : public WritableFile {
 public:
  FailingFile(std::unique_ptr<WritableFile> file, std::shared_ptr<FailWhen> fails)
      : file_(std::move(file)), fails_(std::move(fails)) {}

  Result<std::uint64_t> size() const override { return file_->size(); }
  Status write_at(std::uint64_t offset, std::span<const std::byte> bytes) override {
    if (!fails("write")) return file_->write_at(offset, bytes);
    static_cast<void>(file_->write_at(offset, bytes.first(bytes.size() / 2)));  // any part may be there
    return error("write");
  }
  Status preallocate(std::uint64_t size) override {
    return fails("preallocate") ? error("preallocate") : file_->preallocate(size);
  }
  Status truncate(std::uint64_t size) override { return fails("truncate") ? error("truncate") : file_->truncate(size); }
  Status sync() override { return fails("sync") ? error("sync") : file_->sync(); }
  Status close() override { return fails("close") ? error("close") : file_->close(); }

  static Error error(std::string_view call) { return {ErrorCode::io, std::string(call) + ": injected", EIO}; }

 private:
  bool fails(std::string_view call) const { return *fails_ && (*fails_)(call); }

  std::unique_ptr<WritableFile> file_;
  std::shared_ptr<FailWhen> fails_;
};

class FailingFiles final : public FileSystem {
 public:
  /// Replaces the rule; empty: nothing fails.
  void fail_when(FailWhen fails) { *fails_ = std::move(fails); }

  Result<std::unique_ptr<ReadableFile>> open_for_read(const std::filesystem::path& path, Links links) const override {
    return files_->open_for_read(path, links);
  }
  Result<std::unique_ptr<WritableFile>> open_for_write(const std::filesystem::path& path, OpenMode mode) override {
    if (fails("open")) return FailingFile::error("open");
    auto file = files_->open_for_write(path, mode);
    if (!file) return file;
    return std::unique_ptr<WritableFile>(std::make_unique<FailingFile>(*std::move(file), fails_));
  }
  Result<std::vector<DirectoryEntry>> list(const std::filesystem::path& folder) const override {
    return files_->list(folder);
  }
  Result<FileInfo> info(const std::filesystem::path& path, Links links) const override {
    return files_->info(path, links);
  }
  Status create_directory(const std::filesystem::path& path) override {
    return fails("create_directory") ? FailingFile::error("create_directory") : files_->create_directory(path);
  }
  Status rename(const std::filesystem::path& from, const std::filesystem::path& to) override {
    return fails("rename") ? FailingFile::error("rename") : files_->rename(from, to);
  }
  Status remove(const std::filesystem::path& path) override {
    return fails("remove") ? FailingFile::error("remove") : files_->remove(path);
  }
  Status sync_directory(const std::filesystem::path& path) override {
    return fails("sync_directory") ? FailingFile::error("sync_directory") : files_->sync_directory(path);
  }
  Result<std::uint64_t> free_space(const std::filesystem::path& path) const override {
    return files_->free_space(path);
  }
  Result<std::unique_ptr<FileLock>> lock(const std::filesystem::path& path, LockMode mode) override {
    return files_->lock(path, mode);
  }

 private:
  bool fails(std::string_view call) const { return *fails_ && (*fails_)(call); }

  std::shared_ptr<FileSystem> files_ = posix_file_system();
  std::shared_ptr<FailWhen> fails_ = std::make_shared<FailWhen>();
};

}  // namespace scaup::test
