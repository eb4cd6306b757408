#include "text/chunkers/code_scanner.hpp"

#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "text/chunkers/code_text.hpp"

namespace scaup::inline v0 {
namespace {

using namespace std::string_view_literals;

// What goes on with the block before.
constexpr std::array kContinuations = {"else"sv, "catch"sv, "finally"sv, "elif"sv, "except"sv};
// What begins a block of its own in a language of indentation.
constexpr std::array kDefinitions = {"def "sv, "class "sv, "async def "sv, "@"sv};

// A line without the white space around it.
std::string_view trim_line(std::string_view line) noexcept {
  return trimmed(line, " \t\n\v\f\r");
}

bool continues_block(std::string_view line) noexcept {
  if (line.empty() || "})];{"sv.find(line[0]) != std::string_view::npos) return true;
  return std::ranges::any_of(kContinuations, [&](std::string_view word) { return line.starts_with(word); });
}

bool begins_definition(std::string_view line) noexcept {
  return std::ranges::any_of(kDefinitions, [&](std::string_view word) { return line.starts_with(word); });
}

// What is known of a line once it has been read.
struct LineStart {
  std::size_t begin = 0;
  std::size_t depth = 0;  // open brackets
  bool inside = false;    // a string or comment
};

// Where each line begins. One pass.
std::vector<LineStart> find_lines(std::string_view text, CodeText::Language language) {
  std::vector<LineStart> lines = {{}};
  CodeText code(text, language);
  std::size_t depth = 0;
  while (!code.at_end()) {
    const char c = code.next();
    if (c == '{' || c == '(' || c == '[') ++depth;
    if (c == '}' || c == ')' || c == ']') depth -= std::min<std::size_t>(depth, 1);
    if (c == '\n' && !code.at_end()) lines.push_back({code.position(), depth, code.inside()});
  }
  return lines;
}

std::string_view line_at(std::string_view text, const std::vector<LineStart>& lines, std::size_t i) noexcept {
  const std::size_t end = i + 1 < lines.size() ? lines[i + 1].begin : text.size();
  return text.substr(lines[i].begin, end - lines[i].begin);
}

// Columns of white space before the code; a tab goes to the next multiple of eight.
std::size_t indentation_of(std::string_view line) noexcept {
  std::size_t column = 0;
  for (const char c : line) {
    if (c != ' ' && c != '\t') break;
    column = c == '\t' ? (column / 8 + 1) * 8 : column + 1;
  }
  return column;
}

}  // namespace

std::vector<CodeLine> scan_brace_code(std::string_view text) {
  const auto starts = find_lines(text, CodeText::Language::braces);
  std::vector<CodeLine> lines;
  lines.reserve(starts.size());
  bool after_blank = false;
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const std::string_view line = line_at(text, starts, i);
    const std::string_view code = trim_line(line);
    const bool after_block = i > 0 && starts[i].depth < starts[i - 1].depth;
    const bool begins = !starts[i].inside && (after_blank || after_block) && !continues_block(code);
    lines.push_back({.range = {starts[i].begin, starts[i].begin + line.size()},
                     .depth = std::min(starts[i].depth, kDeepestBlock),
                     .begins = begins});
    after_blank = code.empty();
  }
  return lines;
}

std::vector<CodeLine> scan_indented_code(std::string_view text) {
  const auto starts = find_lines(text, CodeText::Language::indentation);
  std::vector<CodeLine> lines;
  lines.reserve(starts.size());
  std::vector<std::size_t> columns = {0};  // of the blocks around, ascending
  bool after_blank = false;
  bool after_decorator = false;
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const std::string_view line = line_at(text, starts, i);
    const std::string_view code = trim_line(line);
    const bool whole = !starts[i].inside && starts[i].depth == 0 && !code.empty();  // not the middle of a statement
    bool after_block = false;
    if (whole) {
      const std::size_t column = indentation_of(line);
      for (; columns.back() > column; columns.pop_back()) after_block = true;
      if (columns.back() < column) columns.push_back(column);
    }
    const bool good = after_blank || after_block || begins_definition(code);
    lines.push_back({.range = {starts[i].begin, starts[i].begin + line.size()},
                     .depth = std::min(columns.size() - 1, kDeepestBlock),
                     .begins = whole && good && !after_decorator && !continues_block(code)});
    after_blank = code.empty();
    if (whole) after_decorator = code.starts_with('@');
  }
  return lines;
}

bool looks_indented(std::string_view text) noexcept {
  std::size_t braces = 0;
  std::size_t colons = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view code = trim_line(text.substr(begin, end - begin));
    if (code.ends_with('{') || code.ends_with('}') || code.ends_with(';')) ++braces;
    if (code.ends_with(':')) ++colons;
    begin = end + 1;
  }
  return colons > braces;
}

}  // namespace scaup::inline v0
