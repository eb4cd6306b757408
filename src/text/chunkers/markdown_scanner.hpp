#pragma once
// Finds the headings and the fenced code of a Markdown text in one pass, by the block rules of CommonMark 0.30.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "text/chunkers/sections.hpp"
#include "text/chunkers/unit_counter.hpp"

namespace scaup::inline v0 {

struct MarkdownBlocks {
  std::vector<Heading> headings = {};
  std::vector<ByteRange> fences = {};  ///< from the line of the opening fence to that of the closing one; ascending
};

/// Headings inside block quotes, list items and HTML blocks (comments among them) are text, and so is YAML front
/// matter: `---` on the first line, no blank line after it, up to `---` or `...`. Not followed: code in a block
/// quote that ends without a blank line, and link definitions over several lines. `text` is UTF-8.
[[nodiscard]] MarkdownBlocks scan_markdown(std::string_view text);

}  // namespace scaup::inline v0
