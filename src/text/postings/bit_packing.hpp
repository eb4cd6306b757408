#pragma once
// Numbers of a few bits each, packed from the lowest bit up: value i occupies the bits [i * width, (i + 1) * width).

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "base/bytes.hpp"

namespace scaup::inline v0 {

inline constexpr std::uint32_t kWidestPacked = 32;
/// Bytes that must be readable behind packed numbers, since they are read eight bytes at a time.
inline constexpr std::size_t kPackedPadding = 8;

[[nodiscard]] constexpr std::size_t packed_bytes(std::size_t count, std::uint32_t width) noexcept {
  return (count * width + 7) / 8;
}

[[nodiscard]] inline std::uint32_t packed_width(std::uint32_t highest) noexcept {
  return static_cast<std::uint32_t>(std::bit_width(highest));
}

/// Value `index`; `width` is at most kWidestPacked.
[[nodiscard]] inline std::uint32_t unpack_one(const std::uint8_t* packed, std::size_t index,
                                              std::uint32_t width) noexcept {
  const std::size_t bit = index * width;
  std::uint64_t word = 0;
  std::memcpy(&word, packed + bit / 8, sizeof word);
  word = detail::to_little_endian(word) >> (bit % 8);
  return static_cast<std::uint32_t>(word & ((std::uint64_t{1} << width) - 1));
}

/// Appends values, each below 2^width, and fills up the last byte.
class BitWriter {
 public:
  BitWriter(std::vector<std::byte>& out, std::uint32_t width) noexcept : out_(out), width_(width) {}

  void put(std::uint32_t value) {
    word_ |= std::uint64_t{value} << bits_;
    for (bits_ += width_; bits_ >= 8; bits_ -= 8, word_ >>= 8U) out_.push_back(static_cast<std::byte>(word_ & 0xFFU));
  }
  void finish() {
    if (bits_ > 0) out_.push_back(static_cast<std::byte>(word_ & 0xFFU));
  }

 private:
  std::vector<std::byte>& out_;
  std::uint32_t width_;
  std::uint32_t bits_ = 0;  // of word_ that are not written yet, below 8 between calls
  std::uint64_t word_ = 0;
};

}  // namespace scaup::inline v0
