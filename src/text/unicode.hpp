#pragma once
// What the library asks about Unicode, one code point at a time. The only place that knows utf8proc: the
// answers are those of its Unicode version (15.0 in utf8proc 2.8).

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scaup::inline v0 {

/// The White_Space property.
[[nodiscard]] constexpr bool is_white_space(char32_t point) noexcept {
  if (point < 0x80) return point == U' ' || (point >= 0x09 && point <= 0x0D);
  if (point < 0x1680) return point == 0x85 || point == 0xA0;
  return point == 0x1680 || (point >= 0x2000 && point <= 0x200A) || point == 0x2028 || point == 0x2029 ||
         point == 0x202F || point == 0x205F || point == 0x3000;
}

/// General category P*.
[[nodiscard]] bool is_punctuation(char32_t value) noexcept;
/// General category Cc, Cf or Co; unassigned code points are not control characters here.
[[nodiscard]] bool is_control(char32_t value) noexcept;
/// General category Ll.
[[nodiscard]] bool is_lowercase(char32_t value) noexcept;
/// General category Mn.
[[nodiscard]] bool is_nonspacing_mark(char32_t value) noexcept;
/// General category M*.
[[nodiscard]] bool is_mark(char32_t value) noexcept;
/// What `\w` matches by Unicode Technical Standard 18, annex C: alphabetic, mark, decimal number,
/// connector punctuation, join control.
[[nodiscard]] bool is_word_character(char32_t value) noexcept;

/// General category L* or Nl, and the enclosed letters.
[[nodiscard]] bool is_letter(char32_t value) noexcept;
/// General category Nd.
[[nodiscard]] bool is_decimal_digit(char32_t value) noexcept;
/// General category Cf.
[[nodiscard]] bool is_format(char32_t value) noexcept;
/// General category Pc.
[[nodiscard]] bool is_connector(char32_t value) noexcept;

/// Canonical combining class; 0 for a starter.
[[nodiscard]] std::uint8_t combining_class(char32_t value) noexcept;

enum class Decomposition : std::uint8_t { canonical, compatibility };

/// A few code points that stand for one.
struct CodePoints {
  static constexpr std::size_t kMax = 32;  ///< the longest decomposition (of U+FDFA) has 18
  std::array<char32_t, kMax> values;
  std::size_t size = 0;
};

/// The full decomposition of one code point; the code point itself if it has none.
[[nodiscard]] CodePoints decompose(char32_t value, Decomposition form) noexcept;
/// The primary composite of the two, if there is one that normal form C uses.
[[nodiscard]] std::optional<char32_t> compose(char32_t first, char32_t second) noexcept;
/// Full lower case without regard to context or language: U+0130 becomes two code points.
[[nodiscard]] CodePoints to_lower(char32_t value) noexcept;

/// Appends `text`, which must be UTF-8, in the form NFKC_Casefold: compatibility forms and letter case gone, code
/// points that are ignorable by default left out. `scratch` is a buffer to keep between calls.
void append_folded(std::string& out, std::string_view text, std::vector<std::int32_t>& scratch);

}  // namespace scaup::inline v0
