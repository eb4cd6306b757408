#pragma once
// Turns the fuzzer's bytes into files with right hashes, so that fuzzing does not stop at the first checksum.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "storage/file_header.hpp"

namespace scaup::fuzz {

/// Hands out the fuzzer's bytes as numbers and pieces; zeros and nothing after the end.
class Choices {
 public:
  explicit Choices(std::span<const std::byte> bytes) noexcept : bytes_(bytes) {}

  [[nodiscard]] bool empty() const noexcept { return bytes_.empty(); }
  [[nodiscard]] std::uint64_t number(std::size_t width) noexcept {
    std::uint64_t value = 0;
    for (const std::byte byte : piece(width)) value = (value << 8U) | std::to_integer<std::uint64_t>(byte);
    return value;
  }
  [[nodiscard]] std::span<const std::byte> piece(std::size_t size) noexcept {
    const auto taken = bytes_.first(std::min(size, bytes_.size()));
    bytes_ = bytes_.subspan(taken.size());
    return taken;
  }

 private:
  std::span<const std::byte> bytes_;
};

inline FileIdentity identity_of(StoreFileKind kind) noexcept {
  return {.uuid = {}, .collection = 1, .kind = kind, .number = 1};
}

inline std::vector<std::byte> header_bytes(StoreFileKind kind) {
  const FileHeaderBytes header = encode_file_header({.identity = identity_of(kind), .features = {}});
  return {header.begin(), header.end()};
}

inline void append(std::vector<std::byte>& out, std::span<const std::byte> bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

}  // namespace scaup::fuzz
