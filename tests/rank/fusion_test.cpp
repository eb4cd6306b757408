#include "scaup/fusion.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "rank/fuse_lists.hpp"
#include "support/catch.hpp"

using namespace scaup;
using scaup::test::require_error;
using scaup::test::require_ok;

namespace {

using List = std::vector<ScoredId>;
using Lists = std::vector<List>;
using Ids = std::vector<std::string>;

constexpr double kTiny = 1e-12;

Ids ids_of(const std::vector<FusedId>& fused) {
  Ids ids;
  for (const FusedId& one : fused) ids.push_back(one.id);
  return ids;
}

// Two lists that share b and c.
const Lists kWorked = {{{"a", 10}, {"b", 8}, {"c", 2}}, {{"c", 0.9}, {"b", 0.5}, {"d", 0.4}}};

Match match_of(std::string id, double score, ScoreParts parts) {
  return {.document = {.id = std::move(id), .text = "text"}, .score = score, .rank = 7, .parts = parts};
}

}  // namespace

TEST_CASE("fusion: reciprocal rank adds weight / (60 + rank) with ranks from 1") {
  const auto fused = require_ok(fuse(kWorked, {.method = Fusion::reciprocal_rank}));
  REQUIRE(ids_of(fused) == Ids{"c", "b", "a", "d"});
  REQUIRE(fused[0].score == Approx(1.0 / 63 + 1.0 / 61).margin(kTiny));
  REQUIRE(fused[1].score == Approx(2.0 / 62).margin(kTiny));
  REQUIRE(fused[2].score == Approx(1.0 / 61).margin(kTiny));
  REQUIRE(fused[3].score == Approx(1.0 / 63).margin(kTiny));
  REQUIRE(fused[0].rank == 1);
  REQUIRE(fused[3].rank == 4);

  const auto weighted =
      require_ok(fuse(kWorked, {.method = Fusion::reciprocal_rank, .weights = {3, 0.5}, .rank_constant = 2}));
  REQUIRE(ids_of(weighted) == Ids{"a", "b", "c", "d"});
  REQUIRE(weighted[0].score == Approx(3.0 / 3).margin(kTiny));
  REQUIRE(weighted[1].score == Approx(3.0 / 4 + 0.5 / 4).margin(kTiny));
  REQUIRE(weighted[2].score == Approx(3.0 / 5 + 0.5 / 3).margin(kTiny));
}

TEST_CASE("fusion: relative score takes minimum and maximum of each list") {
  const auto fused = require_ok(fuse(kWorked, {.method = Fusion::relative_score, .weights = {0.7, 0.3}}));
  // a: 0.7 * 1; b: 0.7 * 6/8 + 0.3 * 0.1/0.5; c: 0.7 * 0 + 0.3 * 1; d: 0.3 * 0.
  REQUIRE(ids_of(fused) == Ids{"a", "b", "c", "d"});
  REQUIRE(fused[0].score == Approx(0.7).margin(kTiny));
  REQUIRE(fused[1].score == Approx(0.525 + 0.06).margin(kTiny));
  REQUIRE(fused[2].score == Approx(0.3).margin(kTiny));
  REQUIRE(fused[3].score == Approx(0).margin(kTiny));
}

TEST_CASE("fusion: relative score gives each of several equal scores the full weight") {
  const auto fused = require_ok(fuse({{{"x", 3}, {"y", 3}}, {{"z", -1}}}, {.method = Fusion::relative_score}));
  for (const FusedId& one : fused) REQUIRE(one.score == 1);
  REQUIRE(ids_of(fused) == Ids{"x", "y", "z"});
}

TEST_CASE("fusion: distribution-based takes mean and standard deviation of the sample") {
  // 1, 2, 3: mean 2, s = 1; 3 lies at (3 - (2 - 3)) / 6 = 4/6, 2 at 1/2, 1 at 2/6.
  const auto fused = require_ok(
      fuse({{{"a", 3}, {"b", 2}, {"c", 1}}, {{"c", 42}}}, {.method = Fusion::distribution_based, .weights = {1, 2}}));
  REQUIRE(ids_of(fused) == Ids{"c", "a", "b"});
  REQUIRE(fused[0].score == Approx(2.0 / 6 + 2 * 0.5).margin(kTiny));
  REQUIRE(fused[1].score == Approx(4.0 / 6).margin(kTiny));
  REQUIRE(fused[2].score == Approx(0.5).margin(kTiny));
  const auto equal = require_ok(fuse({{{"a", 0.1}, {"b", 0.1}, {"c", 0.1}}}, {.method = Fusion::distribution_based}));
  for (const FusedId& one : equal) REQUIRE(one.score == 0.5);
}

