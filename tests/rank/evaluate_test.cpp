#include "scaup/evaluate.hpp"

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace scaup;
using scaup::test::require_error;
using scaup::test::require_ok;

namespace {

constexpr double kTiny = 1e-12;

std::vector<ScoredId> ranking(const std::vector<std::string>& ids) {
  std::vector<ScoredId> entries;
  for (const std::string& id : ids) entries.push_back({id, 0});
  return entries;
}

double measured(const Run& run, const Judgements& judgements, MeasureAt measure) {
  return require_ok(evaluate(run, judgements, {.measures = {measure}, .bootstrap = {.draws = 100}})).measures[0].mean;
}

// One query; relevant are a (3), c (2), e (1) and x (1), which is not found; d is judged 0 and n below.
const Judgements kJudged = {{"q", {{"a", 3}, {"c", 2}, {"e", 1}, {"x", 1}, {"d", 0}, {"n", -2}}}};
const Run kRun = {{"q", ranking({"b", "a", "n", "c", "d", "e"})}};  // gains 0 3 0 2 0 1

}  // namespace

TEST_CASE("evaluate: precision counts the first k, also where fewer came back") {
  REQUIRE(measured(kRun, kJudged, {Measure::precision, 2}) == Approx(0.5).margin(kTiny));
  REQUIRE(measured(kRun, kJudged, {Measure::precision, 5}) == Approx(0.4).margin(kTiny));
  REQUIRE(measured(kRun, kJudged, {Measure::precision, 10}) == Approx(0.3).margin(kTiny));
}

TEST_CASE("evaluate: recall and hit rate are of all relevant documents") {
  REQUIRE(measured(kRun, kJudged, {Measure::recall, 4}) == Approx(0.5).margin(kTiny));
  REQUIRE(measured(kRun, kJudged, {Measure::recall, 100}) == Approx(0.75).margin(kTiny));
  REQUIRE(measured(kRun, kJudged, {Measure::hit_rate, 1}) == 0);
  REQUIRE(measured(kRun, kJudged, {Measure::hit_rate, 2}) == 1);
}

TEST_CASE("evaluate: MRR looks at the first relevant document within k") {
  REQUIRE(measured(kRun, kJudged, {Measure::mrr, 1}) == 0);
  REQUIRE(measured(kRun, kJudged, {Measure::mrr, 10}) == Approx(0.5).margin(kTiny));
}

TEST_CASE("evaluate: MAP divides the precisions at relevant documents by all relevant ones") {
  // 1/2 at the second, 2/4 at the fourth, 3/6 at the sixth.
  REQUIRE(measured(kRun, kJudged, {Measure::map, 10}) == Approx(1.5 / 4).margin(kTiny));
  REQUIRE(measured(kRun, kJudged, {Measure::map, 4}) == Approx(1.0 / 4).margin(kTiny));
  REQUIRE(measured(kRun, kJudged, {Measure::map, 2}) == Approx(0.5 / 4).margin(kTiny));
}

TEST_CASE("evaluate: nDCG has linear gains and the ideal of the judgements") {
  const double found = 3 / std::log2(3.0) + 2 / std::log2(5.0) + 1 / std::log2(7.0);
  const double ideal = 3 / std::log2(2.0) + 2 / std::log2(3.0) + 1 / std::log2(4.0) + 1 / std::log2(5.0);
  REQUIRE(measured(kRun, kJudged, {Measure::ndcg, 10}) == Approx(found / ideal).margin(kTiny));
  // Of the first two: one found, two in the ideal.
  REQUIRE(measured(kRun, kJudged, {Measure::ndcg, 2}) ==
          Approx((3 / std::log2(3.0)) / (3 + 2 / std::log2(3.0))).margin(kTiny));
  REQUIRE(measured({{"q", ranking({"a", "c", "x", "e"})}}, kJudged, {Measure::ndcg, 10}) == Approx(1).margin(kTiny));
}

TEST_CASE("evaluate: the mean is over the queries that have a relevant document") {
  const Judgements judgements = {{"1", {{"a", 1}}}, {"2", {{"b", 1}}}, {"3", {{"c", 1}}}, {"4", {{"d", 0}}}};
  const Run run = {{"1", ranking({"a"})}, {"2", ranking({"x", "b"})}, {"4", ranking({"d"})}, {"5", ranking({"z"})}};
  const auto report = require_ok(evaluate(run, judgements, {.measures = {{Measure::mrr, 10}, {Measure::recall, 1}}}));
  REQUIRE(report.queries == std::vector<std::string>{"1", "2", "3"});
  REQUIRE(report.measures[0].per_query == std::vector<double>{1, 0.5, 0});
  REQUIRE(report.measures[0].mean == Approx(0.5).margin(kTiny));
  REQUIRE(report.measures[1].mean == Approx(1.0 / 3).margin(kTiny));
  REQUIRE(report.unanswered == 1);
  REQUIRE(report.unjudged == 2);
}

