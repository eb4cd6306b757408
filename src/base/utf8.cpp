#include "base/utf8.hpp"

#include <algorithm>
#include <cstring>

namespace scaup::inline v0 {
namespace {

// What the first byte says: how many bytes, and the range of the second one, which rules out overlong
// forms (E0, F0), surrogates (ED) and values past U+10FFFF (F4).
struct Lead {
  std::size_t size;
  unsigned char second_low;
  unsigned char second_high;
};

constexpr Lead lead_of(unsigned char byte) noexcept {
  if (byte < 0x80) return {1, 0, 0};
  if (byte < 0xC2) return {0, 0, 0};
  if (byte < 0xE0) return {2, 0x80, 0xBF};
  if (byte == 0xE0) return {3, 0xA0, 0xBF};
  if (byte == 0xED) return {3, 0x80, 0x9F};
  if (byte < 0xF0) return {3, 0x80, 0xBF};
  if (byte == 0xF0) return {4, 0x90, 0xBF};
  if (byte < 0xF4) return {4, 0x80, 0xBF};
  if (byte == 0xF4) return {4, 0x80, 0x8F};
  return {0, 0, 0};
}

bool eight_ascii_bytes(const char* bytes) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return (word & 0x8080808080808080U) == 0;
}

}  // namespace

CodePoint decode_utf8(std::string_view text, std::size_t at) noexcept {
  const auto byte = [&](std::size_t offset) { return static_cast<unsigned char>(text[at + offset]); };
  const Lead lead = lead_of(byte(0));
  if (lead.size == 1) return {byte(0), 1};
  if (lead.size == 0 || at + lead.size > text.size()) return {};
  if (byte(1) < lead.second_low || byte(1) > lead.second_high) return {};
  char32_t value = byte(0) & (0x7FU >> lead.size);
  for (std::size_t offset = 1; offset < lead.size; ++offset) {
    if ((byte(offset) & 0xC0U) != 0x80U) return {};
    value = (value << 6U) | (byte(offset) & 0x3FU);
  }
  return {value, lead.size};
}

void append_utf8(std::string& out, char32_t value) {
  const auto put = [&](char32_t byte) { out.push_back(static_cast<char>(static_cast<unsigned char>(byte))); };
  if (value < 0x80) {
    put(value);
  } else if (value < 0x800) {
    put(0xC0U | (value >> 6U));
    put(0x80U | (value & 0x3FU));
  } else if (value < 0x10000) {
    put(0xE0U | (value >> 12U));
    put(0x80U | ((value >> 6U) & 0x3FU));
    put(0x80U | (value & 0x3FU));
  } else {
    put(0xF0U | (value >> 18U));
    put(0x80U | ((value >> 12U) & 0x3FU));
    put(0x80U | ((value >> 6U) & 0x3FU));
    put(0x80U | (value & 0x3FU));
  }
}

std::optional<std::size_t> find_invalid_utf8(std::string_view text) noexcept {
  std::size_t at = 0;
  while (at < text.size()) {
    if (at + 8 <= text.size() && eight_ascii_bytes(text.data() + at)) {
      at += 8;
      continue;
    }
    const CodePoint point = decode_utf8(text, at);
    if (point.size == 0) return at;
    at += point.size;
  }
  return std::nullopt;
}

std::size_t count_code_points(std::string_view text) noexcept {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }));
}

}  // namespace scaup::inline v0
