#pragma once
// Where the words of a text are: Unicode annex 29 (rules WB3 to WB13), as far as general categories and script ranges
// tell. What it leaves out: Hebrew letters around a double quote, and regional indicators, which are no words.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace scaup::inline v0 {

/// What becomes of Katakana and Hangul. Ideographs and Hiragana are always words of one character.
enum class CjkWords : std::uint8_t {
  whole,   ///< runs are words, as annex 29 has it
  single,  ///< each character is a word
};

struct Word {
  std::size_t begin = 0;
  std::size_t end = 0;        ///< `begin` if there is no further word
  bool is_ascii = true;       ///< all bytes are below 0x80
  bool is_ideograph = false;  ///< one character that CjkWords sets apart, with its marks
};

/// The first word at or after `at`: one with a letter, a digit or an ideograph in it. Longer ones than 255 bytes
/// are cut, at code points.
[[nodiscard]] Word next_word(std::string_view text, std::size_t at, CjkWords cjk) noexcept;

}  // namespace scaup::inline v0
