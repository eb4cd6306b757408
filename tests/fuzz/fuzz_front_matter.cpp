// Fuzz target: any text may begin a Markdown file. Its fields are metadata that a collection takes, and reading what is
// left once more never fails.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/document_check.hpp"
#include "base/utf8.hpp"
#include "fuzz.hpp"
#include "rag/front_matter.hpp"

using namespace scaup;
using scaup::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (find_invalid_utf8(text)) return 0;
  const FrontMatter front = read_front_matter(text);
  require(front.size <= text.size() && front.size <= kMostFrontMatterBytes);
  require(front.size > 0 || (front.fields.empty() && front.rest.empty() && front.lines == 0));
  require(front.size == 0 || front.size == text.size() || text[front.size - 1] == '\n');
  require(check_metadata(front.fields).has_value());
  require(front.rest.size() <= front.size + 1 && !find_invalid_utf8(front.rest));
  return 0;
}
