#include "text/chunkers/markdown_scanner.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/utf8.hpp"
#include "text/chunkers/markdown_html.hpp"
#include "text/chunkers/markdown_line.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::size_t kCodeIndent = 4;  // a line indented so far is code, or goes on with a paragraph

// Items that begin on one line. What is looked at for each goes to the end of the line, so there must be a limit.
constexpr std::size_t kDeepestItem = 100;

// Where the text begins that is not front matter.
std::size_t skip_front_matter(std::string_view text) noexcept {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  const MarkdownLine first = read_line(text, text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0);
  if (first.indent > 0 || trim_blanks(first.content) != "---") return 0;
  if (read_line(text, first.next).blank()) return 0;  // a thematic break
  for (std::size_t at = first.next; at < text.size();) {
    const MarkdownLine line = read_line(text, at);
    const std::string_view content = trim_blanks(line.content);
    if (line.indent == 0 && (content == "---" || content == "...")) return line.next;
    at = line.next;
  }
  return 0;
}

std::string shorten(std::string text) {
  if (text.size() <= kMostHeadingBytes) return text;
  std::size_t end = kMostHeadingBytes;
  while (!is_utf8_boundary(text, end)) --end;
  text.resize(end);
  return text;
}

// Whether a line with this content in a quote or list item leaves a paragraph open.
bool is_paragraph(std::string_view content) noexcept {
  return !content.empty() && !parse_fence(content) && !parse_atx_heading(content) && !is_thematic_break(content) &&
         !parse_html_block(content, HtmlContext::between_blocks);
}

class MarkdownScanner {
 public:
  explicit MarkdownScanner(std::string_view text) : text_(text) {}

  MarkdownBlocks scan() {
    for (std::size_t at = skip_front_matter(text_); at < text_.size();) {
      const MarkdownLine line = read_line(text_, at);
      take(line);
      at = line.next;
    }
    if (fence_) close_fence(text_.size());
    return std::move(blocks_);
  }

 private:
  struct OpenFence {
    FenceMark mark = {};
    std::size_t begin = 0;
    std::size_t indent = 0;  // of the list item that it is in
  };

  // What the lines before leave open.
  enum class Open : std::uint8_t {
    nothing,
    paragraph,   // at the top level: an underline makes it a heading
    empty_item,  // a list item that has nothing yet
    container,   // a paragraph in a block quote or list item, which plain text goes on with, indented or not
  };

  void take(const MarkdownLine& line) {
    if (fence_ && in_fence(line)) return;
    if (html_) return in_html(line);
    if (line.blank()) return take_blank();
    if (item_indent_ > 0 && line.indent >= item_indent_) return in_item(line, line.content, line.indent);
    if (line.indent >= kCodeIndent) return;
    if (!begin_block(line)) take_text(line);
  }

  // False if the line ends the list item that the fence is in, and so the fence.
  bool in_fence(const MarkdownLine& line) {
    if (!line.blank() && line.indent < fence_->indent) {
      close_fence(line.begin);
      return false;
    }
    if (line.indent < fence_->indent + kCodeIndent && closes_fence(line.content, fence_->mark)) close_fence(line.next);
    return true;
  }

  void in_html(const MarkdownLine& line) {
    if (ends_html_block(*html_, line.content)) html_.reset();
  }

  // Of a list item only fences matter, and whether a paragraph is open at its end. `content`, at column `indent`, is
  // the line without the markers of the items that it is known to be in.
  void in_item(const MarkdownLine& line, std::string_view content, std::size_t indent) {
    std::size_t item = item_indent_;
    for (std::size_t depth = 0; depth < kDeepestItem && indent < item + kCodeIndent; ++depth) {
      const auto marker = parse_list_marker(content, indent);
      if (!marker || is_thematic_break(content)) break;
      open_ = Open::nothing;
      item = marker->content_indent;
      indent = std::max(item, marker->indent);
      content = marker->content;
    }
    if (indent >= item + kCodeIndent) return;
    const auto mark = parse_fence(content);
    if (mark) return open_fence(line, *mark, item);
    const bool underline = open_ == Open::container && setext_level(content) > 0;
    open_ = is_paragraph(content) && !underline ? Open::container : Open::nothing;
  }

