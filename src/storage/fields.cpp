// Tagged fields: the parts that are not inline.

#include "storage/fields.hpp"

#include <array>
#include <string>

namespace scaup::inline v0 {
namespace {

constexpr std::size_t kShortLength = 0x7F;  // the longest body whose length takes one byte

}  // namespace

std::size_t FieldWriter::begin_bytes(std::uint32_t tag) {
  key(tag, WireType::bytes);
  bytes_.u8(0);
  return out_.size();
}

void FieldWriter::end_bytes(std::size_t begin) {
  const std::size_t size = out_.size() - begin;
  if (size <= kShortLength) {
    out_[begin - 1] = static_cast<std::byte>(size);
    return;
  }
  std::vector<std::byte> length;
  ByteWriter(length).varint(size);
  out_[begin - 1] = length.front();
  out_.insert(out_.begin() + static_cast<std::ptrdiff_t>(begin), length.begin() + 1, length.end());
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
