#pragma once
// HTML blocks of CommonMark 0.30, section 4.6: where they begin, and where they end.

#include <cstdint>
#include <optional>
#include <string_view>

namespace scaup::inline v0 {

/// What ends an HTML block; the seven kinds of the specification, of which the last two differ only in how they begin.
enum class HtmlBlock : std::uint8_t {
  raw,          ///< pre, script, style, textarea: one of their closing tags
  comment,      ///< `-->`
  instruction,  ///< `?>`
  declaration,  ///< `>`
  cdata,        ///< `]]>`
  tag,          ///< a blank line
};

/// The block that a line with this content begins; `tag` also for a line with one complete tag of any name, which
/// cannot end a paragraph, so ask with `in_paragraph` set where there is one.
enum class HtmlContext : std::uint8_t { in_paragraph, between_blocks };
[[nodiscard]] std::optional<HtmlBlock> parse_html_block(std::string_view content, HtmlContext context) noexcept;

/// Whether the block ends with this line, which may be its first one.
[[nodiscard]] bool ends_html_block(HtmlBlock block, std::string_view content) noexcept;

}  // namespace scaup::inline v0
