#include "archive/file_streams.hpp"

#include <utility>

namespace scaup::inline v0 {
namespace {

std::filesystem::path folder_of(const std::filesystem::path& path) {
  const std::filesystem::path folder = path.parent_path();
  return folder.empty() ? std::filesystem::path(".") : folder;
}

class FileSink final : public ByteSink {
 public:
  FileSink(FileSystem& files, std::filesystem::path path, std::filesystem::path partial) noexcept
      : files_(files), path_(std::move(path)), partial_(std::move(partial)) {}
  FileSink(const FileSink&) = delete;
  FileSink& operator=(const FileSink&) = delete;
  ~FileSink() override {
    if (!file_) return;
    file_.reset();
    static_cast<void>(files_.remove(partial_));  // nobody is left to be told
  }

  Status open() {
    Result<std::unique_ptr<WritableFile>> file = files_.open_for_write(partial_, OpenMode::create_new);
    if (!file && file.error().code() == ErrorCode::already_exists) {
      if (Status status = files_.remove(partial_); !status) return status;
      file = files_.open_for_write(partial_, OpenMode::create_new);
    }
    if (!file) return file.error();
    file_ = *std::move(file);
    return {};
  }

  Status write(std::span<const std::byte> bytes) override {
    Status status = file_->write_at(size_, bytes);
    size_ += bytes.size();
    return status;
  }

  // Until the rename the file is removed again on any error; from there on it is complete, and stays.
  Status finish() override {
    if (Status status = file_->sync(); !status) return status;
    if (Status status = file_->close(); !status) return status;
    if (Status status = files_.rename(partial_, path_); !status) return status;
    file_.reset();
    return files_.sync_directory(folder_of(path_));
  }

 private:
  FileSystem& files_;
  std::filesystem::path path_;
  std::filesystem::path partial_;
  std::unique_ptr<WritableFile> file_ = {};  // null once there is nothing to remove
  std::uint64_t size_ = 0;
};

class FileSource final : public ByteSource {
 public:
  explicit FileSource(std::unique_ptr<ReadableFile> file) noexcept : file_(std::move(file)) {}

  Result<std::size_t> read(std::span<std::byte> out) override {
    const Result<std::size_t> got = file_->read_at(offset_, out);
    if (got) offset_ += *got;
    return got;
  }

 private:
  std::unique_ptr<ReadableFile> file_;
  std::uint64_t offset_ = 0;
};

}  // namespace

Result<std::unique_ptr<ByteSink>> make_file_sink(FileSystem& files, const std::filesystem::path& path) {
  std::filesystem::path partial = path;
  partial += ".partial";
  auto sink = std::make_unique<FileSink>(files, path, std::move(partial));
  if (Status status = sink->open(); !status) return status.error();
  return Result<std::unique_ptr<ByteSink>>(std::move(sink));
}

Result<std::unique_ptr<ByteSource>> make_file_source(const FileSystem& files, const std::filesystem::path& path) {
  Result<std::unique_ptr<ReadableFile>> file = files.open_for_read(path);
  if (!file) return file.error();
  return Result<std::unique_ptr<ByteSource>>(std::make_unique<FileSource>(*std::move(file)));
}

}  // namespace scaup::inline v0