TEST_CASE("evaluate: the interval is the same every time and holds the mean") {
  std::mt19937_64 random(3);
  Run run;
  Judgements judgements;
  for (int query = 0; query < 60; ++query) {
    const std::string id = std::to_string(query);
    judgements[id] = {{"a", 1}};
    run[id] = random() % 2 == 0 ? ranking({"a", "b"}) : ranking({"b", "c"});
  }
  const EvaluateOptions options{.measures = {{Measure::hit_rate, 10}}};
  const auto report = require_ok(evaluate(run, judgements, options));
  const auto again = require_ok(evaluate(run, judgements, options));
  const MeasureReport& measure = report.measures[0];
  REQUIRE(measure.interval.low == again.measures[0].interval.low);
  REQUIRE(measure.interval.high == again.measures[0].interval.high);
  // A share p of 60: the standard error is sqrt(p (1 - p) / 60), the interval about 1.96 of them to each side.
  const double error = std::sqrt(measure.mean * (1 - measure.mean) / 60);
  REQUIRE(measure.interval.low == Approx(measure.mean - 1.96 * error).margin(0.03));
  REQUIRE(measure.interval.high == Approx(measure.mean + 1.96 * error).margin(0.03));
  const auto narrow =
      require_ok(evaluate(run, judgements, {.measures = {{Measure::hit_rate, 10}}, .bootstrap = {.confidence = 0.5}}));
  REQUIRE(narrow.measures[0].interval.high - narrow.measures[0].interval.low <
          measure.interval.high - measure.interval.low);
}

TEST_CASE("evaluate: refuses what cannot be measured") {
  const auto refused = [](const Run& run, const Judgements& judgements, const EvaluateOptions& options,
                          std::string_view part) {
    require_error(evaluate(run, judgements, options), ErrorCode::invalid_argument, {part});
  };
  refused(kRun, kJudged, {.measures = {{Measure::ndcg, 0}}}, "k = 0");
  refused(kRun, kJudged, {.measures = {{static_cast<Measure>(17), 1}}}, "enum Measure");
  refused(kRun, kJudged, {.bootstrap = {.draws = 99}}, "draws");
  refused(kRun, kJudged, {.bootstrap = {.confidence = 1}}, "confidence");
  refused({{"q", ranking({"a", "b", "a"})}}, kJudged, {}, "\"a\" is ranked twice");
  refused(kRun, {}, {}, "no query");
  refused(kRun, {{"q", {{"a", 0}}}}, {}, "no query");
}

TEST_CASE("evaluate: measures have names") {
  REQUIRE(to_string(MeasureAt{Measure::ndcg, 10}) == "nDCG@10");
  REQUIRE(to_string(MeasureAt{Measure::hit_rate, 1}) == "hit rate@1");
}

TEST_CASE("compare: the difference, who wins, and its interval") {
  const std::vector<double> first = {0.2, 0.5, 0.5, 0.9};
  const std::vector<double> second = {0.4, 0.5, 0.8, 0.8};
  const auto comparison = require_ok(compare_paired(first, second));
  REQUIRE(comparison.first_mean == Approx(0.525));
  REQUIRE(comparison.second_mean == Approx(0.625));
  REQUIRE(comparison.difference == Approx(0.1));
  REQUIRE(comparison.second_better == 2);
  REQUIRE(comparison.first_better == 1);
  REQUIRE(comparison.interval.low < 0.1);
  REQUIRE(comparison.interval.high > 0.1);
  // Of the 8 choices of signs of .2, .3 and .1, four have a sum of .4 or more in size: .6, .4, and their opposites.
  REQUIRE(comparison.p_value == Approx(0.5).margin(0.02));
}

TEST_CASE("compare: equal systems have a p-value of 1, one that always wins a small one") {
  const std::vector<double> first(30, 0.5);
  REQUIRE(require_ok(compare_paired(first, first)).p_value == 1);
  const std::vector<double> second(30, 0.6);
  const auto comparison = require_ok(compare_paired(first, second));
  REQUIRE(comparison.p_value == Approx(1.0 / 10'001));
  REQUIRE(comparison.interval.low == Approx(0.1));
  REQUIRE(comparison.second_better == 30);
}

TEST_CASE("compare: two runs by one measure") {
  const Judgements judgements = {{"1", {{"a", 1}}}, {"2", {{"b", 1}}}};
  const Run first = {{"1", ranking({"a"})}, {"2", ranking({"x"})}};
  const Run second = {{"1", ranking({"a"})}, {"2", ranking({"x", "b"})}};
  const auto comparison = require_ok(compare_runs(first, second, judgements, {Measure::mrr, 10}));
  REQUIRE(comparison.difference == Approx(0.25));
  REQUIRE(comparison.second_better == 1);
  REQUIRE(comparison.first_better == 0);
}

TEST_CASE("compare: refuses values that are no pairs") {
  require_error(compare_paired({}, {}), ErrorCode::invalid_argument);
  const std::vector<double> one = {1};
  const std::vector<double> two = {1, 2};
  const std::vector<double> nan = {std::nan("")};
  require_error(compare_paired(one, two), ErrorCode::invalid_argument, {"1 and 2"});
  require_error(compare_paired(one, nan), ErrorCode::invalid_argument, {"second"});
  require_error(compare_paired(one, one, {.draws = 0}), ErrorCode::invalid_argument, {"draws"});
}
