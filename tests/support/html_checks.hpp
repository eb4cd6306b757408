#pragma once
// What every extracted HTML text must satisfy; for tests and fuzz targets.

#include <string>
#include <string_view>

#include "base/utf8.hpp"
#include "scaup/format_chunkers.hpp"
#include "text/chunkers/white_space.hpp"

namespace scaup::test {

/// What is wrong with the spans of `page`, which was extracted from `html`; empty if nothing.
inline std::string problem_of_html(std::string_view html, const HtmlText& page) {
  const std::string_view text = page.text;
  if (find_invalid_utf8(text)) return "the text is not UTF-8";
  std::size_t at = 0;
  for (const HtmlSpan& span : page.spans) {
    if (span.begin < at || span.begin >= span.end || span.end > text.size()) return "spans overlap or are empty";
    if (!trim(text, {at, span.begin}).empty()) return "text from nowhere";
    if (span.source_begin > span.source_end || span.source_end > html.size()) return "a source outside of the HTML";
    at = span.end;
  }
  if (!trim(text, {at, text.size()}).empty()) return "text from nowhere at the end";
  return {};
}

}  // namespace scaup::test
