// Tagged fields: the parts that are not inline.

#include "storage/fields.hpp"

#include <bit>
#include <string>

namespace scaup::inline v0 {
namespace {

constexpr std::size_t varint_bytes(std::size_t value) noexcept {
  return (static_cast<std::size_t>(std::bit_width(value | 1U)) + 6) / 7;
}

// Writes a varint of as many bytes as `out` has.
void put_varint(std::size_t value, std::span<std::byte> out) noexcept {
  for (std::byte& byte : out) {
    byte = static_cast<std::byte>((value & 0x7FU) | 0x80U);
    value >>= 7U;
  }
  out.back() &= std::byte{0x7F};
}

}  // namespace

FieldWriter::Begun FieldWriter::begin_bytes(std::uint32_t tag, std::size_t expected_bytes) {
  key(tag, WireType::bytes);
  const std::size_t begin = out_.size();
  bytes_.varint(expected_bytes);
  return {out_.size(), out_.size() - begin};
}

void FieldWriter::end_bytes(const Begun& field) {
  const std::size_t size = out_.size() - field.body;
  const std::size_t room = varint_bytes(size);
  const auto body = out_.begin() + static_cast<std::ptrdiff_t>(field.body);
  if (room > field.kept_room) out_.insert(body, room - field.kept_room, std::byte{});
  if (room < field.kept_room) out_.erase(body - static_cast<std::ptrdiff_t>(field.kept_room - room), body);
  put_varint(size, std::span(out_).subspan(field.body - field.kept_room, room));
}

bool FieldReader::read_key() noexcept {
  field_offset_ = base_ + source_.offset();
  const std::uint64_t key = source_.varint();
  if (!source_.ok()) return false;
  tag_ = static_cast<std::uint32_t>(key >> 3U);
  type_ = static_cast<WireType>(key & 7U);
  if (key >> 3U != 0 && key >> 3U <= kMaxFieldTag) return true;
  fail("has a tag that is out of range");
  return false;
}

bool FieldReader::next() noexcept {
  if (!ok() || source_.remaining() == 0 || !read_key()) return false;
  value_ = {};
  switch (type_) {
    case WireType::varint: number_ = source_.varint(); break;
    case WireType::eight_bytes: number_ = source_.u64(); break;
    case WireType::four_bytes: number_ = source_.u32(); break;
    case WireType::bytes: value_ = source_.bytes(source_.varint()); break;
    default: fail("has an unknown wire type"); break;
  }
  return ok();
}

std::uint64_t FieldReader::number_up_to(std::uint64_t most) noexcept {
  const std::uint64_t value = number();
  if (value <= most) return value;
  fail("is a number that is too large");
  return 0;
}

ByteReader FieldReader::packed() noexcept {
  const std::span<const std::byte> taken = bytes();
  return ByteReader(taken, what_, value_offset());
}

FieldReader FieldReader::message() noexcept {
  const std::span<const std::byte> taken = bytes();
  if (ok() && depth_ + 1 > kMaxFieldDepth) fail("nests too deep");
  if (!ok()) return FieldReader({}, what_, value_offset(), depth_ + 1);
  return FieldReader(taken, what_, value_offset(), depth_ + 1);
}

void FieldReader::join(const FieldReader& inner) noexcept {
  if (inner.ok() || !ok()) return;
  source_ = inner.source_;
  problem_ = inner.problem_;
  field_offset_ = inner.field_offset_;
  tag_ = inner.tag_;
}

void FieldReader::fail(const char* problem) noexcept {
  if (ok()) problem_ = problem;
}

Status FieldReader::status() const {
  if (problem_ == nullptr) return source_.status();
  return Error(ErrorCode::corruption, std::string(what_) + ": byte " + std::to_string(field_offset_) + ": field " +
                                          std::to_string(tag_) + " " + problem_);
}

}  // namespace scaup::inline v0
