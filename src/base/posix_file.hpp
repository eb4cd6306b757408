#pragma once
// Open files on POSIX: descriptors with an owner, errors from errno, and the readable and writable file.

#include <cerrno>
#include <filesystem>
#include <memory>
#include <string_view>
#include <utility>

#include "scaup/file_system.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// Owns a file descriptor. Thread-compatible: const members concurrently; a non-const member needs exclusive access.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) noexcept : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor();  ///< closes

  [[nodiscard]] bool is_open() const noexcept { return number_ >= 0; }
  [[nodiscard]] int number() const noexcept { return number_; }
  /// Gives the descriptor away.
  [[nodiscard]] int release() noexcept { return std::exchange(number_, -1); }

 private:
  int number_ = -1;
};

/// The error for a failed call: `not_found` for ENOENT, `already_exists` for EEXIST, else `io`, with the number
/// in `detail()` and the message `operation "path": text of the number`.
[[nodiscard]] Error posix_error(std::string_view operation, const std::filesystem::path& path, int number);

/// Refuses a path with a NUL in it: system calls would see a shorter name, that of another file.
[[nodiscard]] Status check_path(std::string_view operation, const std::filesystem::path& path);

/// open(2) with O_CLOEXEC, begun again when a signal interrupts it; what is created is for its owner alone.
[[nodiscard]] Result<Descriptor> open_descriptor(std::string_view operation, const std::filesystem::path& path,
                                                 int flags);

/// The same for regular files: anything else is `io`, and a FIFO or device does not make it wait.
[[nodiscard]] Result<Descriptor> open_regular(std::string_view operation, const std::filesystem::path& path, int flags);

[[nodiscard]] std::unique_ptr<ReadableFile> make_readable_file(Descriptor descriptor, std::filesystem::path path);
[[nodiscard]] std::unique_ptr<WritableFile> make_writable_file(Descriptor descriptor, std::filesystem::path path);

/// Calls `call` until it is not interrupted by a signal; it returns -1 with errno on failure.
template <typename Call>
auto retry_interrupted(Call&& call) noexcept {
  auto result = call();
  while (result == -1 && errno == EINTR) result = call();
  return result;
}

}  // namespace scaup::inline v0
