#include "filter/filter_index.hpp"

#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "filter/evaluator.hpp"
#include "filter/filter_generator.hpp"
#include "support/catch.hpp"

using namespace scaup;
using scaup::test::FilterGenerator;
using scaup::test::require_ok;
using scaup::test::Row;

namespace {

using Slots = std::set<Slot>;

Slots contents(const SlotSet& set) {
  Slots slots;
  set.for_each([&](Slot slot) { slots.insert(slot); });
  return slots;
}

bool has_text_condition(const Filter& filter) {
  return require_ok(FilterEvaluator::prepare(filter)).needs_text();
}

// Rows beside the index that was told of them, and the reference answer.
class IndexedRows {
 public:
  void add(Slot slot, Row row) {
    index.add(slot, row.metadata);
    rows.emplace(slot, std::move(row));
  }
  void add(Slot slot, Metadata metadata) { add(slot, Row{"", std::move(metadata)}); }

  void remove(Slot slot) {
    index.remove(slot, rows.at(slot).metadata);
    rows.erase(slot);
  }

  [[nodiscard]] Slots matching(const Filter& filter, const Slots& among) const {
    const auto evaluator = require_ok(FilterEvaluator::prepare(filter));
    Slots slots;
    for (const Slot slot : among) {
      const Row& row = rows.at(slot);
      if (evaluator.matches(row.text, row.metadata)) slots.insert(slot);
    }
    return slots;
  }

  [[nodiscard]] Slots all() const {
    Slots slots;
    for (const auto& [slot, row] : rows) slots.insert(slot);
    return slots;
  }

  // Requires what the index promises about this filter.
  void check(const Filter& filter) const {
    INFO(filter.to_json());
    const Slots truth = matching(filter, all());
    const FilterAnswer answer = index.candidates(filter);
    const Slots candidates = contents(answer.slots);
    if (!has_text_condition(filter)) REQUIRE(answer.exact);
    if (answer.exact) REQUIRE(candidates == truth);
    if (!answer.exact) REQUIRE(matching(filter, candidates) == truth);
    const FilterEstimate estimate = index.estimate(filter);
    REQUIRE(estimate.at_least <= truth.size());
    REQUIRE(estimate.at_most >= truth.size());
    REQUIRE(estimate.at_most <= rows.size());
  }

  FilterIndex index;
  std::map<Slot, Row> rows;
};

// Ten slots: n is the slot as an integer, even is there for even ones, tags has the two digits' parity.
IndexedRows ten_rows() {
  IndexedRows rows;
  for (Slot slot = 0; slot < 10; ++slot) {
    Metadata metadata = {{"n", slot}, {"name", "row " + std::to_string(slot)}};
    if (slot % 2 == 0) metadata.emplace("even", true);
    metadata.emplace("tags", slot < 5 ? Value::StringList{"low", "any"} : Value::StringList{"high", "any", "any"});
    rows.add(slot, Row{slot == 3 ? "storm" : "calm", metadata});
  }
  return rows;
}

}  // namespace

TEST_CASE("filter index: an empty index answers every filter with nothing") {
  const FilterIndex index;
  for (const Filter& filter : {Filter(), field("a") == 1, !(field("a") == 1), field("a") < 3, text().contains("x")}) {
    REQUIRE(index.candidates(filter).slots.empty());
    REQUIRE(index.candidates(filter).exact);
    REQUIRE(index.estimate(filter).at_most == 0);
  }
}

