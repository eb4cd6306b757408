#pragma once
// Builds the text of an HTML page from its text nodes and blocks, and keeps where each byte came from.

#include <string>
#include <string_view>
#include <vector>

#include "scaup/format_chunkers.hpp"
#include "text/chunkers/sections.hpp"

namespace scaup::inline v0 {

/// A `<meta>` element of the head.
struct HtmlMeta {
  std::string name = {};  ///< "name", "property" or "http-equiv", in lower case
  std::string content = {};
};

/// An extracted text with its structure.
struct HtmlPage {
  HtmlText text = {};
  std::string language = {};         ///< of the attribute "lang"; empty if there is none
  std::vector<HtmlMeta> metas = {};  ///< in their order
  std::vector<Heading> headings = {};
  std::vector<ByteRange> preformatted = {};  ///< ascending
};

/// What stands between two texts; of several in a row the greatest.
enum class HtmlGap : std::uint8_t { none, space, tab, line_end, blank_line };

enum class HtmlSpaces : std::uint8_t { collapsed, kept };

/// Invariants:
/// 1. The text begins and ends with no gap; gaps are the only text without a span.
/// 2. Spans are ascending in the text, and never overlap there.
///
/// Single-threaded: one thread at a time, even for const members.
class HtmlTextBuilder {
 public:
  explicit HtmlTextBuilder(std::string_view html) : html_(html) {}

  void gap(HtmlGap gap) noexcept { gap_ = std::max(gap_, gap); }
  /// A text node: what it says, and the bytes of the HTML that say it.
  void add_text(std::string_view decoded, ByteRange source, HtmlSpaces spaces);
  void begin_heading() { block_begin_ = begin_block(); }
  void end_heading(std::size_t level);
  void begin_preformatted() { block_begin_ = begin_block(); }
  void end_preformatted();
  void set_title(std::string_view decoded);
  void set_language(std::string_view decoded);
  void add_meta(std::string_view name, std::string_view content);

  [[nodiscard]] HtmlPage finish() && { return std::move(page_); }

 private:
  std::size_t begin_block();
  void put(std::string_view bytes, ByteRange source);
  void put_gap(ByteRange source);
  void put_span(std::size_t size, ByteRange source);

  const std::string_view html_;
  HtmlPage page_;
  HtmlGap gap_ = HtmlGap::none;
  std::size_t block_begin_ = 0;  // where the text of the heading or preformatted block at hand begins, at the earliest
};

}  // namespace scaup::inline v0
