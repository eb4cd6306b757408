// Fuzz target: text is extracted from any HTML, and the HTML chunker keeps its promises against that text. Four bytes
// choose the options, the rest is the HTML.

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/utf8.hpp"
#include "chunk_target.hpp"
#include "scaup/format_chunkers.hpp"
#include "support/html_checks.hpp"

using namespace scaup;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < test::kOptionBytes) return 0;
  const Document source = test::fuzz_document(data, size);
  const auto page = extract_html(source.text);
  const auto chunks =
      make_html_chunker({.section = test::fuzz_options(data), .max_heading_level = 1 + std::size_t{data[3]} % 6})
          ->chunk(source);
  test::require(page.has_value() == chunks.has_value(), "both read it, or none");
  if (!page) {
    test::require(page.error().code() == ErrorCode::invalid_argument, "only bad input is refused");
    return 0;
  }
  test::require(!find_invalid_utf8(source.text), "text that is not UTF-8 is refused");
  const std::string problem = test::problem_of_html(source.text, *page);
  test::require(problem.empty(), problem.c_str());
  const Document text = {.id = html_text_id(source.id), .text = page->text};
  auto renamed = *chunks;
  for (Document& chunk : renamed) chunk.id = text.id + chunk.id.substr(source.id.size());
  test::require_promises(text, renamed, test::fuzz_options(data));
  return 0;
}