TEST_CASE("filter index: each operator finds its slots") {
  const IndexedRows rows = ten_rows();
  const auto found = [&](const Filter& filter) {
    rows.check(filter);
    return contents(rows.index.candidates(filter).slots);
  };
  REQUIRE(found(Filter()).size() == 10);
  REQUIRE(found(field("n") == 4.0) == Slots{4});
  REQUIRE(found(field("n") != 4).size() == 9);
  REQUIRE(found(field("n") < 2) == Slots{0, 1});
  REQUIRE(found(field("n") <= 1.5) == Slots{0, 1});
  REQUIRE(found(field("n") > 8) == Slots{9});
  REQUIRE(found(field("n") >= 8) == Slots{8, 9});
  REQUIRE(found(field("n").in({1, 3.0, 1, 77})) == Slots{1, 3});
  REQUIRE(found(field("n").not_in({1, 3})).size() == 8);
  REQUIRE(found(field("even").exists()) == Slots{0, 2, 4, 6, 8});
  REQUIRE(found(!field("even").exists()) == Slots{1, 3, 5, 7, 9});
  REQUIRE(found(field("even") == true) == Slots{0, 2, 4, 6, 8});
  REQUIRE(found(field("even") != true) == Slots{1, 3, 5, 7, 9});
  REQUIRE(found(field("name").starts_with("row 7")) == Slots{7});
  REQUIRE(found(field("name").starts_with("")).size() == 10);
  REQUIRE(found(field("name") > "row 7") == Slots{8, 9});
  REQUIRE(found(field("tags").contains("high")) == Slots{5, 6, 7, 8, 9});
  REQUIRE(found(field("tags").not_contains("high")) == Slots{0, 1, 2, 3, 4});
  REQUIRE(found(field("tags") == "high").empty());
  REQUIRE(found(field("n").contains(4)).empty());
  REQUIRE(found(field("missing") == 1).empty());
  REQUIRE(found(field("missing") != 1).size() == 10);
}

TEST_CASE("filter index: a range with two ends is looked up as one, and its estimate is exact") {
  const IndexedRows rows = ten_rows();
  const Filter between = field("n") >= 3 && (field("even").exists() && field("n") < 7);
  rows.check(between);
  REQUIRE(contents(rows.index.candidates(between).slots) == Slots{4, 6});
  const FilterEstimate estimate = rows.index.estimate(field("n") >= 3 && field("n") < 7);
  REQUIRE(estimate.at_least == 4);
  REQUIRE(estimate.at_most == 4);
  rows.check(field("n") > 7 && field("n") < 3);
  rows.check(field("n") > 3 && field("n") < "x");
  rows.check(field("n") > 3 && field("name") < "row 5");
}

TEST_CASE("filter index: conditions on the text are narrowed by the others") {
  const IndexedRows rows = ten_rows();
  const Filter storm = text().contains("storm");
  const auto candidates = [&](const Filter& filter) {
    rows.check(filter);
    return rows.index.candidates(filter);
  };
  SECTION("alone, they leave everything possible") {
    REQUIRE(candidates(storm).slots.cardinality() == 10);
    REQUIRE_FALSE(candidates(storm).exact);
    REQUIRE(candidates(!storm).slots.cardinality() == 10);
  }
  SECTION("and") {
    REQUIRE(contents(candidates(storm && field("n") < 5).slots) == Slots{0, 1, 2, 3, 4});
  }
  SECTION("or") {
    REQUIRE(candidates(storm || field("n") < 5).slots.cardinality() == 10);
    REQUIRE(contents(candidates((storm && field("n") < 5) || field("n") == 9).slots) == Slots{0, 1, 2, 3, 4, 9});
  }
  SECTION("a negation is narrowed by what certainly holds below it") {
    REQUIRE(contents(candidates(!(storm || field("n") < 5)).slots) == Slots{5, 6, 7, 8, 9});
    REQUIRE(candidates(!(storm && field("n") < 5)).slots.cardinality() == 10);
    REQUIRE(contents(candidates(!(!storm || field("n") < 5)).slots) == Slots{5, 6, 7, 8, 9});
  }
  SECTION("no candidates is an exact answer") {
    REQUIRE(candidates(storm && field("n") > 50).exact);
  }
}

TEST_CASE("filter index: estimates of one condition are exact") {
  const IndexedRows rows = ten_rows();
  for (const Filter& filter :
       {field("n") == 3, field("n") != 3, field("n") < 4, field("n").in({3, 3, 4.0}), field("n").not_in({3, 4}),
        field("tags").contains("any"), field("tags").not_contains("low"), field("even").exists(),
        field("name").starts_with("row"), Filter(), !(field("n") > 1)}) {
    INFO(filter.to_json());
    const std::size_t truth = rows.index.candidates(filter).slots.cardinality();
    REQUIRE(rows.index.estimate(filter).at_least == truth);
    REQUIRE(rows.index.estimate(filter).at_most == truth);
  }
}

