// Fuzz target: the recursive and the Markdown chunker keep their promises on any bytes. Four bytes choose the options,
// the rest is the text.

#include <cstddef>
#include <cstdint>

#include "chunk_target.hpp"
#include "scaup/chunker.hpp"

using namespace scaup;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < test::kOptionBytes) return 0;
  const RecursiveChunkerOptions options = test::fuzz_options(data);
  const Document source = test::fuzz_document(data, size);
  test::check_chunker(*make_recursive_chunker(options), source, options);
  const std::size_t max_level = 1 + std::size_t{data[3]} % 6;
  test::check_chunker(*make_markdown_chunker({.section = options, .max_heading_level = max_level}), source, options);
  return 0;
}
