// Builder, JSON form and evaluator against each other and against an evaluator that shares no code.

#include <cstddef>
#include <random>
#include <string>
#include <vector>

#include "filter/evaluator.hpp"
#include "filter/filter_generator.hpp"
#include "support/catch.hpp"

using namespace scaup;
using scaup::test::FilterGenerator;
using scaup::test::NaiveEvaluator;
using scaup::test::require_ok;
using scaup::test::Row;
using scaup::test::WrittenFilter;

namespace {

constexpr std::size_t kFilters = 8'000;
constexpr std::size_t kRows = 40;

std::vector<Row> make_rows() {
  FilterGenerator generator(2);
  std::vector<Row> rows;
  while (rows.size() < kRows) rows.push_back(generator.row());
  rows.push_back({});  // nothing at all
  return rows;
}

bool naively(const std::string& json, const Row& row) {
  return NaiveEvaluator(row).clause(require_ok(parse_json(json, {.max_depth = 256})));
}

}  // namespace

TEST_CASE("filter: what is written is read back, and evaluated as the language says") {
  FilterGenerator generator(1);
  const std::vector<Row> rows = make_rows();
  std::size_t holding = 0;
  for (std::size_t i = 0; i < kFilters; ++i) {
    const WrittenFilter written = generator.filter(1 + i % 5);
    INFO("json:      " << written.json());
    const std::string canonical = written.filter.to_json();
    INFO("canonical: " << canonical);
    REQUIRE(require_ok(Filter::parse(written.json())) == written.filter);
    REQUIRE(require_ok(Filter::parse(canonical)) == written.filter);
    const auto evaluator = require_ok(FilterEvaluator::prepare(written.filter));
    const JsonValue as_written = require_ok(parse_json(written.json()));
    const JsonValue as_canonical = require_ok(parse_json(canonical));
    for (std::size_t r = 0; r < rows.size(); ++r) {
      const bool holds = evaluator.matches(rows[r].text, rows[r].metadata);
      holding += holds ? 1U : 0U;
      const bool expected = NaiveEvaluator(rows[r]).clause(as_written);
      if (holds == expected && NaiveEvaluator(rows[r]).clause(as_canonical) == expected) continue;
      FAIL("row " << r << ": expected " << expected);
    }
  }
  // The rows must tell filters apart: neither all hold nor all fail.
  REQUIRE(holding > kFilters * rows.size() / 5);
  REQUIRE(holding < kFilters * rows.size() * 4 / 5);
}

TEST_CASE("filter: negation turns every answer around") {
  FilterGenerator generator(3);
  const std::vector<Row> rows = make_rows();
  for (std::size_t i = 0; i < 500; ++i) {
    const Filter filter = generator.filter(3).filter;
    const auto positive = require_ok(FilterEvaluator::prepare(filter));
    const auto negative = require_ok(FilterEvaluator::prepare(!filter));
    for (const Row& row : rows) {
      REQUIRE(positive.matches(row.text, row.metadata) != negative.matches(row.text, row.metadata));
    }
  }
}

TEST_CASE("filter: JSON with a few random bytes changed is read to a valid filter or refused") {
  FilterGenerator generator(4);
  std::mt19937_64 random(5);
  std::size_t accepted = 0;
  for (std::size_t i = 0; i < 20'000; ++i) {
    std::string json = generator.filter(3).json();
    for (std::size_t n = random() % 3; n > 0; --n) json[random() % json.size()] = "{}[]\":,$x0.e-"[random() % 13];
    const auto filter = Filter::parse(json);
    if (!filter) {
      REQUIRE(filter.error().message().starts_with("filter: "));
      continue;
    }
    ++accepted;
    INFO(json);
    require_ok(filter->validate());
    REQUIRE(require_ok(Filter::parse(filter->to_json())) == *filter);
    const Row row = generator.row();
    if (json.find("regex") != std::string::npos) continue;  // known to the naive evaluator when whole only
    REQUIRE(require_ok(FilterEvaluator::prepare(*filter)).matches(row.text, row.metadata) == naively(json, row));
  }
  REQUIRE(accepted > 2'000);
  REQUIRE(accepted < 18'000);
}
