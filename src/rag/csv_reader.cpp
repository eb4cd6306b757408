#include "rag/csv_reader.hpp"

#include <algorithm>
#include <array>

#include "base/ascii.hpp"

namespace scaup::inline v0 {
namespace {

Error bad_line(std::size_t line, std::string_view problem) {
  return {ErrorCode::invalid_argument, "line " + std::to_string(line) + ": " + std::string(problem)};
}

}  // namespace

Result<std::optional<CsvRecord>> CsvReader::next() {
  skip_empty_lines();
  if (at_ >= text_.size()) return std::optional<CsvRecord>();
  CsvRecord record = {.begin = at_, .line = line_};
  for (;;) {
    if (record.cells.size() == kMostCsvCells) {
      return bad_line(record.line, "more than " + std::to_string(kMostCsvCells) + " cells");
    }
    if (Status status = read_cell(record.cells.emplace_back()); !status) return std::move(status).error();
    if (at_ >= text_.size() || skip_line_end()) return std::optional(std::move(record));
    ++at_;  // the separator: read_cell stops nowhere else
  }
}

// Up to a separator, a line end or the end of the text.
Status CsvReader::read_cell(std::string& cell) {
  if (at_ < text_.size() && text_[at_] == '"') return read_quoted(cell);
  const std::array<char, 4> marks = {separator_, '\r', '\n', '"'};
  const std::size_t end = std::min(text_.find_first_of(marks.data(), at_, marks.size()), text_.size());
  cell = text_.substr(at_, end - at_);
  at_ = end;
  if (at_ == text_.size() || text_[at_] == separator_ || at_line_end()) return {};
  if (text_[at_] == '"') return bad_line(line_, "a quote inside a cell that does not begin with one");
  return bad_line(line_, "a carriage return without a line feed");
}

Status CsvReader::read_quoted(std::string& cell) {
  const std::size_t first_line = line_;
  ++at_;
  for (;;) {
    const std::size_t quote = text_.find('"', at_);
    if (quote == std::string_view::npos) return bad_line(first_line, "a cell in quotes that never ends");
    const std::string_view part = text_.substr(at_, quote - at_);
    line_ += count_line_ends(part);
    cell += part;
    at_ = quote + 1;
    if (at_ == text_.size() || text_[at_] != '"') break;
    cell += '"';
    ++at_;
  }
  if (at_ == text_.size() || text_[at_] == separator_ || at_line_end()) return {};
  return bad_line(line_, "something between a closing quote and the end of its cell");
}

void CsvReader::skip_empty_lines() noexcept {
  while (at_ < text_.size() && skip_line_end()) {
  }
}

bool CsvReader::at_line_end() const noexcept {
  const std::string_view rest = text_.substr(at_);
  return rest.starts_with('\n') || rest.starts_with("\r\n");
}

// Whether there was one.
bool CsvReader::skip_line_end() noexcept {
  if (!at_line_end()) return false;
  at_ += text_[at_] == '\n' ? 1U : 2U;
  ++line_;
  return true;
}

}  // namespace scaup::inline v0
