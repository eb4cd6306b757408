#pragma once
// Tagged fields: the self-describing form of everything the store keeps that is not a plain array.
//
// A field is a key, varint(tag << 3 | wire type), and a value. Keys, wire types and values are numbered and laid out as
// in Protocol Buffers (encoding specification), so that generic tools can print them. Readers skip tags they do not
// know.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// How the value of a field is laid out; the numbers are those of Protocol Buffers.
enum class WireType : std::uint8_t {
  varint = 0,
  eight_bytes = 1,
  bytes = 2,  ///< varint length, then so many bytes
  four_bytes = 5,
};

inline constexpr std::uint32_t kMaxFieldTag = (1U << 29U) - 1;
inline constexpr unsigned kMaxFieldDepth = 64;  ///< messages within messages

/// Signed numbers near zero, of either sign, as small unsigned ones: 0, -1, 1, -2 become 0, 1, 2, 3.
[[nodiscard]] constexpr std::uint64_t zigzag(std::int64_t value) noexcept {
  const auto bits = static_cast<std::uint64_t>(value);
  return (bits << 1U) ^ (value < 0 ? ~std::uint64_t{0} : 0);
}
[[nodiscard]] constexpr std::int64_t unzigzag(std::uint64_t value) noexcept {
  return static_cast<std::int64_t>((value >> 1U) ^ (~(value & 1U) + 1U));
}

/// Appends fields to a vector. Tags are 1 to kMaxFieldTag; those up to 15 take one byte.
/// Lifetime: the vector is borrowed. Single-threaded: one thread at a time, even for const members.
class FieldWriter {
 public:
  explicit FieldWriter(std::vector<std::byte>& out) noexcept : out_(out), bytes_(out) {}

  void number(std::uint32_t tag, std::uint64_t value) {
    key(tag, WireType::varint);
    bytes_.varint(value);
  }
  void signed_number(std::uint32_t tag, std::int64_t value) { number(tag, zigzag(value)); }
  void flag(std::uint32_t tag, bool value) { number(tag, value ? 1 : 0); }
  /// A number of eight bytes whatever its value: a hash.
  void hash(std::uint32_t tag, std::uint64_t value) {
    key(tag, WireType::eight_bytes);
    bytes_.u64(value);
  }
  void real(std::uint32_t tag, double value) { hash(tag, std::bit_cast<std::uint64_t>(value)); }
  void real32(std::uint32_t tag, float value) {
    key(tag, WireType::four_bytes);
    bytes_.f32(value);
  }
  void bytes(std::uint32_t tag, std::span<const std::byte> value) {
    key(tag, WireType::bytes);
    bytes_.varint(value.size());
    bytes_.bytes(value);
  }
  void text(std::uint32_t tag, std::string_view value) {
    bytes(tag, std::as_bytes(std::span(value.data(), value.size())));
  }
  /// A field of bytes that `body(ByteWriter&)` writes: a packed list.
  template <typename Body>
  void packed(std::uint32_t tag, Body&& body) {
    const Begun field = begin_bytes(tag, 0);
    body(bytes_);
    end_bytes(field);
  }
  /// A field that holds the fields that `body(FieldWriter&)` writes. It costs least where `expected_bytes` has as many
  /// digits to the base of 128 as their size; the bytes are the same whatever it is.
  template <typename Body>
  void message(std::uint32_t tag, Body&& body, std::size_t expected_bytes = 0) {
    const Begun field = begin_bytes(tag, expected_bytes);
    body(*this);
    end_bytes(field);
  }

 private:
  void key(std::uint32_t tag, WireType type) {
    bytes_.varint((std::uint64_t{tag} << 3U) | static_cast<std::uint64_t>(type));
  }
  // A field whose length is known only after its body: room is kept for it, and the body moves if it takes another.
  struct Begun {
    std::size_t body = 0;       // where it begins
    std::size_t kept_room = 0;  // bytes before it
  };
  [[nodiscard]] Begun begin_bytes(std::uint32_t tag, std::size_t expected_bytes);
  void end_bytes(const Begun& field);

  std::vector<std::byte>& out_;
  ByteWriter bytes_;
};

