#pragma once
// Random Unicode text: mixtures of ASCII, accents, marks, ideographs, Hangul, symbols and controls.

#include <random>
#include <string>

#include "base/utf8.hpp"

namespace scaup::test {

struct CodePointRange {
  char32_t first;
  char32_t last;
};

inline constexpr CodePointRange kTextRanges[] = {
    {0x20, 0x7E},       {'a', 'f'},         {0x00, 0x1F},         {0xA0, 0x24F},    {0x300, 0x36F},
    {0x370, 0x5FF},     {0x900, 0xDFF},     {0x1100, 0x11FF},     {0x1B00, 0x1BFF}, {0x2000, 0x23FF},
    {0x3000, 0x30FF},   {0x4E00, 0x4EFF},   {0xAC00, 0xAFFF},     {0xF900, 0xFFFD}, {0x1D100, 0x1D1FF},
    {0x1F100, 0x1F6FF}, {0x20000, 0x200FF}, {0x10FF00, 0x10FFFF},
};

/// Up to `longest` code points, with a space now and then.
inline std::string random_text(std::mt19937_64& random, std::size_t longest) {
  std::string text;
  for (std::size_t left = random() % (longest + 1); left > 0; --left) {
    const CodePointRange range = kTextRanges[random() % std::size(kTextRanges)];
    append_utf8(text, static_cast<char32_t>(range.first + random() % (range.last - range.first + 1)));
    if (random() % 6 == 0) text += ' ';
  }
  return text;
}

}  // namespace scaup::test
