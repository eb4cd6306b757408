// Fuzz target: both chunkers keep their promises on any bytes. Four bytes choose the options, the rest is the text.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/utf8.hpp"
#include "scaup/chunker.hpp"
#include "support/chunk_checks.hpp"
#include "text/chunkers/unit_counter.hpp"

namespace {

using namespace scaup;

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "broken promise: %s\n", what);
  std::abort();
}

void check(const Chunker& chunker, const Document& source, const RecursiveChunkerOptions& options) {
  const auto chunks = chunker.chunk(source);
  if (find_invalid_utf8(source.text)) {
    require(!chunks && chunks.error().code() == ErrorCode::invalid_argument, "text that is not UTF-8 is refused");
    return;
  }
  require(chunks.has_value(), "UTF-8 text is cut");
  const std::string problem = test::problem_of_chunks(source, *chunks, options, test::words_and_marks(source.text));
  require(problem.empty(), problem.c_str());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kOptionBytes = 4;
  if (size < kOptionBytes) return 0;
  RecursiveChunkerOptions options;
  options.size = 1 + data[0];
  options.overlap = data[1] % options.size;
  options.unit = static_cast<Unit>(data[2] % 3);
  const Document source = {
      .id = "fuzz", .text = std::string(reinterpret_cast<const char*>(data) + kOptionBytes, size - kOptionBytes)};
  check(*make_recursive_chunker(options), source, options);
  const std::size_t max_level = 1 + data[3] % 6;
  check(*make_markdown_chunker({.section = options, .max_heading_level = max_level}), source, options);
  return 0;
}
