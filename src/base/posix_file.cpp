#include "base/posix_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <string>
#include <system_error>

#include "base/boundary.hpp"
#include "base/checked_math.hpp"

namespace scaup::inline v0 {
namespace {

namespace fs = std::filesystem;

// Linux moves at most about 2 GiB a call and says so by a short count; asking for less keeps the count in range.
constexpr std::size_t kMostBytesACall = std::size_t{1} << 30;

// Whether [offset, offset + size) can be named with off_t.
bool fits_off_t(std::uint64_t offset, std::uint64_t size) noexcept {
  const auto end = checked_add(offset, size);
  return end && *end <= static_cast<std::uint64_t>(std::numeric_limits<off_t>::max());
}

Result<std::uint64_t> size_of(const Descriptor& descriptor, const fs::path& path) {
  struct stat status = {};
  if (fstat(descriptor.number(), &status) != 0) return posix_error("size of", path, errno);
  return static_cast<std::uint64_t>(status.st_size);
}

// A mapping and the span over it, in one allocation whose owner unmaps.
class Mapping {
 public:
  Mapping() = default;
  Mapping(void* address, std::size_t size) noexcept
      : span_(static_cast<const std::byte*>(address), size), address_(address) {}
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping() {
    if (address_ != nullptr) munmap(address_, span_.size());
  }

  const std::span<const std::byte>& span() const noexcept { return span_; }

 private:
  std::span<const std::byte> span_;
  void* address_ = nullptr;
};

class PosixReadableFile final : public ReadableFile {
 public:
  PosixReadableFile(Descriptor descriptor, fs::path path)
      : descriptor_(std::move(descriptor)), path_(std::move(path)) {}

  Result<std::uint64_t> size() const override {
    return guarded([&]() -> Result<std::uint64_t> { return size_of(descriptor_, path_); });
  }

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const override {
    return guarded([&]() -> Result<std::size_t> {
      if (!fits_off_t(offset, out.size())) return posix_error("read", path_, EOVERFLOW);
      return read_all(offset, out);
    });
  }

  Result<std::shared_ptr<const std::span<const std::byte>>> map() const override {
    return guarded([&]() -> Result<std::shared_ptr<const std::span<const std::byte>>> {
      const auto mapping = map_whole();
      if (!mapping) return mapping.error();
      return std::shared_ptr<const std::span<const std::byte>>(*mapping, &(*mapping)->span());
    });
  }

 private:
  Result<std::size_t> read_all(std::uint64_t offset, std::span<std::byte> out) const {
    std::size_t done = 0;
    while (done < out.size()) {
      const std::size_t wanted = std::min(out.size() - done, kMostBytesACall);
      const ssize_t got = retry_interrupted(
          [&] { return pread(descriptor_.number(), out.data() + done, wanted, static_cast<off_t>(offset + done)); });
      if (got < 0) return posix_error("read", path_, errno);
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
    }
    return done;
  }

  Result<std::shared_ptr<const Mapping>> map_whole() const {
    const auto size = size_of(descriptor_, path_);
    if (!size) return size.error();
    if (*size == 0) return std::make_shared<const Mapping>();
    if (*size > std::numeric_limits<std::size_t>::max()) return posix_error("map", path_, EOVERFLOW);
    const auto length = static_cast<std::size_t>(*size);
    void* address = mmap(nullptr, length, PROT_READ, MAP_PRIVATE, descriptor_.number(), 0);
    if (address == MAP_FAILED) return posix_error("map", path_, errno);
    try {
      return std::make_shared<const Mapping>(address, length);
    } catch (const std::bad_alloc&) {
      munmap(address, length);
      return out_of_memory_error();
    }
  }

  const Descriptor descriptor_;
  const fs::path path_;
};

class PosixWritableFile final : public WritableFile {
 public:
  PosixWritableFile(Descriptor descriptor, fs::path path)
      : descriptor_(std::move(descriptor)), path_(std::move(path)) {}

  Result<std::uint64_t> size() const override {
    return guarded([&]() -> Result<std::uint64_t> { return size_of(descriptor_, path_); });
  }

  Status write_at(std::uint64_t offset, std::span<const std::byte> bytes) override {
    return guarded([&]() -> Status {
      if (!fits_off_t(offset, bytes.size())) return posix_error("write", path_, EFBIG);
      return write_all(offset, bytes);
    });
  }

  void start_writeback(std::uint64_t offset, std::uint64_t size) noexcept override {
#ifdef SYNC_FILE_RANGE_WRITE
    // The answer does not matter: a failure of the disk stays with the descriptor until fdatasync returns it.
    if (!fits_off_t(offset, size)) return;
    ::sync_file_range(descriptor_.number(), static_cast<off_t>(offset), static_cast<off_t>(size),
                      SYNC_FILE_RANGE_WRITE);
#else
    (void)offset, (void)size;
#endif
  }

