#pragma once
// What the disk can do without a database: bytes written one after another, each piece synced.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

namespace scaup::bench {

/// What a file is before it is written to.
enum class Prepared : std::uint8_t {
  reserved,  ///< its blocks are allocated and were never written, as in a log that was preallocated
  zeros,     ///< zeros were written and synced
};

/// Errors are exceptions: std::system_error.
class BareFile {
 public:
  BareFile(const std::filesystem::path& path, std::size_t bytes, Prepared prepared);
  BareFile(const BareFile&) = delete;
  BareFile& operator=(const BareFile&) = delete;
  ~BareFile();

  /// Writes the next `bytes` bytes and returns when they are on the disk. Begins anew at the end of the file.
  void append_and_sync(std::size_t bytes);

 private:
  void write_next(std::size_t bytes);

  int file_ = -1;
  std::size_t size_ = 0;
  std::size_t end_ = 0;
  std::vector<char> source_;
};

}  // namespace scaup::bench
