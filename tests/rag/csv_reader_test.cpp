#include "rag/csv_reader.hpp"

#include <random>
#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace scaup;
using scaup::test::require_error;
using scaup::test::require_ok;

namespace {

using Rows = std::vector<std::vector<std::string>>;

Result<Rows> read(std::string_view text, char separator = ',') {
  CsvReader reader(text, separator);
  Rows rows;
  for (;;) {
    auto record = reader.next();
    if (!record) return std::move(record).error();
    if (!*record) return rows;
    rows.push_back((*record)->cells);
  }
}

// As RFC 4180 writes it: quotes only where they are needed.
std::string write(const Rows& rows, std::string_view line_end) {
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) text += ',';
      const bool plain = row[i].find_first_of(",\"\r\n") == std::string::npos && !(row.size() == 1 && row[i].empty());
      if (plain) {
        text += row[i];
        continue;
      }
      text += '"';
      for (const char c : row[i]) text += c == '"' ? std::string("\"\"") : std::string(1, c);
      text += '"';
    }
    text += line_end;
  }
  return text;
}

}  // namespace

TEST_CASE("csv: rows of plain cells, with either line end and with none") {
  REQUIRE(require_ok(read("a,b\r\nc,\n,d")) == Rows{{"a", "b"}, {"c", ""}, {"", "d"}});
  REQUIRE(require_ok(read(" a ; b", ';')) == Rows{{" a ", " b"}});
  REQUIRE(require_ok(read("a,")) == Rows{{"a", ""}});
  REQUIRE(require_ok(read("a\tb\n", '\t')) == Rows{{"a", "b"}});
}

TEST_CASE("csv: cells in quotes hold separators, quotes and line ends") {
  REQUIRE(require_ok(read("\"a,b\",\"say \"\"hi\"\"\",\"one\r\ntwo\"\n\"\",x\n")) ==
          Rows{{"a,b", "say \"hi\"", "one\r\ntwo"}, {"", "x"}});
  REQUIRE(require_ok(read("\"\"")) == Rows{{""}});
}

TEST_CASE("csv: empty lines are no rows") {
  REQUIRE(require_ok(read("")).empty());
  REQUIRE(require_ok(read("\n\r\n")).empty());
  REQUIRE(require_ok(read("\na\n\n\r\nb\n\n")) == Rows{{"a"}, {"b"}});
}

TEST_CASE("csv: a record knows where it begins") {
  CsvReader reader("a\n\n\"b\nc\"\nd\n", ',');
  REQUIRE(require_ok(reader.next())->line == 1);
  const auto second = require_ok(reader.next());
  REQUIRE(second->line == 3);
  REQUIRE(second->begin == 3);
  const auto third = require_ok(reader.next());
  REQUIRE(third->line == 5);
  REQUIRE(third->begin == 9);
  REQUIRE_FALSE(require_ok(reader.next()).has_value());
}

TEST_CASE("csv: what RFC 4180 does not know is an error with its line") {
  require_error(read("a\nb\"c\"\n"), ErrorCode::invalid_argument, {"line 2", "quote inside a cell"});
  require_error(read("a\n\"b\" c\n"), ErrorCode::invalid_argument, {"line 2", "closing quote"});
  require_error(read("a\n\n\"b\nc"), ErrorCode::invalid_argument, {"line 3", "never ends"});
  require_error(read("a\rb"), ErrorCode::invalid_argument, {"line 1", "carriage return"});
  require_error(read("\"x\"\r"), ErrorCode::invalid_argument, {"line 1"});
  require_error(read(std::string(2'000, ',')), ErrorCode::invalid_argument, {"line 1", "more than 1000 cells"});
}

TEST_CASE("csv: what was written is read again") {
  std::mt19937_64 random(7);
  const auto below = [&](std::size_t bound) { return static_cast<std::size_t>(random() % bound); };
  constexpr std::string_view kAlphabet = "ab,\"\r\n; ";
  for (int round = 0; round < 500; ++round) {
    Rows rows(1 + below(5), std::vector<std::string>(1 + below(4)));
    for (auto& row : rows) {
      for (std::string& cell : row) {
        for (std::size_t size = below(6); size > 0; --size) cell += kAlphabet[below(kAlphabet.size())];
      }
    }
    for (const std::string_view line_end : {"\n", "\r\n"}) {
      const std::string text = write(rows, line_end);
      INFO(text);
      REQUIRE(require_ok(read(text)) == rows);
    }
  }
}
