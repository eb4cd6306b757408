#include "text/chunkers/markdown_line.hpp"

#include <algorithm>

#include "base/ascii.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::size_t kTab = 4;
constexpr std::string_view kBlanks = " \t";

struct Indent {
  std::size_t bytes = 0;
  std::size_t column = 0;
};

// The spaces and tabs at the beginning of `text`, which stands at `column`.
Indent measure_indent(std::string_view text, std::size_t column) noexcept {
  std::size_t bytes = 0;
  for (; bytes < text.size(); ++bytes) {
    if (text[bytes] == ' ') {
      ++column;
    } else if (text[bytes] == '\t') {
      column += kTab - column % kTab;
    } else {
      break;
    }
  }
  return {bytes, column};
}

// How often `mark` stands at the beginning of `text`.
std::size_t run_length(std::string_view text, char mark) noexcept {
  return std::min(text.find_first_not_of(mark), text.size());
}

// The bytes of a bullet or of a number with its delimiter; 0 if there is none.
std::size_t marker_size(std::string_view content) noexcept {
  if (content.empty()) return 0;
  if (content[0] == '-' || content[0] == '+' || content[0] == '*') return 1;
  constexpr std::size_t kMostDigits = 9;
  std::size_t digits = 0;
  while (digits < content.size() && is_ascii_digit(content[digits])) ++digits;
  if (digits == 0 || digits > kMostDigits || digits == content.size()) return 0;
  return content[digits] == '.' || content[digits] == ')' ? digits + 1 : 0;
}

}  // namespace

MarkdownLine read_line(std::string_view text, std::size_t at) noexcept {
  // One search for both: in a text that knows only CR, a search for LF would run to its end for every line.
  std::size_t end = at;
  while (end < text.size() && text[end] != '\n' && text[end] != '\r') ++end;
  std::size_t next = std::min(end + 1, text.size());
  if (text.substr(end, 2) == "\r\n") ++next;
  const std::string_view line = text.substr(at, end - at);
  const Indent indent = measure_indent(line, 0);
  return {.begin = at, .next = next, .indent = indent.column, .content = line.substr(indent.bytes)};
}

std::string_view trim_blanks(std::string_view text) noexcept {
  return trimmed(text, kBlanks);
}

std::optional<AtxHeading> parse_atx_heading(std::string_view content) noexcept {
  constexpr std::size_t kDeepest = 6;
  const std::size_t level = run_length(content, '#');
  if (level < 1 || level > kDeepest) return std::nullopt;
  if (level < content.size() && content[level] != ' ' && content[level] != '\t') return std::nullopt;
  std::string_view text = trim_blanks(content.substr(level));
  const std::size_t closing = text.find_last_not_of('#');
  if (closing == std::string_view::npos) return AtxHeading{.level = level};
  if (text[closing] == ' ' || text[closing] == '\t') text = trim_blanks(text.substr(0, closing));
  return AtxHeading{.level = level, .text = text};
}

std::size_t setext_level(std::string_view content) noexcept {
  if (content.empty() || (content[0] != '=' && content[0] != '-')) return 0;
  if (!is_blank(content.substr(run_length(content, content[0])), kBlanks)) return 0;
  return content[0] == '=' ? 1 : 2;
}

bool is_thematic_break(std::string_view content) noexcept {
  constexpr std::ptrdiff_t kLeast = 3;
  if (content.empty() || (content[0] != '*' && content[0] != '-' && content[0] != '_')) return false;
  const char mark = content[0];
  const bool alone = std::ranges::all_of(content, [&](char c) { return c == mark || c == ' ' || c == '\t'; });
  return alone && std::ranges::count(content, mark) >= kLeast;
}

std::optional<FenceMark> parse_fence(std::string_view content) noexcept {
  constexpr std::size_t kLeast = 3;
  if (content.empty() || (content[0] != '`' && content[0] != '~')) return std::nullopt;
  const FenceMark fence = {.mark = content[0], .length = run_length(content, content[0])};
  if (fence.length < kLeast) return std::nullopt;
  // Otherwise ``` inline code ``` would begin a block.
  if (fence.mark == '`' && content.find('`', fence.length) != std::string_view::npos) return std::nullopt;
  return fence;
}

bool closes_fence(std::string_view content, FenceMark open) noexcept {
  const std::size_t length = run_length(content, open.mark);
  return length >= open.length && is_blank(content.substr(length), kBlanks);
}

std::optional<ListMarker> parse_list_marker(std::string_view content, std::size_t indent) noexcept {
  constexpr std::size_t kMostBlanks = 4;  // from the fifth column on, the content is indented code
  const std::size_t size = marker_size(content);
  if (size == 0) return std::nullopt;
  const std::string_view rest = content.substr(size);
  const std::size_t column = indent + size;
  const Indent blanks = measure_indent(rest, column);
  if (blanks.bytes == 0 && !rest.empty()) return std::nullopt;
  const bool empty = blanks.bytes == rest.size();
  const bool code = blanks.column - column > kMostBlanks;
  return ListMarker{.content_indent = empty || code ? column + 1 : blanks.column,
                    .indent = blanks.column,
                    .content = rest.substr(blanks.bytes),
                    .interrupts = !empty && (!is_ascii_digit(content[0]) || content.substr(0, size - 1) == "1")};
}

bool is_link_definition(std::string_view content) noexcept {
  constexpr std::string_view kTitleMarks = "\"'(";
  if (content.empty() || content[0] != '[') return false;
  const std::size_t end = content.find_first_of("[]", 1);
  if (end == std::string_view::npos || content.substr(end, 2) != "]:") return false;
  const std::string_view target = trim_blanks(content.substr(end + 2));
  if (is_blank(content.substr(1, end - 1), kBlanks) || target.empty()) return false;
  const std::size_t target_end = target[0] == '<' ? target.find('>') + 1 : target.find_first_of(kBlanks);
  const std::string_view title = trim_blanks(target.substr(std::min(target_end, target.size())));
  return title.empty() || kTitleMarks.find(title[0]) != std::string_view::npos;
}

}  // namespace scaup::inline v0
