#include "rag/front_matter.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/ascii.hpp"
#include "base/document_check.hpp"
#include "rag/yaml_scalar.hpp"

namespace scaup::inline v0 {
namespace {

using Lines = std::vector<std::string_view>;

constexpr std::size_t kMostFields = 1'000;

// Strings, whatever they look like: version 1.10 is not the number 1.1.
constexpr std::array<std::string_view, 4> kTextKeys = {"author", "language", "title", "version"};

// A line without its line end, and moves past it.
std::string_view take_line(std::string_view text, std::size_t& at) noexcept {
  const std::size_t end = std::min(text.find('\n', at), text.size());
  std::string_view line = text.substr(at, end - at);
  at = std::min(end + 1, text.size());
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::string_view trim_end(std::string_view line) noexcept {
  return line.substr(0, line.find_last_not_of(" \t") + 1);
}

std::size_t indent_of(std::string_view line) noexcept {
  return std::min(line.find_first_not_of(' '), line.size());
}

bool is_item(std::string_view line) noexcept {
  line.remove_prefix(indent_of(line));
  return line == "-" || line.starts_with("- ");
}

bool goes_on(std::string_view line) noexcept {
  return is_blank(line) || line[0] == ' ' || line[0] == '\t';
}

// Lines one below another, without the indentation that all have and blank lines at the end.
std::string join(std::span<const std::string_view> lines, char between) {
  while (!lines.empty() && is_blank(lines.back())) lines = lines.first(lines.size() - 1);
  std::size_t indent = std::string_view::npos;
  for (const std::string_view line : lines) {
    if (!is_blank(line)) indent = std::min(indent, indent_of(line));
  }
  std::string text;
  for (const std::string_view line : lines) {
    if (line.data() != lines.front().data()) text += between;
    text += trim_end(line.substr(std::min(indent, line.size())));
  }
  return text;
}

class FieldReader {
 public:
  FieldReader(Lines lines, FrontMatter& out) : lines_(std::move(lines)), out_(out) {}

  void read() {
    while (at_ < lines_.size()) {
      const std::string_view line = lines_[at_++];
      if (is_blank(line) || line[indent_of(line)] == '#') continue;
      if (!read_field(line)) out_.rest += std::string(line) + '\n';
    }
  }

 private:
  // Whether the line begins a field; its other lines are then behind.
  bool read_field(std::string_view line) {
    if (goes_on(line) || is_item(line) || out_.fields.size() == kMostFields) return false;
    const std::size_t colon = colon_after_key(line);
    if (colon == std::string_view::npos) return false;
    const std::string key = read_scalar(trim_end(line.substr(0, colon))).text;
    if (!check_key(key)) return false;
    const bool is_text = std::ranges::find(kTextKeys, key) != kTextKeys.end();
    auto value = read_value(line.substr(colon + 1));
    if (is_text && value.value && !value.value->is_list()) value.value = Value(value.text);
    if (value.value) out_.fields.try_emplace(key, *std::move(value.value));
    return true;
  }

  static std::size_t colon_after_key(std::string_view line) noexcept {
    const bool quoted = line[0] == '"' || line[0] == '\'';
    std::size_t at = quoted ? line.find(line[0], 1) : 0;
    for (at = line.find(':', at); at != std::string_view::npos; at = line.find(':', at + 1)) {
      if (at + 1 == line.size() || line[at + 1] == ' ' || line[at + 1] == '\t') return at;
    }
    return at;
  }

  YamlScalar read_value(std::string_view after_colon) {
    const std::string_view first = without_comment(after_colon);
    const auto below = take_below(first.empty());
    if (first.empty()) return read_below(below);
    if (first[0] == '|' || first[0] == '>') return as_string(join(below, first[0] == '|' ? '\n' : ' '));
    std::string whole(first);
    for (const std::string_view line : below) {
      const std::string_view more = without_comment(line);
      if (!more.empty()) whole += ' ' + std::string(more);
    }
    if (const auto list = read_flow_list(whole)) return {to_list(*list), whole};
    return read_scalar(whole);
  }

  // The lines that belong to a field, but for its first. Items of a list, and comments, need not be indented.
  std::span<const std::string_view> take_below(bool may_be_list) {
    const std::size_t begin = at_;
    const auto belongs = [&](std::string_view line) {
      return goes_on(line) || (may_be_list && (is_item(line) || line[0] == '#'));
    };
    while (at_ < lines_.size() && belongs(lines_[at_])) ++at_;
    return std::span(lines_).subspan(begin, at_ - begin);
  }

  static YamlScalar as_string(const std::string& text) { return {Value(text), text}; }

  // A list of scalars, or the text of something else.
  static YamlScalar read_below(std::span<const std::string_view> lines) {
    std::vector<YamlScalar> items;
    bool all_items = true;
    bool empty = true;
    for (const std::string_view line : lines) {
      if (is_blank(line) || line[indent_of(line)] == '#') continue;
      empty = false;
      all_items = all_items && is_item(line) && is_scalar_item(line);
      if (all_items) items.push_back(read_scalar(item_text(line)));
    }
    if (empty) return {};
    std::string text = join(lines, '\n');
    if (all_items) return {to_list(items), std::move(text)};
    return as_string(text);
  }

  static std::string_view item_text(std::string_view line) noexcept {
    return without_comment(line.substr(indent_of(line) + 1));
  }

  // Not a map, nor a list.
  static bool is_scalar_item(std::string_view line) noexcept {
    const std::string_view text = item_text(line);
    if (text.empty() || text[0] == '"' || text[0] == '\'') return true;
    if (text[0] == '[' || text[0] == '{' || text[0] == '|' || text[0] == '>' || is_item(text)) return false;
    return text.back() != ':' && text.find(": ") == std::string_view::npos;
  }

  const Lines lines_;
  FrontMatter& out_;
  std::size_t at_ = 0;
};

// The lines between the marks; `out` gets its size. Nothing if this is no front matter.
std::optional<Lines> find_lines(std::string_view text, FrontMatter& out) {
  const std::string_view head = text.substr(0, kMostFrontMatterBytes);
  std::size_t at = 0;
  if (trim_end(take_line(head, at)) != "---") return std::nullopt;
  Lines lines;
  while (at < head.size()) {
    const std::string_view line = take_line(head, at);
    if (at == head.size() && head.size() < text.size() && head.back() != '\n') return std::nullopt;  // a cut line
    if (lines.empty() && is_blank(line)) return std::nullopt;
    const std::string_view mark = trim_end(line);
    if (mark == "---" || mark == "...") {
      out.size = at;
      out.lines = lines.size() + 2;
      return lines;
    }
    lines.push_back(line);
  }
  return std::nullopt;
}

}  // namespace

FrontMatter read_front_matter(std::string_view text) {
  FrontMatter out;
  if (auto lines = find_lines(text, out)) FieldReader(*std::move(lines), out).read();
  return out;
}

}  // namespace scaup::inline v0
