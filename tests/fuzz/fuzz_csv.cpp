// Fuzz target: any bytes as CSV. What is read is written with every cell in quotes, and reads as the same. The first
// byte is the separator.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz.hpp"
#include "rag/csv_reader.hpp"

using namespace scaup;
using scaup::fuzz::require;

namespace {

struct Outcome {
  std::vector<CsvRecord> records;
  bool failed = false;
};

Outcome read_all(std::string_view text, char separator) {
  Outcome outcome;
  CsvReader reader(text, separator);
  for (;;) {
    auto record = reader.next();
    outcome.failed = !record;
    if (!record || !*record) return outcome;
    require(!(*record)->cells.empty() && (*record)->begin < text.size());
    outcome.records.push_back(**std::move(record));
  }
}

std::string write(const std::vector<CsvRecord>& records, char separator) {
  std::string text;
  for (const CsvRecord& record : records) {
    for (std::size_t i = 0; i < record.cells.size(); ++i) {
      if (i > 0) text += separator;
      text += '"';
      for (const char c : record.cells[i]) text += c == '"' ? std::string("\"\"") : std::string(1, c);
      text += '"';
    }
    text += "\r\n";
  }
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const char separator = data[0] < 0x80 && data[0] != '"' && data[0] != '\r' && data[0] != '\n' && data[0] != 0
                             ? static_cast<char>(data[0])
                             : ',';
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  const Outcome outcome = read_all(text, separator);
  const Outcome again = read_all(write(outcome.records, separator), separator);
  require(!again.failed && again.records.size() == outcome.records.size());
  for (std::size_t i = 0; i < again.records.size(); ++i) require(again.records[i].cells == outcome.records[i].cells);
  return 0;
}
