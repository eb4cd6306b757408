#pragma once
// White space as Unicode's property White_Space has it, and trimming of ranges.

#include <cstddef>
#include <string_view>

#include "text/chunkers/unit_counter.hpp"

namespace scaup::inline v0 {

[[nodiscard]] constexpr bool is_white_space(char32_t point) noexcept {
  if (point < 0x80) return point == U' ' || (point >= 0x09 && point <= 0x0D);
  if (point < 0x1680) return point == 0x85 || point == 0xA0;
  return point == 0x1680 || (point >= 0x2000 && point <= 0x200A) || point == 0x2028 || point == 0x2029 ||
         point == 0x202F || point == 0x205F || point == 0x3000;
}

/// `range` without the white space at both ends; empty, at its end, if it holds nothing else. `text` is UTF-8.
[[nodiscard]] ByteRange trim(std::string_view text, ByteRange range) noexcept;

}  // namespace scaup::inline v0
