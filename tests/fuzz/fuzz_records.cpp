// Fuzz target: any text as a file of records, CSV or JSON Lines as the first byte says. What is loaded is what a
// collection takes, each document with its own id; else it is an error that names the line.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "base/document_check.hpp"
#include "base/utf8.hpp"
#include "fuzz.hpp"
#include "rag/loaders.hpp"

using namespace scaup;
using scaup::fuzz::require;

namespace {

LoadOptions options_of(std::uint8_t choice) {
  LoadOptions options{.max_records = 50};
  if ((choice & 2U) != 0) options.fields.id = "id";
  if ((choice & 4U) != 0) options.fields.text = {"text", "body"};
  if ((choice & 8U) != 0) options.fields.title = "name";
  if ((choice & 16U) != 0) options.fields.metadata = {"year", "n"};
  if ((choice & 32U) != 0) options.fields.numbers = {"year"};
  return options;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const SourceText source{.id = "records", .text = std::string(reinterpret_cast<const char*>(data + 1), size - 1)};
  if (find_invalid_utf8(source.text) || source.text.find('\0') != std::string::npos) return 0;
  const LoadOptions options = options_of(data[0]);
  const auto documents = (data[0] & 1U) != 0 ? load_csv(source, options, {}) : load_json_lines(source, options, {});
  if (!documents) {
    require(documents.error().code() == ErrorCode::invalid_argument);
    return 0;
  }
  std::set<std::string_view> ids;
  for (const Document& document : *documents) {
    require(check_document(document).has_value());
    if (options.fields.id.empty()) require(ids.insert(document.id).second);
  }
  require(documents->size() <= options.max_records);
  return 0;
}
