#pragma once
// CSV by RFC 4180, one record at a time.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scaup/result.hpp"

namespace scaup::inline v0 {

constexpr std::size_t kMostCsvCells = 1'000;  ///< of one record

struct CsvRecord {
  std::vector<std::string> cells = {};
  std::size_t begin = 0;  ///< its first byte in the text
  std::size_t line = 1;   ///< and the line of that, from 1
};

/// Records end with CRLF, LF or the text; empty lines are none. A cell in quotes may hold separators, line ends and
/// doubled quotes; quotes elsewhere, and a CR without its LF outside of them, are errors.
///
/// Lifetime: the text is borrowed. Single-threaded: one thread at a time, even for const members.
class CsvReader {
 public:
  CsvReader(std::string_view text, char separator) : text_(text), separator_(separator) {}

  /// The next record; nothing at the end. Errors: `invalid_argument` with the line.
  [[nodiscard]] Result<std::optional<CsvRecord>> next();

 private:
  [[nodiscard]] Status read_cell(std::string& cell);
  [[nodiscard]] Status read_quoted(std::string& cell);
  void skip_empty_lines() noexcept;
  [[nodiscard]] bool at_line_end() const noexcept;
  bool skip_line_end() noexcept;

  const std::string_view text_;
  const char separator_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

}  // namespace scaup::inline v0
