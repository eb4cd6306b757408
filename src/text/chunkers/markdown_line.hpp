#pragma once
// One line of Markdown and what it can begin, each by the rule of CommonMark 0.30 that is named beside it.

#include <cstddef>
#include <optional>
#include <string_view>

namespace scaup::inline v0 {

/// Columns count tabs as CommonMark does, up to the next multiple of 4. `content` has no indentation and no line end.
struct MarkdownLine {
  std::size_t begin = 0;   ///< its first byte
  std::size_t next = 0;    ///< the first byte of the next line
  std::size_t indent = 0;  ///< the column at which `content` begins
  std::string_view content = {};

  [[nodiscard]] bool blank() const noexcept { return content.empty(); }
};

/// The line that begins at `at`; lines end with LF, CR LF or CR (2.1).
[[nodiscard]] MarkdownLine read_line(std::string_view text, std::size_t at) noexcept;

/// `text` without spaces and tabs at both ends.
[[nodiscard]] std::string_view trim_blanks(std::string_view text) noexcept;

struct AtxHeading {
  std::size_t level = 0;
  std::string_view text = {};
};
/// `## text ##` (4.2). The indentation is the caller's to check, here and below.
[[nodiscard]] std::optional<AtxHeading> parse_atx_heading(std::string_view content) noexcept;

/// 1 for a line of `=`, 2 for a line of `-`, else 0 (4.3).
[[nodiscard]] std::size_t setext_level(std::string_view content) noexcept;

/// `***`, `- - -`, `___` (4.1).
[[nodiscard]] bool is_thematic_break(std::string_view content) noexcept;

struct FenceMark {
  char mark = '`';  ///< or '~'
  std::size_t length = 0;
};
/// The beginning of fenced code (4.5).
[[nodiscard]] std::optional<FenceMark> parse_fence(std::string_view content) noexcept;
/// Whether `content` ends code that `open` began.
[[nodiscard]] bool closes_fence(std::string_view content, FenceMark open) noexcept;

/// How a list item begins (5.2).
struct ListMarker {
  std::size_t content_indent = 0;  ///< lines from this column on belong to the item
  std::size_t indent = 0;          ///< the column of what follows on the same line
  std::string_view content = {};   ///< that; it may be empty
  bool interrupts = false;         ///< whether it may end a paragraph
};
[[nodiscard]] std::optional<ListMarker> parse_list_marker(std::string_view content, std::size_t indent) noexcept;

/// Whether `content` is a link reference definition (4.7), which is no paragraph: label, target and
/// perhaps the beginning of a title, all on one line.
[[nodiscard]] bool is_link_definition(std::string_view content) noexcept;

}  // namespace scaup::inline v0
