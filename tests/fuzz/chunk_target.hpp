#pragma once
// What the fuzz targets of chunkers share: options and a text from bytes, and the promises.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/utf8.hpp"
#include "scaup/chunker.hpp"
#include "support/chunk_checks.hpp"

namespace scaup::test {

constexpr std::size_t kOptionBytes = 4;

inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "broken promise: %s\n", what);
  std::abort();
}

/// From the first three bytes.
inline RecursiveChunkerOptions fuzz_options(const std::uint8_t* data) {
  RecursiveChunkerOptions options;
  options.size = 1 + data[0];
  options.overlap = data[1] % options.size;
  options.unit = static_cast<Unit>(data[2] % 3);
  return options;
}

inline Document fuzz_document(const std::uint8_t* data, std::size_t size) {
  return {.id = "fuzz", .text = std::string(reinterpret_cast<const char*>(data) + kOptionBytes, size - kOptionBytes)};
}

inline void require_promises(const Document& source, const std::vector<Document>& chunks,
                             const RecursiveChunkerOptions& options) {
  const std::string problem = problem_of_chunks(source, chunks, options, words_and_marks(source.text));
  require(problem.empty(), problem.c_str());
}

/// That `chunker`, which has these options, cuts UTF-8 and refuses anything else.
inline void check_chunker(const Chunker& chunker, const Document& source, const RecursiveChunkerOptions& options) {
  const auto chunks = chunker.chunk(source);
  if (find_invalid_utf8(source.text)) {
    require(!chunks && chunks.error().code() == ErrorCode::invalid_argument, "text that is not UTF-8 is refused");
    return;
  }
  require(chunks.has_value(), "UTF-8 text is cut");
  require_promises(source, *chunks, options);
}

}  // namespace scaup::test
