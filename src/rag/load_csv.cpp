// CSV: a header that names the fields, then one document a row.

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "base/document_check.hpp"
#include "base/in_quotes.hpp"
#include "rag/csv_reader.hpp"
#include "rag/loaders.hpp"
#include "rag/record_mapper.hpp"

namespace scaup::inline v0 {
namespace {

Error bad_line(std::size_t line, std::string_view problem) {
  return {ErrorCode::invalid_argument, "line " + std::to_string(line) + ": " + std::string(problem)};
}

Status check_separator(char separator) {
  const auto code = static_cast<unsigned char>(separator);
  const bool taken = separator == '"' || separator == '\r' || separator == '\n' || separator == '\0';
  if (!taken && code < 0x80) return {};
  return Error(ErrorCode::invalid_argument, "csv_separator is the byte " + std::to_string(unsigned{code}) +
                                                "; accepted: an ASCII character but a quote, a line end and zero");
}

// Every field that the options name must be a column, once.
Status check_header(const CsvRecord& header, const RecordFields& fields) {
  std::vector<std::string> wanted = {fields.id, fields.title};
  for (const auto* const names : {&fields.text, &fields.metadata, &fields.numbers}) {
    wanted.insert(wanted.end(), names->begin(), names->end());
  }
  for (const std::string& name : wanted) {
    if (name.empty() || std::ranges::find(header.cells, name) != header.cells.end()) continue;
    return bad_line(header.line, "there is no column " + in_quotes(name));
  }
  for (auto cell = header.cells.begin(); cell != header.cells.end(); ++cell) {
    if (cell->empty()) continue;
    if (std::find(header.cells.begin(), cell, *cell) != cell) {
      return bad_line(header.line, "the column " + in_quotes(*cell) + " is there twice");
    }
    if (const Status status = check_key(*cell); !status) return bad_line(header.line, status.error().message());
  }
  return {};
}

Result<Value> read_number(const std::string& cell) {
  const char* const end = cell.data() + cell.size();
  std::int64_t integer = 0;
  const auto whole = std::from_chars(cell.data(), end, integer);
  if (whole.ptr == end && whole.ec == std::errc()) return Value(integer);
  if (whole.ptr == end && whole.ec == std::errc::result_out_of_range) {
    return Error(ErrorCode::invalid_argument, in_quotes(cell) + " is an integer beyond 64 bits; leave it a string");
  }
  double real = 0;
  const auto read = std::from_chars(cell.data(), end, real);
  if (read.ec == std::errc() && read.ptr == end && std::isfinite(real)) return Value(real);
  return Error(ErrorCode::invalid_argument, in_quotes(cell) + " is not a number");
}

// Columns without a name are left out.
Result<Record> to_record(const CsvRecord& row, const std::vector<std::string>& names, const RecordFields& fields) {
  Record record = {.begin = row.begin, .line = row.line};
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string& cell = row.cells[i];
    if (names[i].empty()) continue;
    auto& [name, value] = record.fields.emplace_back(names[i], std::nullopt);
    if (cell.empty()) continue;
    value = Value(cell);
    if (std::ranges::find(fields.numbers, name) == fields.numbers.end()) continue;
    auto number = read_number(cell);
    if (!number) return bad_line(row.line, "column " + in_quotes(name) + ": " + number.error().message());
    value = *std::move(number);
  }
  return record;
}

}  // namespace

Result<std::vector<Document>> load_csv(const SourceText& source, const LoadOptions& options,
                                       const std::stop_token& stop) {
  if (Status status = check_separator(options.csv_separator); !status) return std::move(status).error();
  CsvReader reader(source.text, options.csv_separator);
  RecordMapper mapper(options, source.id);
  const auto header = reader.next();
  if (!header) return header.error();
  if (!*header) return std::vector<Document>();
  if (Status status = check_header(**header, options.fields); !status) return std::move(status).error();
  const std::vector<std::string>& names = (*header)->cells;
  for (;;) {
    if (stop.stop_requested()) return Error(ErrorCode::cancelled, "cancelled through the stop token");
    auto row = reader.next();
    if (!row) return std::move(row).error();
    if (!*row) return std::move(mapper).finish();
    if ((*row)->cells.size() != names.size()) {
      return bad_line((*row)->line,
                      std::to_string((*row)->cells.size()) + " cells; the header has " + std::to_string(names.size()));
    }
    auto record = to_record(**row, names, options.fields);
    if (!record) return std::move(record).error();
    record->begin += source.begin;
    if (Status status = mapper.add(*record); !status) return std::move(status).error();
  }
}

}  // namespace scaup::inline v0