/// Walks over the fields of a message:
///
///     while (reader.next()) switch (reader.tag()) { case 1: id = reader.text(); break; ... }
///     if (Status status = reader.status(); !status) ...
///
/// The first thing that is wrong makes the reader fail for good: `next()` is false, getters give zero or nothing, and
/// `status()` says what was wrong where. Values are views of the bytes, nothing is allocated. Of a field that comes
/// twice and should not, callers keep the last.
///
/// Lifetime: the bytes and `what` are borrowed. Single-threaded: one thread at a time, even for const members.
class FieldReader {
 public:
  /// `what` names the bytes in messages; `base` is added to the offsets there.
  explicit FieldReader(std::span<const std::byte> bytes, std::string_view what = "fields",
                       std::uint64_t base = 0) noexcept
      : FieldReader(bytes, what, base, 0) {}

  /// Goes to the next field; false at the end and after a failure.
  [[nodiscard]] bool next() noexcept;

  [[nodiscard]] std::uint32_t tag() const noexcept { return tag_; }
  [[nodiscard]] WireType wire_type() const noexcept { return type_; }

  // The value of the current field. Each fails the reader if the field is laid out otherwise.
  [[nodiscard]] std::uint64_t number() noexcept { return expect(WireType::varint) ? number_ : 0; }
  [[nodiscard]] std::int64_t signed_number() noexcept { return unzigzag(number()); }
  /// 0 or 1, nothing else.
  [[nodiscard]] bool flag() noexcept { return number_up_to(1) != 0; }
  /// A number that must not exceed `most`.
  [[nodiscard]] std::uint64_t number_up_to(std::uint64_t most) noexcept;
  /// A number that counts bytes or things in memory.
  [[nodiscard]] std::size_t size() noexcept { return static_cast<std::size_t>(number_up_to(SIZE_MAX)); }
  [[nodiscard]] std::uint64_t hash() noexcept { return expect(WireType::eight_bytes) ? number_ : 0; }
  /// Any bit pattern, so NaN and infinity too.
  [[nodiscard]] double real() noexcept { return std::bit_cast<double>(hash()); }
  [[nodiscard]] float real32() noexcept {
    return std::bit_cast<float>(expect(WireType::four_bytes) ? static_cast<std::uint32_t>(number_) : 0U);
  }
  [[nodiscard]] std::span<const std::byte> bytes() noexcept {
    return expect(WireType::bytes) ? value_ : std::span<const std::byte>();
  }
  /// The same as text. It is not looked at: whoever needs UTF-8 checks it.
  [[nodiscard]] std::string_view text() noexcept {
    const std::span<const std::byte> taken = bytes();
    return {reinterpret_cast<const char*>(taken.data()), taken.size()};
  }
  /// A reader of a packed list. Whoever reads it asks its `finish()`.
  [[nodiscard]] ByteReader packed() noexcept;
  /// A reader of the fields within; hand it to `join` after reading. Fails beyond kMaxFieldDepth levels.
  [[nodiscard]] FieldReader message() noexcept;
  /// Takes over the failure of a reader within, if it has one.
  void join(const FieldReader& inner) noexcept;

  /// Fails for a reason of the caller's: a literal such as "names no such thing".
  void fail(const char* problem) noexcept;

  [[nodiscard]] bool ok() const noexcept { return problem_ == nullptr && source_.ok(); }
  /// Success, or `corruption` with the byte, the tag and what is wrong there.
  [[nodiscard]] Status status() const;

 private:
  FieldReader(std::span<const std::byte> bytes, std::string_view what, std::uint64_t base, unsigned depth) noexcept
      : source_(bytes, what, base), what_(what), base_(base), depth_(depth) {}

  [[nodiscard]] bool expect(WireType type) noexcept {
    if (type_ == type && ok()) return true;
    if (ok()) fail("has another type than this tag has");
    return false;
  }
  [[nodiscard]] bool read_key() noexcept;
  [[nodiscard]] std::uint64_t value_offset() const noexcept { return base_ + source_.offset() - value_.size(); }

  ByteReader source_;
  std::string_view what_;
  std::uint64_t base_;
  std::uint64_t field_offset_ = 0;  // of the current field's key
  std::uint64_t number_ = 0;
  std::span<const std::byte> value_;
  std::uint32_t tag_ = 0;
  unsigned depth_;
  WireType type_ = WireType::varint;
  const char* problem_ = nullptr;  // of our own; null while there is none
};

}  // namespace scaup::inline v0