  // Whatever may begin where a paragraph is; false if the line is plain text.
  bool begin_block(const MarkdownLine& line) {
    return take_underline(line) || take_atx_heading(line) || take_fence(line) || take_break(line) || take_quote(line) ||
           take_item(line) || take_html(line);
  }

  bool take_underline(const MarkdownLine& line) {
    const std::size_t level = setext_level(line.content);
    if (open_ != Open::paragraph || level == 0) return false;
    add_heading({paragraph_begin_, line.next}, level, paragraph_text(line.begin));
    return true;
  }

  bool take_atx_heading(const MarkdownLine& line) {
    const auto heading = parse_atx_heading(line.content);
    if (!heading) return false;
    add_heading({line.begin, line.next}, heading->level, std::string(heading->text));
    return true;
  }

  bool take_fence(const MarkdownLine& line) {
    const auto mark = parse_fence(line.content);
    if (!mark) return false;
    close_containers();
    open_fence(line, *mark, 0);
    return true;
  }

  bool take_break(const MarkdownLine& line) {
    if (!is_thematic_break(line.content)) return false;
    close_containers();
    return true;
  }

  bool take_quote(const MarkdownLine& line) {
    if (!line.content.starts_with('>')) return false;
    close_containers();
    const std::string_view quoted = trim_blanks(line.content.substr(1));
    if (is_paragraph(quoted)) open_ = Open::container;
    return true;
  }

  bool take_item(const MarkdownLine& line) {
    const auto marker = parse_list_marker(line.content, line.indent);
    if (!marker || (open_ == Open::paragraph && !marker->interrupts)) return false;
    close_containers();
    item_indent_ = marker->content_indent;
    open_ = Open::empty_item;
    if (!marker->content.empty()) in_item(line, marker->content, marker->indent);
    return true;
  }

  bool take_html(const MarkdownLine& line) {
    const bool in_paragraph = open_ == Open::paragraph || open_ == Open::container;
    html_ = parse_html_block(line.content, in_paragraph ? HtmlContext::in_paragraph : HtmlContext::between_blocks);
    if (!html_) return false;
    close_containers();
    in_html(line);
    return true;
  }

  // A list item may begin with one line that has nothing but the marker; a second one ends it (5.2).
  void take_blank() noexcept {
    if (open_ == Open::empty_item) item_indent_ = 0;
    open_ = Open::nothing;
  }

  void take_text(const MarkdownLine& line) {
    if (open_ == Open::paragraph || open_ == Open::container) return;
    close_containers();
    if (is_link_definition(line.content)) return;
    open_ = Open::paragraph;
    paragraph_begin_ = line.begin;
  }

  void close_containers() noexcept {
    open_ = Open::nothing;
    item_indent_ = 0;
  }

  void open_fence(const MarkdownLine& line, FenceMark mark, std::size_t indent) {
    open_ = Open::nothing;
    fence_ = OpenFence{.mark = mark, .begin = line.begin, .indent = indent};
  }

  void close_fence(std::size_t end) {
    blocks_.fences.push_back({fence_->begin, end});
    fence_.reset();
  }

  void add_heading(ByteRange range, std::size_t level, std::string text) {
    close_containers();
    blocks_.headings.push_back({.range = range, .level = level, .text = shorten(std::move(text))});
  }

  // The lines of the open paragraph, joined.
  std::string paragraph_text(std::size_t end) const {
    std::string joined;
    for (std::size_t at = paragraph_begin_; at < end && joined.size() <= kMostHeadingBytes;) {
      const MarkdownLine line = read_line(text_, at);
      if (!joined.empty()) joined += ' ';
      joined += trim_blanks(line.content);
      at = line.next;
    }
    return joined;
  }

  const std::string_view text_;
  MarkdownBlocks blocks_;
  std::optional<OpenFence> fence_;
  std::optional<HtmlBlock> html_;
  Open open_ = Open::nothing;
  std::size_t paragraph_begin_ = 0;
  std::size_t item_indent_ = 0;  // lines from this column on are in a list item; 0 if none is open
};

}  // namespace

MarkdownBlocks scan_markdown(std::string_view text) {
  return MarkdownScanner(text).scan();
}

}  // namespace scaup::inline v0
