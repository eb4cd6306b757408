// Fuzz target: the code chunker, in both styles, and the other chunkers that look for marks in a text keep their
// promises on any bytes. Four bytes choose chunker and options, the rest is the text.

#include <cstddef>
#include <cstdint>

#include "chunk_target.hpp"
#include "support/all_chunkers.hpp"

using namespace scaup;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < test::kOptionBytes) return 0;
  RecursiveChunkerOptions options = test::fuzz_options(data);
  const Document source = test::fuzz_document(data, size);
  test::check_chunker(*test::make_code(options, static_cast<CodeStyle>(data[3] % 3)), source, options);
  static const auto kinds = test::all_chunkers();
  const auto& kind = kinds[data[3] % kinds.size()];
  kind.adjust(options);
  test::check_chunker(*kind.make(options), source, options);
  return 0;
}