  Status preallocate(std::uint64_t size) override {
    return guarded([&]() -> Status {
      if (size == 0) return {};
      if (!fits_off_t(0, size)) return posix_error("preallocate", path_, EFBIG);
      int failure = EINTR;  // posix_fallocate returns the number and leaves errno alone
      while (failure == EINTR) failure = posix_fallocate(descriptor_.number(), 0, static_cast<off_t>(size));
      if (failure == 0) return {};
      if (failure != EOPNOTSUPP && failure != EINVAL && failure != ENOSYS)
        return posix_error("preallocate", path_, failure);
      return append_zeros(size);
    });
  }

  Status truncate(std::uint64_t size) override {
    return guarded([&]() -> Status {
      if (!fits_off_t(0, size)) return posix_error("truncate", path_, EFBIG);
      return check("truncate",
                   retry_interrupted([&] { return ftruncate(descriptor_.number(), static_cast<off_t>(size)); }));
    });
  }

  Status sync() override {
    return guarded([&] { return check("sync", retry_interrupted([&] { return fdatasync(descriptor_.number()); })); });
  }

  Status close() override {
    return guarded([&]() -> Status {
      if (!descriptor_.is_open()) return {};
      // On Linux the descriptor is gone even if a signal interrupted the call: calling again could close another file.
      if (::close(descriptor_.release()) == 0 || errno == EINTR) return {};
      return posix_error("close", path_, errno);
    });
  }

 private:
  Status check(std::string_view operation, int result) const {
    if (result == 0) return {};
    return posix_error(operation, path_, errno);
  }

  Status write_all(std::uint64_t offset, std::span<const std::byte> bytes) {
    std::size_t done = 0;
    while (done < bytes.size()) {
      const std::size_t wanted = std::min(bytes.size() - done, kMostBytesACall);
      const ssize_t put = retry_interrupted(
          [&] { return pwrite(descriptor_.number(), bytes.data() + done, wanted, static_cast<off_t>(offset + done)); });
      if (put < 0) return posix_error("write", path_, errno);
      if (put == 0) return posix_error("write", path_, EIO);  // would loop for ever
      done += static_cast<std::size_t>(put);
    }
    return {};
  }

  // For file systems that cannot reserve: blocks that were written are there. Holes below the size stay.
  Status append_zeros(std::uint64_t size) {
    static constexpr std::array<std::byte, 65536> kZeros = {};
    const auto current = size_of(descriptor_, path_);
    if (!current) return current.error();
    for (std::uint64_t at = *current; at < size;) {
      const std::uint64_t wanted = std::min<std::uint64_t>(size - at, kZeros.size());
      if (Status status = write_all(at, std::span(kZeros).first(static_cast<std::size_t>(wanted))); !status)
        return status;
      at += wanted;
    }
    return {};
  }

  Descriptor descriptor_;
  const fs::path path_;
};

ErrorCode code_of(int number) noexcept {
  switch (number) {
    case ENOENT: return ErrorCode::not_found;
    case EEXIST: return ErrorCode::already_exists;
    default: return ErrorCode::io;
  }
}

}  // namespace

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

Error posix_error(std::string_view operation, const fs::path& path, int number) {
  std::string message(operation);
  message += " \"" + path.native() + "\": " + std::system_category().message(number);
  return {code_of(number), std::move(message), number};
}

Status check_path(std::string_view operation, const fs::path& path) {
  if (path.native().find('\0') == std::string::npos) return {};
  return posix_error(operation, path.c_str(), EINVAL);
}

Result<Descriptor> open_descriptor(std::string_view operation, const fs::path& path, int flags) {
  constexpr mode_t kOwnerOnly = 0600;
  if (Status status = check_path(operation, path); !status) return std::move(status).error();
  const int number = retry_interrupted([&] { return ::open(path.c_str(), flags | O_CLOEXEC | O_NOCTTY, kOwnerOnly); });
  if (number < 0) return posix_error(operation, path, errno);
  return Descriptor(number);
}

Result<Descriptor> open_regular(std::string_view operation, const fs::path& path, int flags) {
  auto descriptor = open_descriptor(operation, path, flags | O_NONBLOCK);
  if (!descriptor) return descriptor;
  struct stat status = {};
  if (fstat(descriptor->number(), &status) != 0) return posix_error(operation, path, errno);
  if (S_ISREG(status.st_mode)) return descriptor;
  if (S_ISDIR(status.st_mode)) return posix_error(operation, path, EISDIR);
  return Error(ErrorCode::io, std::string(operation) + " \"" + path.native() + "\": not a regular file", EINVAL);
}

std::unique_ptr<ReadableFile> make_readable_file(Descriptor descriptor, fs::path path) {
  return std::make_unique<PosixReadableFile>(std::move(descriptor), std::move(path));
}

std::unique_ptr<WritableFile> make_writable_file(Descriptor descriptor, fs::path path) {
  return std::make_unique<PosixWritableFile>(std::move(descriptor), std::move(path));
}

}  // namespace scaup::inline v0
