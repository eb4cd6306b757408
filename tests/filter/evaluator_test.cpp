// The reference evaluator, operator by operator.

#include "filter/evaluator.hpp"

#include <cstdint>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/catch.hpp"

using namespace scaup;
using scaup::test::require_error;
using scaup::test::require_ok;

namespace {

const std::string kText = "A storm at sea, 1987. Caf\xC3\xA9.";

const Metadata kRow = {
    {"year", 2020},
    {"score", 0.5},
    {"name", "storm"},
    {"draft", false},
    {"tags", Value::StringList{"sea", "wind"}},
    {"pages", Value::IntegerList{1, 2}},
};

bool holds(const Filter& filter) {
  return require_ok(FilterEvaluator::prepare(filter)).matches(kText, kRow);
}

}  // namespace

TEST_CASE("evaluator: the empty filter holds for every document") {
  REQUIRE(holds(Filter()));
  REQUIRE(require_ok(FilterEvaluator::prepare({})).matches({}, {}));
}

TEST_CASE("evaluator: equal compares values of one kind") {
  REQUIRE(holds(field("year") == 2020));
  REQUIRE(holds(field("year") == 2020.0));
  REQUIRE_FALSE(holds(field("year") == 2021));
  REQUIRE_FALSE(holds(field("year") == "2020"));
  REQUIRE(holds(field("draft") == false));
  REQUIRE_FALSE(holds(field("draft") == 0));
  REQUIRE(holds(field("name") == "storm"));
  REQUIRE_FALSE(holds(field("name") == "Storm"));
  REQUIRE_FALSE(holds(field("missing") == ""));
}

TEST_CASE("evaluator: not_equal holds where the field is missing, of another kind or a list") {
  REQUIRE_FALSE(holds(field("year") != 2020));
  REQUIRE_FALSE(holds(field("year") != 2020.0));
  REQUIRE(holds(field("year") != 1));
  REQUIRE(holds(field("year") != "2020"));
  REQUIRE(holds(field("missing") != 1));
  REQUIRE(holds(field("tags") != "sea"));
}

TEST_CASE("evaluator: orderings are false where the field is missing or of another kind") {
  REQUIRE(holds(field("year") > 2019));
  REQUIRE_FALSE(holds(field("year") > 2020));
  REQUIRE(holds(field("year") >= 2020.0));
  REQUIRE(holds(field("year") < 2020.5));
  REQUIRE_FALSE(holds(field("year") < 2020));
  REQUIRE(holds(field("year") <= 2020));
  REQUIRE(holds(field("name") > "stor"));
  REQUIRE(holds(field("name") < "t"));
  for (const char* key : {"missing", "name", "draft", "tags", "pages"}) {
    REQUIRE_FALSE(holds(field(key) < 1e300));
    REQUIRE_FALSE(holds(field(key) >= -1e300));
  }
  REQUIRE_FALSE(holds(field("year") < "zzz"));
  REQUIRE_FALSE(holds(field("year") >= ""));
}

TEST_CASE("evaluator: integers beyond 2^53 are not rounded") {
  const std::int64_t large = (std::int64_t{1} << 53) + 1;
  const Metadata row = {{"n", large}};
  const auto matches = [&](const Filter& filter) {
    return require_ok(FilterEvaluator::prepare(filter)).matches({}, row);
  };
  REQUIRE(matches(field("n") == large));
  REQUIRE_FALSE(matches(field("n") == 9007199254740992.0));
  REQUIRE(matches(field("n") > 9007199254740992.0));
  REQUIRE_FALSE(matches(field("n").in({9007199254740992.0, 9007199254740994.0})));
  REQUIRE(matches(field("n").in({9007199254740992.0, large})));
}

TEST_CASE("evaluator: in is equality with one of the values, not_in its negation") {
  REQUIRE(holds(field("year").in({1, 2020, 3})));
  REQUIRE(holds(field("year").in({9999.5, 2020.0, -1})));
  REQUIRE_FALSE(holds(field("year").in({1, 2})));
  REQUIRE_FALSE(holds(field("year").in({"2020"})));
  REQUIRE(holds(field("name").in({"z", "storm", "a"})));
  REQUIRE(holds(field("draft").in({true, false})));
  REQUIRE(holds(field("draft").in({false})));
  REQUIRE_FALSE(holds(field("draft").in({true})));
  REQUIRE_FALSE(holds(field("missing").in({1})));
  REQUIRE_FALSE(holds(field("tags").in({"sea"})));
  REQUIRE(holds(field("missing").not_in({1})));
  REQUIRE(holds(field("tags").not_in({"sea"})));
  REQUIRE(holds(field("year").not_in({1, 2})));
  REQUIRE_FALSE(holds(field("year").not_in({1, 2020})));
}

TEST_CASE("evaluator: exists asks for the key alone") {
  REQUIRE(holds(field("tags").exists()));
  REQUIRE(holds(field("draft").exists()));
  REQUIRE_FALSE(holds(field("missing").exists()));
  REQUIRE(holds(!field("missing").exists()));
}

