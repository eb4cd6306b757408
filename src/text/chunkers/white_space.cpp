#include "text/chunkers/white_space.hpp"

#include "base/utf8.hpp"

namespace scaup::inline v0 {
namespace {

// The bytes that the code point before `end` takes; `end` is not 0.
std::size_t size_before(std::string_view text, std::size_t end) noexcept {
  std::size_t begin = end - 1;
  while (begin > 0 && !is_utf8_boundary(text, begin)) --begin;
  return end - begin;
}

}  // namespace

ByteRange trim(std::string_view text, ByteRange range) noexcept {
  while (range.begin < range.end) {
    const CodePoint point = decode_utf8(text, range.begin);
    if (!is_white_space(point.value)) break;
    range.begin += point.size;
  }
  while (range.begin < range.end) {
    const std::size_t size = size_before(text, range.end);
    if (!is_white_space(decode_utf8(text, range.end - size).value)) break;
    range.end -= size;
  }
  return range;
}

}  // namespace scaup::inline v0
