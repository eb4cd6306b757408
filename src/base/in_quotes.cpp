// Escapes and shortens.

#include "base/in_quotes.hpp"

#include <cstddef>

#include "base/utf8.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::size_t kMaxBytes = 80;

bool needs_escape(CodePoint point) {
  return point.size == 0 || point.value < 0x20 || point.value == 0x7F;
}

}  // namespace

std::string hex_digits(char byte) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  const auto value = static_cast<unsigned char>(byte);
  return {kHex[value >> 4U], kHex[value & 15U]};
}

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  std::size_t at = 0;
  while (at < text.size() && at < kMaxBytes) {
    const CodePoint point = decode_utf8(text, at);
    if (needs_escape(point)) {
      out += "\\x" + hex_digits(text[at]);
      at += 1;
      continue;
    }
    if (point.value == '"' || point.value == '\\') out += '\\';
    out += text.substr(at, point.size);
    at += point.size;
  }
  out += at < text.size() ? "\"..." : "\"";
  return out;
}

}  // namespace scaup::inline v0