TEST_CASE("fusion: weighted sum adds the scores as they are") {
  const auto fused = require_ok(fuse(kWorked, {.method = Fusion::weighted_sum, .weights = {0.5, 10}}));
  REQUIRE(ids_of(fused) == Ids{"c", "b", "a", "d"});
  REQUIRE(fused[0].score == Approx(1 + 9).margin(kTiny));
  REQUIRE(fused[1].score == Approx(4 + 5).margin(kTiny));
  REQUIRE(fused[3].score == Approx(4).margin(kTiny));
}

TEST_CASE("fusion: each result says its rank, score and contribution in every list") {
  const auto fused = require_ok(fuse(kWorked, {.method = Fusion::relative_score}));
  const auto c = std::ranges::find(fused, "c", &FusedId::id);
  REQUIRE(c->parts.size() == 2);
  REQUIRE(c->parts[0].rank == 3);
  REQUIRE(c->parts[0].score == 2);
  REQUIRE(c->parts[0].contribution == 0);
  REQUIRE(c->parts[1].rank == 1);
  REQUIRE(c->parts[1].score == 0.9);
  REQUIRE(c->parts[1].contribution == 1);
  const auto a = std::ranges::find(fused, "a", &FusedId::id);
  REQUIRE(a->parts[1].rank == 0);
  REQUIRE(a->parts[1].contribution == 0);
}

TEST_CASE("fusion: equal scores are ordered by id") {
  const auto fused = require_ok(fuse({{{"z", 1}}, {{"b", 1}}, {{"m", 1}}}, {.method = Fusion::reciprocal_rank}));
  REQUIRE(ids_of(fused) == Ids{"b", "m", "z"});
}

TEST_CASE("fusion: only the first `depth` of each list count") {
  const Lists lists = {{{"a", 10}, {"b", 8}, {"c", 0}}, {{"c", 2}, {"d", 1}, {"a", 0}}};
  const auto fused = require_ok(fuse(lists, {.method = Fusion::relative_score, .depth = 2}));
  // The minimum of the first list is then 8, and c has no part in it.
  REQUIRE(ids_of(fused) == Ids{"a", "c", "b", "d"});
  REQUIRE(fused[0].score == 1);
  REQUIRE(fused[1].parts[0].rank == 0);
  REQUIRE(fused[2].score == 0);
}

TEST_CASE("fusion: no lists and empty lists give an empty ranking") {
  REQUIRE(require_ok(fuse({})).empty());
  REQUIRE(require_ok(fuse(Lists(3))).empty());
  REQUIRE(ids_of(require_ok(fuse({{}, {{"a", 1}}}))) == Ids{"a"});
}

TEST_CASE("fusion: refuses options and lists out of range") {
  const double infinity = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto refused = [](const FusionOptions& options, std::string_view part) {
    require_error(fuse(kWorked, options), ErrorCode::invalid_argument, {part});
  };
  refused({.weights = {1}}, "1 weights for 2 lists");
  refused({.weights = {1, -1}}, "weight 1");
  refused({.weights = {nan, 1}}, "weight 0");
  refused({.weights = {infinity, 1}}, "weight 0");
  refused({.weights = {0, 0}}, "all weights are 0");
  refused({.depth = 0}, "depth");
  refused({.rank_constant = -1}, "rank_constant");
  refused({.rank_constant = nan}, "rank_constant");
  refused({.method = static_cast<Fusion>(9)}, "method");
  require_error(fuse({{{"a", 1}, {"a", 0}}}), ErrorCode::invalid_argument, {"list 0", "\"a\"", "twice"});
  require_error(fuse({{}, {{"a", nan}}}), ErrorCode::invalid_argument, {"list 1", "entry 0"});
  require_error(fuse({{{"a", -infinity}}}), ErrorCode::invalid_argument);
}

