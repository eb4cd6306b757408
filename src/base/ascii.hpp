#pragma once
// Characters of ASCII, whatever the locale: bytes from 0x80 on are neither digits nor letters, and stay as they are.

#include <algorithm>
#include <string>
#include <string_view>

namespace scaup::inline v0 {

/// What separates words and lines in most formats.
inline constexpr std::string_view kAsciiSpace = " \t\r\n";

[[nodiscard]] constexpr bool is_ascii_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

[[nodiscard]] constexpr bool is_ascii_letter(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

[[nodiscard]] constexpr bool is_ascii_alphanumeric(char c) noexcept {
  return is_ascii_letter(c) || is_ascii_digit(c);
}

[[nodiscard]] constexpr char ascii_lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

[[nodiscard]] inline std::string ascii_lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = ascii_lower(c);
  return lower;
}

[[nodiscard]] constexpr bool equal_but_ascii_case(std::string_view a, std::string_view b) noexcept {
  return std::ranges::equal(a, b, {}, ascii_lower, ascii_lower);
}

/// Whether there is nothing but `space` in it.
[[nodiscard]] constexpr bool is_blank(std::string_view text, std::string_view space = kAsciiSpace) noexcept {
  return text.find_first_not_of(space) == std::string_view::npos;
}

/// `text` without the `space` at both its ends.
[[nodiscard]] constexpr std::string_view trimmed(std::string_view text, std::string_view space = kAsciiSpace) noexcept {
  if (is_blank(text, space)) return {};
  const std::size_t begin = text.find_first_not_of(space);
  return text.substr(begin, text.find_last_not_of(space) + 1 - begin);
}

[[nodiscard]] constexpr std::size_t count_line_ends(std::string_view text) noexcept {
  return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

}  // namespace scaup::inline v0
