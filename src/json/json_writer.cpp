#include "json/json_writer.hpp"

#include <array>
#include <charconv>

namespace scaup::inline v0 {
namespace {

template <typename Number>
std::string_view format(std::array<char, 32>& buffer, Number number) {
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
  return {buffer.data(), end};
}

void append_control(std::string& out, unsigned char byte) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  out += "\\u00";
  out += kHex[byte >> 4U];
  out += kHex[byte & 15U];
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          append_control(out, static_cast<unsigned char>(c));
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

void append_json(std::string& out, std::int64_t number) {
  std::array<char, 32> buffer;
  out += format(buffer, number);
}

void append_json(std::string& out, double number) {
  std::array<char, 32> buffer;
  const std::string_view text = format(buffer, number);
  out += text;
  if (text.find_first_of(".e") == std::string_view::npos) out += ".0";
}

void append_json(std::string& out, bool truth) {
  out += truth ? "true" : "false";
}

}  // namespace scaup::inline v0
