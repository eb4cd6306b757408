#include "text/chunkers/white_space.hpp"

#include "base/utf8.hpp"

namespace scaup::inline v0 {
namespace {

// The code point that ends at `end`, which is not 0; none, with the value and size 0, in bytes that are not UTF-8.
CodePoint decode_before(std::string_view text, std::size_t end) noexcept {
  std::size_t begin = end - 1;
  while (begin > 0 && !is_utf8_boundary(text, begin)) --begin;
  const CodePoint point = decode_utf8(text, begin);
  return begin + point.size == end ? point : CodePoint{};
}

// The two functions below answer ASCII, which most text is, without a call.
std::size_t white_size_at(std::string_view text, std::size_t at) noexcept {
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte < 0x80) return is_white_space(byte) ? 1 : 0;
  const CodePoint point = decode_utf8(text, at);
  return is_white_space(point.value) ? point.size : 0;
}

std::size_t white_size_before(std::string_view text, std::size_t end) noexcept {
  const auto byte = static_cast<unsigned char>(text[end - 1]);
  if (byte < 0x80) return is_white_space(byte) ? 1 : 0;
  const CodePoint point = decode_before(text, end);
  return is_white_space(point.value) ? point.size : 0;
}

}  // namespace

ByteRange trim_begin(std::string_view text, ByteRange range) noexcept {
  while (range.begin < range.end) {
    const std::size_t white = white_size_at(text, range.begin);
    if (white == 0) break;
    range.begin += white;
  }
  return range;
}

ByteRange trim_end(std::string_view text, ByteRange range) noexcept {
  while (range.begin < range.end) {
    const std::size_t white = white_size_before(text, range.end);
    if (white == 0) break;
    range.end -= white;
  }
  return range;
}

ByteRange trim(std::string_view text, ByteRange range) noexcept {
  return trim_end(text, trim_begin(text, range));
}

}  // namespace scaup::inline v0
