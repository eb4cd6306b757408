// Fuzz target: any bytes as JSON Lines. What is read is written and read again the same, and blocks of another size
// change nothing.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "archive/json_lines.hpp"
#include "fuzz.hpp"
#include "support/memory_streams.hpp"

using namespace scaup;
using scaup::fuzz::require;
using scaup::test::MemorySource;

namespace {

struct Outcome {
  std::vector<Document> documents;
  std::string error;
};

Outcome read_lines(std::string_view text, std::size_t step) {
  Outcome outcome;
  MemorySource source(text, step);
  JsonLinesReader reader(source, {.max_line_bytes = 100'000});
  for (;;) {
    auto document = reader.next();
    if (!document) {
      outcome.error = document.error().message();
      require(document.error().code() == ErrorCode::invalid_argument);
      return outcome;
    }
    if (!*document) return outcome;
    outcome.documents.push_back(**std::move(document));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Outcome outcome = read_lines(text, 1'000'000);
  const Outcome slowly = read_lines(text, 3);
  require(slowly.documents == outcome.documents && slowly.error == outcome.error);
  for (const Document& document : outcome.documents) {
    std::string line;
    require(append_json_line(line, document).has_value());
    line.pop_back();
    const auto again = parse_json_line(line);
    require(again.has_value() && *again == document);
  }
  return 0;
}