TEST_CASE("filter index: random filters on rows added, updated and removed in random order") {
  std::mt19937_64 random(7);
  FilterGenerator generator(8);
  IndexedRows rows;
  std::size_t narrowed = 0;
  for (std::size_t i = 0; i < 8'000; ++i) {
    const auto slot = static_cast<Slot>(random() % 60 + (random() % 2) * 70'000);
    const bool is_there = rows.rows.contains(slot);
    if (is_there) rows.remove(slot);
    if (!is_there || random() % 2 == 0) rows.add(slot, generator.row());
    const Filter filter = generator.filter(1 + i % 5).filter;
    rows.check(filter);
    const FilterAnswer answer = rows.index.candidates(filter);
    if (!answer.exact && answer.slots.cardinality() < rows.rows.size()) ++narrowed;
  }
  REQUIRE(narrowed > 500);
  while (!rows.rows.empty()) rows.remove(rows.rows.begin()->first);
  REQUIRE(rows.index.live().empty());
  REQUIRE(rows.index.find("a") == nullptr);
}

TEST_CASE("filter index: ordering conditions on many rows, with two ends, negated and joined") {
  std::mt19937_64 random(9);
  constexpr std::int64_t two53 = std::int64_t{1} << 53;
  IndexedRows rows;
  const auto number = [&]() -> Value {
    const auto small = static_cast<std::int64_t>(random() % 2000) - 1000;
    switch (random() % 4) {
      case 0: return two53 + small % 5;
      case 1: return static_cast<double>(two53) + static_cast<double>(small % 5) * 2;
      case 2: return static_cast<double>(small) / 4;
      default: return small;
    }
  };
  const auto word = [&]() -> Value { return std::string(random() % 3, 'a') + std::to_string(random() % 900); };
  for (Slot slot = 0; slot < 3'000; ++slot) {
    rows.add(slot * 50, {{"n", number()}, {"mixed", slot % 3 == 0 ? word() : number()}, {"word", word()}});
  }
  const auto end = [&](const std::string& key) -> Filter {
    const Value operand = key == "word" || (key == "mixed" && random() % 2 == 0) ? word() : number();
    const Field on = field(key);
    switch (random() % 4) {
      case 0: return on < operand;
      case 1: return on <= operand;
      case 2: return on > operand;
      default: return on >= operand;
    }
  };
  for (std::size_t i = 0; i < 150; ++i) {
    const std::string key = std::vector<std::string>{"n", "mixed", "word"}[i % 3];
    rows.check(end(key));
    rows.check(end(key) && end(key));
    rows.check(!(end(key) && end("n")) && end(key));
    rows.check(end(key) || !end("n"));
    rows.check(field(key).starts_with(*word().get_if<std::string>()) && end(key));
  }
}

TEST_CASE("filter index: frequent values, rare ones and lists on many rows") {
  std::mt19937_64 random(10);
  IndexedRows rows;
  for (Slot slot = 0; slot < 8'000; ++slot) {
    const auto at = static_cast<std::int64_t>(slot);
    rows.add(slot, {{"half", at % 2 == 0},
                    {"ten", at % 10},
                    {"few", at % 3'000},
                    {"tags", Value::IntegerList{at % 4, at % 7, at % 1'000}}});
  }
  const auto condition = [&]() -> Filter {
    const auto pick = static_cast<std::int64_t>(random() % 8);
    switch (random() % 6) {
      case 0: return field("half") == (pick % 2 == 0);
      case 1: return field("ten") != pick;
      case 2: return field("few").in({pick, pick * 100, pick * 300});
      case 3: return field("tags").contains(pick);
      case 4: return field("tags").not_contains(pick);
      default: return field("few") < pick * 400;
    }
  };
  for (std::size_t i = 0; i < 60; ++i) {
    rows.check(condition() && condition() && condition());
    rows.check((condition() || condition()) && !(condition() && condition()));
    rows.check(condition() || condition() || condition());
  }
  for (Slot slot = 0; slot < 8'000; slot += 1 + slot % 2) rows.remove(slot);
  for (std::size_t i = 0; i < 20; ++i) rows.check((condition() || condition()) && condition());
}

TEST_CASE("filter index: memory comes back when rows go") {
  IndexedRows rows;
  for (Slot slot = 0; slot < 20'000; ++slot)
    rows.add(slot, {{"n", slot}, {"name", "a name of some length " + std::to_string(slot)}});
  const std::size_t full = rows.index.memory_bytes();
  REQUIRE(full > 20'000 * 40);
  for (Slot slot = 0; slot < 19'900; ++slot) rows.remove(slot);
  REQUIRE(rows.index.memory_bytes() < full / 10);
}
