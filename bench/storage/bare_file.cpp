// pwrite and fdatasync.

#include "bare_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace scaup::bench {
namespace {

void require(bool done, const char* what) {
  if (!done) throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

BareFile::BareFile(const std::filesystem::path& path, std::size_t bytes, Prepared prepared)
    : file_(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)), size_(bytes), source_(bytes) {
  require(file_ >= 0, "open");
  errno = ::posix_fallocate(file_, 0, static_cast<off_t>(bytes));
  require(errno == 0, "posix_fallocate");
  if (prepared == Prepared::zeros) write_next(bytes);
  end_ = 0;
  require(::fsync(file_) == 0, "fsync");
}

BareFile::~BareFile() {
  if (file_ >= 0) ::close(file_);
}

void BareFile::append_and_sync(std::size_t bytes) {
  if (end_ + bytes > size_) end_ = 0;
  write_next(bytes);
  require(::fdatasync(file_) == 0, "fdatasync");
}

void BareFile::write_next(std::size_t bytes) {
  while (bytes != 0) {
    const ssize_t written = ::pwrite(file_, source_.data(), bytes, static_cast<off_t>(end_));
    require(written > 0, "pwrite");
    end_ += static_cast<std::size_t>(written);
    bytes -= static_cast<std::size_t>(written);
  }
}

}  // namespace scaup::bench
