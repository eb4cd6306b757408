// UTF-8 against Unicode 15, table 3-7.

#include "base/utf8.hpp"

#include <random>
#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace scaup;

namespace {

bool is_scalar_value(char32_t value) {
  return value < 0xD800 || (value > 0xDFFF && value <= 0x10FFFF);
}

// The definition read another way: decode generously, then refuse what has a shorter form or no meaning.
std::size_t valid_length(const std::string& text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const unsigned first = byte(at);
  std::size_t length = 1;
  if (first >= 0x80)
    length = (first & 0xE0U) == 0xC0 ? 2 : (first & 0xF0U) == 0xE0 ? 3 : (first & 0xF8U) == 0xF0 ? 4 : 0;
  if (length < 2) return length;
  char32_t value = first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0U) != 0x80) return 0;
    value = value * 64 + (byte(at + i) & 0x3FU);
  }
  const char32_t smallest = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000;
  return value >= smallest && is_scalar_value(value) ? length : 0;
}

std::optional<std::size_t> naive_find_invalid(const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = valid_length(text, at);
    if (length == 0) return at;
    at += length;
  }
  return std::nullopt;
}

std::string bytes(std::initializer_list<unsigned> values) {
  std::string out;
  for (const unsigned value : values) out += static_cast<char>(static_cast<unsigned char>(value));
  return out;
}

}  // namespace

TEST_CASE("utf8: every code point is read back as it was written") {
  std::size_t wrong = 0;
  std::string text;
  for (char32_t value = 0; value <= 0x10FFFF; ++value) {
    if (!is_scalar_value(value)) continue;
    text.clear();
    append_utf8(text, value);
    const CodePoint point = decode_utf8(text, 0);
    const bool same = point.value == value && point.size == text.size() && !find_invalid_utf8(text);
    if (!same || count_code_points(text) != 1) ++wrong;
  }
  REQUIRE(wrong == 0);
}

TEST_CASE("utf8: the boundaries between lengths are where table 3-7 puts them") {
  const std::vector<std::pair<char32_t, std::string>> table = {
      {0x00, bytes({0x00})},
      {0x7F, bytes({0x7F})},
      {0x80, bytes({0xC2, 0x80})},
      {0x7FF, bytes({0xDF, 0xBF})},
      {0x800, bytes({0xE0, 0xA0, 0x80})},
      {0xD7FF, bytes({0xED, 0x9F, 0xBF})},
      {0xE000, bytes({0xEE, 0x80, 0x80})},
      {0xFFFF, bytes({0xEF, 0xBF, 0xBF})},
      {0x10000, bytes({0xF0, 0x90, 0x80, 0x80})},
      {0x10FFFF, bytes({0xF4, 0x8F, 0xBF, 0xBF})},
  };
  for (const auto& [value, expected] : table) {
    std::string text;
    append_utf8(text, value);
    REQUIRE(text == expected);
    REQUIRE(decode_utf8(text, 0).value == value);
  }
}

TEST_CASE("utf8: every form outside table 3-7 is found at its first byte") {
  const std::vector<std::string> invalid = {
      bytes({0x80}),  // a continuation byte alone
      bytes({0xBF}),
      bytes({0xC0, 0x80}),  // overlong forms
      bytes({0xC1, 0xBF}),
      bytes({0xE0, 0x80, 0x80}),
      bytes({0xE0, 0x9F, 0xBF}),
      bytes({0xF0, 0x80, 0x80, 0x80}),
      bytes({0xF0, 0x8F, 0xBF, 0xBF}),
      bytes({0xED, 0xA0, 0x80}),  // surrogates
      bytes({0xED, 0xBF, 0xBF}),
      bytes({0xF4, 0x90, 0x80, 0x80}),  // past U+10FFFF
      bytes({0xF5, 0x80, 0x80, 0x80}),
      bytes({0xF8, 0x88, 0x80, 0x80, 0x80}),
      bytes({0xFE}),
      bytes({0xFF}),
      bytes({0xC2}),  // cut off
      bytes({0xE1, 0x80}),
      bytes({0xF1, 0x80, 0x80}),
      bytes({0xC2, 0x41}),  // interrupted
      bytes({0xE1, 0x80, 0x41}),
      bytes({0xF1, 0x80, 0x80, 0x41}),
      bytes({0xC2, 0xC2}),
  };
  for (const std::string& form : invalid) {
    for (const std::string& before :
         {std::string(), std::string("abc"), std::string("0123456789abcdef"), std::string("\xC3\xA9")}) {
      const std::string text = before + form + "tail, longer than a word";
      REQUIRE(find_invalid_utf8(text) == before.size());
      REQUIRE(find_invalid_utf8(before + form) == before.size());
      REQUIRE(decode_utf8(text, before.size()).size == 0);
    }
  }
}

TEST_CASE("utf8: all texts of two and three bytes are judged as an independent reader does") {
  std::size_t wrong = 0;
  for (unsigned a = 0; a < 256; ++a) {
    for (unsigned b = 0; b < 256; ++b) {
      const std::string two = bytes({a, b});
      if (find_invalid_utf8(two) != naive_find_invalid(two)) ++wrong;
      for (const unsigned c : {0x00U, 0x7FU, 0x80U, 0x8FU, 0x90U, 0x9FU, 0xA0U, 0xBFU, 0xC0U, 0xFFU}) {
        const std::string three = bytes({a, b, c});
        if (find_invalid_utf8(three) != naive_find_invalid(three)) ++wrong;
      }
    }
  }
  REQUIRE(wrong == 0);
}

TEST_CASE("utf8: random texts, valid but for a few bytes, are judged as an independent reader does") {
  std::mt19937_64 random(1);
  std::size_t wrong = 0;
  for (int round = 0; round < 50'000; ++round) {
    std::string text;
    while (text.size() < random() % 40) {
      const auto value = static_cast<char32_t>(random() % (random() % 2 == 0 ? 0x80 : 0x110000));
      if (is_scalar_value(value)) append_utf8(text, value);
    }
    if (!text.empty() && round % 2 == 0) text[random() % text.size()] = static_cast<char>(random());
    if (find_invalid_utf8(text) != naive_find_invalid(text)) ++wrong;
  }
  REQUIRE(wrong == 0);
}

TEST_CASE("utf8: boundaries and counts follow code points") {
  const std::string text = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\xA6\x86";  // 1, 2, 3 and 4 bytes
  std::vector<std::size_t> boundaries;
  for (std::size_t at = 0; at <= text.size() + 1; ++at) {
    if (is_utf8_boundary(text, at)) boundaries.push_back(at);
  }
  REQUIRE(boundaries == std::vector<std::size_t>{0, 1, 3, 6, 10, 11});
  REQUIRE(count_code_points(text) == 4);
  REQUIRE(count_code_points("") == 0);
  REQUIRE_FALSE(find_invalid_utf8("").has_value());
}
