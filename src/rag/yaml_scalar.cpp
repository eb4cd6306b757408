#include "rag/yaml_scalar.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>

#include "base/ascii.hpp"
#include "base/utf8.hpp"

namespace scaup::inline v0 {
namespace {

// One past the closing quote of the string that begins at `at`; npos if there is none.
std::size_t end_of_quoted(std::string_view text, std::size_t at) noexcept {
  const char quote = text[at];
  for (std::size_t i = at + 1; i < text.size(); ++i) {
    if (text[i] == '\\' && quote == '"') {
      ++i;
    } else if (text[i] == quote) {
      const bool doubled = quote == '\'' && i + 1 < text.size() && text[i + 1] == quote;
      if (!doubled) return i + 1;
      ++i;
    }
  }
  return std::string_view::npos;
}

bool is_quote(char c) noexcept {
  return c == '"' || c == '\'';
}

std::string unescape_single(std::string_view inner) {
  std::string out;
  for (std::size_t i = 0; i < inner.size(); ++i) {
    out += inner[i];
    if (inner[i] == '\'') ++i;
  }
  return out;
}

// The digits of \x, \u and \U; moves past them.
bool append_code_point(std::string& out, std::string_view inner, std::size_t& at, std::size_t digits) {
  std::uint32_t value = 0;
  if (inner.size() - at < digits) return false;
  const char* const begin = inner.data() + at;
  const auto read = std::from_chars(begin, begin + digits, value, 16);
  if (read.ec != std::errc() || read.ptr != begin + digits) return false;
  if (value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF) || value == 0) return false;
  append_utf8(out, value);
  at += digits;
  return true;
}

// Nothing for an escape that YAML does not know.
std::optional<std::string> unescape_double(std::string_view inner) {
  constexpr std::string_view kNames = "abtnvfre\"/\\ ";
  constexpr std::string_view kMeant = "\a\b\t\n\v\f\r\x1B\"/\\ ";
  std::string out;
  for (std::size_t at = 0; at < inner.size();) {
    const char c = inner[at++];
    if (c != '\\') {
      out += c;
      continue;
    }
    if (at == inner.size()) return std::nullopt;
    const char name = inner[at++];
    const std::size_t index = kNames.find(name);
    if (index != std::string_view::npos) {
      out += kMeant[index];
    } else {
      const std::size_t digits = name == 'x' ? 2 : name == 'u' ? 4 : name == 'U' ? 8 : 0;
      if (digits == 0 || !append_code_point(out, inner, at, digits)) return std::nullopt;
    }
  }
  return out;
}

std::optional<std::string> read_quoted(std::string_view text) {
  if (text.empty() || !is_quote(text[0]) || end_of_quoted(text, 0) != text.size()) return std::nullopt;
  const std::string_view inner = text.substr(1, text.size() - 2);
  return text[0] == '"' ? unescape_double(inner) : unescape_single(inner);
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) noexcept {
  return std::ranges::find(words, text) != words.end();
}

template <typename Number>
std::optional<Number> read_number(std::string_view text) noexcept {
  Number number = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  return read.ec == std::errc() && read.ptr == end ? std::optional(number) : std::nullopt;
}

// Whether it begins as a number does that is not a name or an id: no "inf", no "007".
bool begins_number(std::string_view text) noexcept {
  if (text.starts_with('-')) text.remove_prefix(1);
  const auto is_digit = [&](std::size_t at) { return at < text.size() && text[at] >= '0' && text[at] <= '9'; };
  if (!is_digit(0)) return text.starts_with('.') && is_digit(1);
  return text[0] != '0' || !is_digit(1);
}

std::optional<Value> read_plain(std::string_view text) {
  if (is_one_of(text, {"", "~", "null", "Null", "NULL"})) return std::nullopt;
  if (is_one_of(text, {"true", "True", "TRUE"})) return Value(true);
  if (is_one_of(text, {"false", "False", "FALSE"})) return Value(false);
  if (begins_number(text)) {
    if (const auto integer = read_number<std::int64_t>(text)) return Value(*integer);
    const auto real = read_number<double>(text);
    if (real && std::isfinite(*real) && text.find_first_of(".eE") != std::string_view::npos) return Value(*real);
  }
  return Value(text);
}

template <typename T>
std::optional<Value> list_of(const std::vector<YamlScalar>& scalars) {
  std::vector<T> list;
  for (const YamlScalar& scalar : scalars) {
    const T* const element = scalar.value ? scalar.value->get_if<T>() : nullptr;
    if (element == nullptr) return std::nullopt;
    list.push_back(*element);
  }
  return Value(std::move(list));
}

}  // namespace

std::string_view without_comment(std::string_view text) noexcept {
  text = trimmed(text);
  std::size_t at = 0;
  if (!text.empty() && is_quote(text[0])) at = std::min(end_of_quoted(text, 0), text.size());
  for (; at < text.size(); ++at) {
    if (text[at] == '#' && (at == 0 || text[at - 1] == ' ' || text[at - 1] == '\t')) return trimmed(text.substr(0, at));
  }
  return text;
}

YamlScalar read_scalar(std::string_view text) {
  if (auto quoted = read_quoted(text)) return {Value(*quoted), *quoted};
  return {read_plain(text), std::string(text)};
}

std::optional<std::vector<YamlScalar>> read_flow_list(std::string_view text) {
  if (text.size() < 2 || text.front() != '[' || text.back() != ']') return std::nullopt;
  std::string_view rest = trimmed(text.substr(1, text.size() - 2));
  std::vector<YamlScalar> scalars;
  while (!rest.empty()) {
    const std::size_t from = is_quote(rest[0]) ? end_of_quoted(rest, 0) : 0;
    const std::size_t comma = rest.find(',', from);  // an unclosed quote begins at npos, where nothing is found
    const std::string_view element = trimmed(rest.substr(0, comma));
    if (element.empty() || element.find_first_of("[]{}&*!|>%@`") == 0) return std::nullopt;
    if (!is_quote(element[0]) && element.find_first_of("[]{}") != std::string_view::npos) return std::nullopt;
    scalars.push_back(read_scalar(element));
    rest = comma == std::string_view::npos ? std::string_view() : trimmed(rest.substr(comma + 1));
  }
  return scalars;
}

Value to_list(const std::vector<YamlScalar>& scalars) {
  if (!scalars.empty()) {
    if (auto list = list_of<std::int64_t>(scalars)) return *std::move(list);
    if (auto list = list_of<double>(scalars)) return *std::move(list);
    if (auto list = list_of<bool>(scalars)) return *std::move(list);
  }
  Value::StringList texts;
  for (const YamlScalar& scalar : scalars) texts.push_back(scalar.text);
  return texts;
}

}  // namespace scaup::inline v0