TEST_CASE("evaluator: starts_with asks string fields") {
  REQUIRE(holds(field("name").starts_with("sto")));
  REQUIRE(holds(field("name").starts_with("storm")));
  REQUIRE(holds(field("name").starts_with("")));
  REQUIRE_FALSE(holds(field("name").starts_with("storms")));
  REQUIRE_FALSE(holds(field("year").starts_with("2")));
  REQUIRE_FALSE(holds(field("tags").starts_with("sea")));
  REQUIRE_FALSE(holds(field("missing").starts_with("")));
}

TEST_CASE("evaluator: contains asks list fields, not_contains is its negation") {
  REQUIRE(holds(field("tags").contains("sea")));
  REQUIRE_FALSE(holds(field("tags").contains("se")));
  REQUIRE(holds(field("pages").contains(2.0)));
  REQUIRE_FALSE(holds(field("pages").contains("2")));
  REQUIRE_FALSE(holds(field("name").contains("storm")));
  REQUIRE_FALSE(holds(field("missing").contains("sea")));
  REQUIRE_FALSE(holds(field("tags").not_contains("sea")));
  REQUIRE(holds(field("tags").not_contains("se")));
  REQUIRE(holds(field("name").not_contains("storm")));
  REQUIRE(holds(field("missing").not_contains("sea")));
}

TEST_CASE("evaluator: text conditions look at the bytes of the text") {
  REQUIRE(holds(text().contains("storm at")));
  REQUIRE_FALSE(holds(text().contains("Storm")));
  REQUIRE(holds(text().not_contains("Storm")));
  REQUIRE_FALSE(holds(text().not_contains("storm")));
  REQUIRE(holds(text().matches("[0-9]{4}")));
  REQUIRE(holds(text().matches("(?i)STORM")));
  REQUIRE(holds(text().matches("^A")));
  REQUIRE_FALSE(holds(text().matches("^storm")));
  REQUIRE(holds(text().matches("Caf.\\.")));  // one code point, two bytes
  REQUIRE(holds(text().not_matches("^storm")));
  REQUIRE_FALSE(holds(text().not_matches("storm")));
}

TEST_CASE("evaluator: and, or, not combine") {
  const Filter yes = field("year") == 2020;
  const Filter no = field("year") == 1;
  REQUIRE(holds(yes && yes && yes));
  REQUIRE_FALSE(holds(yes && no && yes));
  REQUIRE(holds(no || no || yes));
  REQUIRE_FALSE(holds(no || no));
  REQUIRE(holds(!no));
  REQUIRE(holds(!(no || (yes && no))));
}

TEST_CASE("evaluator: each regular expression goes with its own condition") {
  REQUIRE(holds(text().matches("storm") && !(text().matches("calm") || text().not_matches("sea")) &&
                text().matches("1987")));
  REQUIRE_FALSE(holds(text().matches("storm") && text().matches("calm")));
}

TEST_CASE("evaluator: it says whether the text is needed, and else does not look at it") {
  REQUIRE_FALSE(require_ok(FilterEvaluator::prepare({})).needs_text());
  REQUIRE_FALSE(require_ok(FilterEvaluator::prepare(field("tags").contains("x"))).needs_text());
  REQUIRE(require_ok(FilterEvaluator::prepare(field("a") == 1 && !text().contains("x"))).needs_text());
  REQUIRE(require_ok(FilterEvaluator::prepare(text().not_matches("x"))).needs_text());
}

TEST_CASE("evaluator: a filter that does not validate cannot be prepared") {
  require_error(FilterEvaluator::prepare(field("") == 1), ErrorCode::invalid_argument, {"key"});
  require_error(FilterEvaluator::prepare(!Filter()), ErrorCode::invalid_argument, {"empty filter"});
  require_error(FilterEvaluator::prepare(text().matches("(")), ErrorCode::invalid_argument, {"$regex"});
}

TEST_CASE("evaluator: it outlives the filter, and moves") {
  auto evaluator = [] {
    const Filter filter = field("name").in({"a long string that is on the heap", "storm"}) && text().matches("sea");
    return require_ok(FilterEvaluator::prepare(filter));
  }();
  const FilterEvaluator moved = std::move(evaluator);
  REQUIRE(moved.matches(kText, kRow));
  REQUIRE_FALSE(moved.matches("land", kRow));
}

TEST_CASE("evaluator: one evaluator answers on several threads") {
  const auto evaluator = require_ok(FilterEvaluator::prepare(text().matches("s[a-z]+m") && field("year") > 2000));
  std::vector<int> hits(4);
  {
    std::vector<std::jthread> threads;
    for (int& count : hits) {
      threads.emplace_back([&evaluator, &count] {
        for (int i = 0; i < 1000; ++i) count += evaluator.matches(kText, kRow) ? 1 : 0;
      });
    }
  }
  REQUIRE(hits == std::vector<int>(4, 1000));
}

TEST_CASE("evaluator: long texts and expressions with many states stay within their memory") {
  std::string long_text;
  for (int i = 0; i < 20'000; ++i) long_text += i * i % 7 < 3 ? 'a' : 'b';
  const auto evaluator = require_ok(FilterEvaluator::prepare(text().matches("(a|b)*a(a|b){14}c")));
  REQUIRE_FALSE(evaluator.matches(long_text, {}));
  REQUIRE(evaluator.matches(long_text + "abbbbbbbbbbbbbbc", {}));
}
