#include "files.hpp"

#include <cerrno>
#include <system_error>
#include <unistd.h>

namespace {

scaup::Error failed(const std::filesystem::path& path, int number) {
  const auto code = number == ENOENT ? scaup::ErrorCode::not_found : scaup::ErrorCode::io;
  return {code, path.string() + ": " + std::generic_category().message(number), number};
}

FileHandle open(const std::filesystem::path& path, const char* mode) {
  FileHandle file(std::fopen(path.c_str(), mode), &std::fclose);
  if (file == nullptr) throw scaup::Exception(failed(path, errno));
  return file;
}

}  // namespace

FileSink::FileSink(std::filesystem::path path)
    : path_(std::move(path)), partial_(path_.string() + ".partial"), file_(open(partial_, "wb")) {}

FileSink::~FileSink() {
  if (file_ == nullptr) return;
  file_.reset();
  std::error_code ignored;
  std::filesystem::remove(partial_, ignored);
}

scaup::Status FileSink::write(std::span<const std::byte> bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) == bytes.size()) return {};
  return failed(partial_, errno);
}

scaup::Status FileSink::finish() {
  if (std::fflush(file_.get()) != 0 || fsync(fileno(file_.get())) != 0) return failed(partial_, errno);
  if (std::rename(partial_.c_str(), path_.c_str()) != 0) return failed(path_, errno);
  file_.reset();
  return {};
}

FileSource::FileSource(const std::filesystem::path& path) : path_(path), file_(open(path, "rb")) {}

std::uint64_t FileSource::size() const {
  std::error_code error;
  const auto size = std::filesystem::file_size(path_, error);
  return error ? 0 : size;
}

scaup::Result<std::size_t> FileSource::read(std::span<std::byte> out) {
  const std::size_t got = std::fread(out.data(), 1, out.size(), file_.get());
  if (got == 0 && std::ferror(file_.get()) != 0) return failed(path_, errno);
  return got;
}
