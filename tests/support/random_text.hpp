#pragma once
// Random Unicode text with what chunkers stumble over: separators, line ends, marks, astral code points.

#include <cstddef>
#include <random>
#include <span>
#include <string>
#include <string_view>

#include "base/utf8.hpp"

namespace scaup::test {

/// A code point anywhere in Unicode, surrogates left out.
inline char32_t random_code_point(std::mt19937_64& random) {
  const auto value = static_cast<char32_t>(random() % 0x10F800);
  return value < 0xD800 ? value : value + 0x800;
}

/// About `pieces` pieces of text; `words` are thrown in besides.
inline std::string random_text(std::mt19937_64& random, std::size_t pieces,
                               std::span<const std::string_view> words = {}) {
  static constexpr std::string_view kPieces[] = {"a",
                                                 "word",
                                                 "Harbour",
                                                 "42",
                                                 " ",
                                                 " ",
                                                 " ",
                                                 ", ",
                                                 "; ",
                                                 ". ",
                                                 "? ",
                                                 "! ",
                                                 "\n",
                                                 "\r\n",
                                                 "\n",
                                                 "\n\n",
                                                 "\t",
                                                 "\r",
                                                 "\xC2\xA0",
                                                 "\xE3\x80\x80",
                                                 "e\xCC\x81",
                                                 "\xE2\x80\xA8",
                                                 "-",
                                                 "(",
                                                 "\x7F",
                                                 "\x01",
                                                 "\xC3\xA9",
                                                 "\xE6\xB8\xAF\xE5\x8F\xA3",
                                                 "\xF0\x9F\xA6\x86",
                                                 "\xE0\xA4\xA8\xE0\xA4\xBF"};
  std::string text;
  for (std::size_t i = 0; i < pieces; ++i) {
    const std::uint64_t dice = random() % 12;
    if (dice == 0) {
      append_utf8(text, random_code_point(random));
    } else if (dice < 6 && !words.empty()) {
      text += words[random() % words.size()];
    } else {
      text += kPieces[random() % std::size(kPieces)];
    }
  }
  return text;
}

}  // namespace scaup::test