TEST_CASE("fusion: the largest numbers that are allowed give finite scores") {
  const Lists lists = {{{"a", 1e100}, {"b", 0}, {"c", -1e100}}};
  for (const Fusion method :
       {Fusion::reciprocal_rank, Fusion::relative_score, Fusion::distribution_based, Fusion::weighted_sum}) {
    const auto fused = require_ok(fuse(lists, {.method = method, .weights = {1e100}}));
    REQUIRE(ids_of(fused) == Ids{"a", "b", "c"});
    for (const FusedId& one : fused) REQUIRE(std::isfinite(one.score));
  }
}

TEST_CASE("fusion: matches keep their documents and the score parts of all lists") {
  Match later = match_of("x", 0.2, {.dense = 0.2});
  later.document.embedding = std::vector<float>{1, 2};
  const std::vector<std::vector<Match>> lists = {{match_of("x", 5, {.keyword = 5}), match_of("y", 4, {.keyword = 4})},
                                                 {match_of("z", 0.3, {.dense = 0.3}), later}};
  const auto fused = require_ok(fuse_matches(lists, {.method = Fusion::reciprocal_rank}));
  REQUIRE(fused.size() == 3);
  REQUIRE(fused[0].match.document.id == "x");
  REQUIRE(fused[0].match.document.text == "text");
  REQUIRE(fused[0].match.document.embedding == std::vector<float>{1, 2});
  REQUIRE(fused[0].match.parts.keyword == 5.0);
  REQUIRE(fused[0].match.parts.dense == 0.2);
  REQUIRE_FALSE(fused[0].match.parts.rerank);
  REQUIRE(fused[0].match.rank == 1);
  REQUIRE(fused[0].match.score == Approx(1.0 / 61 + 1.0 / 62));
  REQUIRE(fused[0].parts[1].rank == 2);
  REQUIRE_FALSE(fused[1].match.parts.dense == fused[2].match.parts.dense);
}

TEST_CASE("fusion: slots get the scores that ids get") {
  std::mt19937_64 random(11);
  for (int round = 0; round < 200; ++round) {
    Lists lists(1 + random() % 4);
    std::vector<std::vector<std::uint32_t>> slots(lists.size());
    std::vector<std::vector<double>> scores(lists.size());
    FusionOptions options{.method = static_cast<Fusion>(random() % 4), .depth = 1 + random() % 20};
    for (std::size_t list = 0; list < lists.size(); ++list) {
      options.weights.push_back(0.5 + static_cast<double>(random() % 4));
      for (std::uint32_t slot = 0; slot < 30; ++slot) {
        if (random() % 2 == 0) continue;
        slots[list].push_back(slot);
        scores[list].push_back(static_cast<double>(random() % 7));
        lists[list].push_back({std::to_string(slot), scores[list].back()});
      }
    }
    std::vector<RankedSlots> ranked;
    for (std::size_t list = 0; list < lists.size(); ++list) ranked.push_back({slots[list], scores[list]});
    std::map<std::string, double> by_slot;
    for (const FusedSlot& fused : fuse_slots(ranked, options)) by_slot[std::to_string(fused.slot)] = fused.score;
    std::map<std::string, double> by_id;
    for (const FusedId& fused : require_ok(fuse(lists, options))) by_id[fused.id] = fused.score;
    REQUIRE(by_slot == by_id);
  }
}

TEST_CASE("fuse matches: every part of a score comes from the first list that has it") {
  const Match without = match_of("a", 1, {.dense = 0.5});
  const Match with = match_of("a", 2, {.dense = 0.6, .keyword = 3.0, .title = 1.5, .rerank = 0.25});
  const auto fused = require_ok(fuse_matches({{without}, {with}}));
  REQUIRE(fused[0].match.parts.dense == 0.5);
  REQUIRE(fused[0].match.parts.keyword == 3.0);
  REQUIRE(fused[0].match.parts.title == 1.5);
  REQUIRE(fused[0].match.parts.rerank == 0.25);
}
