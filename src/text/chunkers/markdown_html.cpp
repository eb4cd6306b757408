#include "text/chunkers/markdown_html.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/ascii.hpp"

namespace scaup::inline v0 {
namespace {

using namespace std::string_view_literals;

constexpr std::array kRawTags = {"pre"sv, "script"sv, "style"sv, "textarea"sv};
constexpr std::array kRawEnds = {"</pre>"sv, "</script>"sv, "</style>"sv, "</textarea>"sv};

// CommonMark 0.30, 4.6, start condition 6. Sorted.
constexpr std::array kBlockTags = {
    "address"sv,  "article"sv,  "aside"sv,    "base"sv,       "basefont"sv, "blockquote"sv, "body"sv,   "caption"sv,
    "center"sv,   "col"sv,      "colgroup"sv, "dd"sv,         "details"sv,  "dialog"sv,     "dir"sv,    "div"sv,
    "dl"sv,       "dt"sv,       "fieldset"sv, "figcaption"sv, "figure"sv,   "footer"sv,     "form"sv,   "frame"sv,
    "frameset"sv, "h1"sv,       "h2"sv,       "h3"sv,         "h4"sv,       "h5"sv,         "h6"sv,     "head"sv,
    "header"sv,   "hr"sv,       "html"sv,     "iframe"sv,     "legend"sv,   "li"sv,         "link"sv,   "main"sv,
    "menu"sv,     "menuitem"sv, "nav"sv,      "noframes"sv,   "ol"sv,       "optgroup"sv,   "option"sv, "p"sv,
    "param"sv,    "section"sv,  "source"sv,   "summary"sv,    "table"sv,    "tbody"sv,      "td"sv,     "tfoot"sv,
    "th"sv,       "thead"sv,    "title"sv,    "tr"sv,         "track"sv,    "ul"sv};
static_assert(std::ranges::is_sorted(kBlockTags));

constexpr bool is_name_char(char c) noexcept {
  return is_ascii_alphanumeric(c) || c == '-';
}

// The longest name in the table; a longer one is none of them.
using LowerName = std::array<char, 16>;

std::string_view lower_name(LowerName& buffer, std::string_view name) noexcept {
  if (name.size() > buffer.size()) return {};
  const auto end = std::ranges::transform(name, buffer.begin(), ascii_lower).out;
  return {buffer.data(), static_cast<std::size_t>(end - buffer.begin())};
}

bool contains_ignoring_case(std::string_view text, std::string_view lower) noexcept {
  const auto equal = [](char a, char b) { return ascii_lower(a) == b; };
  return std::search(text.begin(), text.end(), lower.begin(), lower.end(), equal) != text.end();
}

// A tag at the beginning of a line: `<name` or `</name`, and what follows.
struct Tag {
  bool closing = false;
  std::string_view name = {};
  std::string_view rest = {};
};

std::optional<Tag> parse_tag(std::string_view content) noexcept {
  const bool closing = content.starts_with("</");
  const std::string_view text = content.substr(closing ? 2 : 1);
  if (text.empty() || !is_ascii_letter(text[0])) return std::nullopt;
  const auto size = static_cast<std::size_t>(std::ranges::find_if_not(text, is_name_char) - text.begin());
  return Tag{.closing = closing, .name = text.substr(0, size), .rest = text.substr(size)};
}

bool is_raw(const Tag& tag) noexcept {
  LowerName buffer;
  if (tag.closing || std::ranges::find(kRawTags, lower_name(buffer, tag.name)) == kRawTags.end()) return false;
  return tag.rest.empty() || " \t>"sv.find(tag.rest[0]) != std::string_view::npos;
}

bool is_block(const Tag& tag) noexcept {
  LowerName buffer;
  if (!std::ranges::binary_search(kBlockTags, lower_name(buffer, tag.name))) return false;
  return tag.rest.empty() || " \t>"sv.find(tag.rest[0]) != std::string_view::npos || tag.rest.starts_with("/>");
}

// One tag and nothing else in the line. Attributes are not taken apart, so a '<' or '>' in one hides the tag.
bool is_alone(const Tag& tag) noexcept {
  const std::size_t end = tag.rest.find_first_of("<>");
  if (end == std::string_view::npos || tag.rest[end] != '>') return false;
  if (tag.rest.find_first_not_of(" \t", end + 1) != std::string_view::npos) return false;
  const std::string_view inside = tag.rest.substr(0, end);
  if (tag.closing) return inside.find_first_not_of(" \t") == std::string_view::npos;
  return inside.empty() || inside == "/" || inside[0] == ' ' || inside[0] == '\t';
}

}  // namespace

std::optional<HtmlBlock> parse_html_block(std::string_view content, HtmlContext context) noexcept {
  if (!content.starts_with('<')) return std::nullopt;
  if (content.starts_with("<!--")) return HtmlBlock::comment;
  if (content.starts_with("<?")) return HtmlBlock::instruction;
  if (content.starts_with("<![CDATA[")) return HtmlBlock::cdata;
  if (content.starts_with("<!") && content.size() > 2 && is_ascii_letter(content[2])) return HtmlBlock::declaration;
  const auto tag = parse_tag(content);
  if (!tag) return std::nullopt;
  if (is_raw(*tag)) return HtmlBlock::raw;
  if (is_block(*tag)) return HtmlBlock::tag;
  if (context == HtmlContext::between_blocks && is_alone(*tag)) return HtmlBlock::tag;
  return std::nullopt;
}

bool ends_html_block(HtmlBlock block, std::string_view content) noexcept {
  switch (block) {
    case HtmlBlock::raw:
      return std::ranges::any_of(kRawEnds, [&](std::string_view end) { return contains_ignoring_case(content, end); });
    case HtmlBlock::comment: return content.find("-->") != std::string_view::npos;
    case HtmlBlock::instruction: return content.find("?>") != std::string_view::npos;
    case HtmlBlock::declaration: return content.find('>') != std::string_view::npos;
    case HtmlBlock::cdata: return content.find("]]>") != std::string_view::npos;
    case HtmlBlock::tag: return content.empty();
  }
  return true;
}

}  // namespace scaup::inline v0
