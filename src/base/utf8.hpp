#pragma once
// UTF-8 as Unicode 15, section 3.9 (table 3-7) defines it: no surrogates, no overlong forms, nothing
// past U+10FFFF.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "scaup/config.hpp"

namespace scaup::inline v0 {

struct CodePoint {
  char32_t value = 0;
  std::size_t size = 0;  ///< bytes it takes, 1 to 4; 0 if the bytes are not UTF-8
};

/// The code point that begins at `text[at]`; `at` must be below the size.
[[nodiscard]] SCAUP_API CodePoint decode_utf8(std::string_view text, std::size_t at) noexcept;

/// Appends `value`, which must be a Unicode scalar value, to `out`.
void append_utf8(std::string& out, char32_t value);

/// The offset of the first byte that is not part of a valid sequence, or nothing if `text` is UTF-8.
[[nodiscard]] SCAUP_API std::optional<std::size_t> find_invalid_utf8(std::string_view text) noexcept;

/// Whether a code point begins at `at`, or the text ends there; for valid UTF-8.
[[nodiscard]] constexpr bool is_utf8_boundary(std::string_view text, std::size_t at) noexcept {
  return at >= text.size() || (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U;
}

/// How many code points valid UTF-8 holds.
[[nodiscard]] std::size_t count_code_points(std::string_view text) noexcept;

}  // namespace scaup::inline v0
