#pragma once
// Little-endian bytes: a reader that never looks past the end of what it was given, and a writer.
//
// Integers are little-endian, f32 is the IEEE 754 bit pattern, and a varint is unsigned LEB128 of at most
// ten bytes in its shortest form; a longer spelling of the same number is refused, so that one value has one encoding.

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "scaup/result.hpp"

namespace scaup::inline v0 {

static_assert(std::endian::native == std::endian::little || std::endian::native == std::endian::big);

namespace detail {

/// `value` with its bytes in little-endian order, whatever the machine's; its own inverse.
template <typename T>
[[nodiscard]] constexpr T to_little_endian(T value) noexcept {
  if constexpr (std::endian::native == std::endian::little || sizeof(T) == 1) return value;
  auto bytes = std::bit_cast<std::array<std::byte, sizeof(T)>>(value);
  std::ranges::reverse(bytes);
  return std::bit_cast<T>(bytes);
}

}  // namespace detail

/// Reads values one after another. The first read that cannot be done makes the reader fail for good: from then
/// on every read gives zero or nothing, `remaining()` is 0, and `status()` says what was wanted where. So a caller
/// reads a whole group of fields and asks once, but must ask before it believes a value or loops over a count.
///
/// Lifetime: the bytes and `what` are borrowed. Single-threaded: one thread at a time, even for const members.
class ByteReader {
 public:
  /// `what` names the bytes in messages; `base` is added to the offsets there, for a block inside a file.
  explicit ByteReader(std::span<const std::byte> bytes, std::string_view what = "bytes",
                      std::uint64_t base = 0) noexcept
      : bytes_(bytes), what_(what), base_(base) {}

  [[nodiscard]] std::uint8_t u8() noexcept { return integer<std::uint8_t>("u8"); }
  [[nodiscard]] std::uint16_t u16() noexcept { return integer<std::uint16_t>("u16"); }
  [[nodiscard]] std::uint32_t u32() noexcept { return integer<std::uint32_t>("u32"); }
  [[nodiscard]] std::uint64_t u64() noexcept { return integer<std::uint64_t>("u64"); }
  /// Any bit pattern, so NaN and infinity too.
  [[nodiscard]] float f32() noexcept { return std::bit_cast<float>(integer<std::uint32_t>("f32")); }
  [[nodiscard]] double f64() noexcept { return std::bit_cast<double>(integer<std::uint64_t>("f64")); }
  [[nodiscard]] std::uint64_t varint() noexcept;
  /// A varint that counts things of at least `least_bytes` (not 0) each: fails if so many cannot follow, so
  /// that it is safe to reserve memory for them.
  [[nodiscard]] std::size_t count(std::size_t least_bytes) noexcept;

  /// The next `size` bytes, borrowed. `size` may come from the bytes themselves.
  [[nodiscard]] std::span<const std::byte> bytes(std::uint64_t size) noexcept { return take(size, "bytes"); }
  /// The same as text. It is not looked at: whoever needs UTF-8 checks it.
  [[nodiscard]] std::string_view string(std::uint64_t size) noexcept;
  void skip(std::uint64_t size) noexcept { static_cast<void>(take(size, "skip")); }

  [[nodiscard]] bool ok() const noexcept { return failure_ == Failure::none; }
  /// How many bytes are left; 0 after a failure.
  [[nodiscard]] std::size_t remaining() const noexcept { return ok() ? bytes_.size() - at_ : 0; }
  /// Where the next read begins, or where the failed one began; `base` is not counted.
  [[nodiscard]] std::size_t offset() const noexcept { return at_; }
  /// Success, or `corruption` with what was wanted, where, and how much there was.
  [[nodiscard]] Status status() const;
  /// The same, and also an error where bytes are left over.
  [[nodiscard]] Status finish() const;

 private:
  enum class Failure : std::uint8_t { none, too_short, varint_too_long, varint_not_shortest, too_many };

  template <typename T>
  [[nodiscard]] T integer(const char* wanted) noexcept {
    const std::span<const std::byte> source = take(sizeof(T), wanted);
    T value = 0;
    if (source.empty()) return value;
    std::memcpy(&value, source.data(), sizeof(T));
    return detail::to_little_endian(value);
  }

  [[nodiscard]] std::span<const std::byte> take(std::uint64_t size, const char* wanted) noexcept {
    if (!ok()) return {};
    if (size > bytes_.size() - at_) {
      fail(Failure::too_short, wanted, size);
      return {};
    }
    const auto taken = bytes_.subspan(at_, static_cast<std::size_t>(size));
    at_ += taken.size();
    return taken;
  }

  [[nodiscard]] std::uint64_t long_varint() noexcept;

  void fail(Failure failure, const char* wanted, std::uint64_t size) noexcept {
    failure_ = failure;
    wanted_ = wanted;
    wanted_size_ = size;
  }

  std::span<const std::byte> bytes_;
  std::string_view what_;
  std::uint64_t base_;
  std::size_t at_ = 0;
  // What `status()` tells; a literal and a number, so that failing allocates nothing.
  Failure failure_ = Failure::none;
  const char* wanted_ = "";
  std::uint64_t wanted_size_ = 0;
};

inline std::uint64_t ByteReader::varint() noexcept {
  if (ok() && at_ < bytes_.size() && std::to_integer<std::uint8_t>(bytes_[at_]) < 0x80U) {
    return std::to_integer<std::uint64_t>(bytes_[at_++]);
  }
  return long_varint();
}

inline std::string_view ByteReader::string(std::uint64_t size) noexcept {
  const std::span<const std::byte> taken = take(size, "string");
  return {reinterpret_cast<const char*>(taken.data()), taken.size()};
}

/// Appends values to a vector, in the form that ByteReader reads.
/// Lifetime: the vector is borrowed. Single-threaded: one thread at a time, even for const members.
class ByteWriter {
 public:
  explicit ByteWriter(std::vector<std::byte>& out) noexcept : out_(out) {}

  void u8(std::uint8_t value) { out_.push_back(std::byte{value}); }
  void u16(std::uint16_t value) { integer(value); }
  void u32(std::uint32_t value) { integer(value); }
  void u64(std::uint64_t value) { integer(value); }
  void f32(float value) { integer(std::bit_cast<std::uint32_t>(value)); }
  void f64(double value) { integer(std::bit_cast<std::uint64_t>(value)); }
  void varint(std::uint64_t value);
  void bytes(std::span<const std::byte> bytes) { out_.insert(out_.end(), bytes.begin(), bytes.end()); }
  /// The bytes of `text` without a length: write that before.
  void string(std::string_view text) { bytes(std::as_bytes(std::span(text.data(), text.size()))); }

  /// How many bytes the vector holds.
  [[nodiscard]] std::size_t offset() const noexcept { return out_.size(); }

 private:
  template <typename T>
  void integer(T value) {
    const T little = detail::to_little_endian(value);
    const std::size_t at = out_.size();
    out_.resize(at + sizeof(T));
    std::memcpy(out_.data() + at, &little, sizeof(T));
  }

  std::vector<std::byte>& out_;
};

inline void ByteWriter::varint(std::uint64_t value) {
  while (value >= 0x80U) {
    u8(static_cast<std::uint8_t>(value | 0x80U));
    value >>= 7U;
  }
  u8(static_cast<std::uint8_t>(value));
}

}  // namespace scaup::inline v0
