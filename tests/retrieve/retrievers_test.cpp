#include "scaup/retrievers.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "scaup/database.hpp"
#include "scripted_retriever.hpp"
#include "support/catch.hpp"

using namespace scaup;
using scaup::test::ids_of;
using scaup::test::require_error;
using scaup::test::require_ok;
using scaup::test::scripted;
using scaup::test::scripted_match;
using scaup::test::ScriptedRetriever;

namespace {

using Names = std::vector<std::string>;
using Pointer = std::shared_ptr<const Retriever>;

class FixedClock final : public Clock {
 public:
  explicit FixedClock(std::int64_t seconds) : seconds_(seconds) {}
  [[nodiscard]] std::chrono::steady_clock::time_point now() const noexcept override { return {}; }
  [[nodiscard]] std::chrono::system_clock::time_point wall_time() const noexcept override {
    return std::chrono::system_clock::time_point(seconds_);
  }

 private:
  std::chrono::seconds seconds_;
};

// Gives the scores of a list.
class ScriptedReranker final : public Reranker {
 public:
  explicit ScriptedReranker(std::vector<RerankScore> scores) : scores_(std::move(scores)) {}
  Result<std::vector<RerankScore>> rerank(std::string_view question, std::span<const std::string_view> texts,
                                          std::stop_token) const override {
    if (question == "fail") return Error(ErrorCode::rate_limited, "slow down");
    texts_ = texts.size();
    return scores_;
  }
  [[nodiscard]] const RerankerIdentity& identity() const noexcept override { return identity_; }
  [[nodiscard]] std::size_t texts() const { return texts_; }

 private:
  std::vector<RerankScore> scores_;
  RerankerIdentity identity_ = {"test", "list"};
  mutable std::size_t texts_ = 0;
};

Match with_vector(std::string id, double score, std::vector<float> vector) {
  Match match = scripted_match(std::move(id), score);
  match.document.embedding = std::move(vector);
  return match;
}

const std::vector<Match> kAbc = {scripted_match("a", 3), scripted_match("b", 2), scripted_match("c", 1)};

std::vector<Pointer> every_retriever(const Pointer& below) {
  const auto reranker = std::make_shared<const ScriptedReranker>(std::vector<RerankScore>{{0, 1}, {1, 1}, {2, 1}});
  const auto expand = [](std::string_view, std::stop_token) -> Result<std::vector<SubQuery>> {
    return std::vector<SubQuery>{{"other"}};
  };
  Database database = Database::in_memory();
  const Collection documents = require_ok(database.create_collection("documents", {.dimension = 1}));
  return {make_fused_retriever({below, below}),
          make_mmr_retriever(below),
          make_score_threshold_retriever(below, -10),
          make_recency_retriever(below),
          make_boost_retriever(below, {}),
          make_multi_query_retriever(below, {.expand = expand}),
          make_rerank_retriever(below, reranker),
          make_parent_retriever(below, documents),
          make_window_retriever(below, documents),
          make_auto_merging_retriever(below, documents, documents)};
}

}  // namespace

TEST_CASE("retrievers: each refuses k = 0, an empty question and a null retriever") {
  for (const Pointer& retriever : every_retriever(scripted(kAbc))) {
    require_error(retriever->retrieve("q", {.k = 0}), ErrorCode::invalid_argument, {"k is 0"});
    require_error(retriever->retrieve(""), ErrorCode::invalid_argument, {"question is empty"});
  }
  for (const Pointer& retriever : every_retriever(nullptr)) {
    require_error(retriever->retrieve("q"), ErrorCode::invalid_argument, {"null"});
  }
}

TEST_CASE("retrievers: each passes filter, stop and errors on, returns at most k and ranks from 1") {
  const auto below = scripted(kAbc);
  for (const Pointer& retriever : every_retriever(below)) {
    const QueryResult found = require_ok(retriever->retrieve("q", {.k = 2, .filter = field("x") == 1}));
    REQUIRE(found.size() == 2);
    REQUIRE(found[0].rank == 1);
    REQUIRE(found[1].rank == 2);
    REQUIRE(found.stats.codes_compared >= 10);
    REQUIRE(below->last_options().filter == (field("x") == 1));
    std::stop_source source;
    source.request_stop();
    require_error(retriever->retrieve("q", {}, source.get_token()), ErrorCode::cancelled);
  }
  const auto failing = std::make_shared<const ScriptedRetriever>(Error(ErrorCode::unavailable, "not now"));
  for (const Pointer& retriever : every_retriever(failing)) {
    require_error(retriever->retrieve("q"), ErrorCode::unavailable, {"not now"});
  }
  for (const Pointer& retriever : every_retriever(scripted({}))) REQUIRE(require_ok(retriever->retrieve("q")).empty());
}

TEST_CASE("fused retriever: fuses what its parts find") {
  const auto other = scripted({scripted_match("c", 0.9), scripted_match("d", 0.1)});
  const auto retriever = make_fused_retriever({scripted(kAbc), other}, {.fusion = {.weights = {0.7, 0.3}}});
  const QueryResult found = require_ok(retriever->retrieve("q"));
  // a .7; b .35; c .3; d 0.
  REQUIRE(ids_of(found) == Names{"a", "b", "c", "d"});
  REQUIRE(found[2].score == Approx(0.3));
  REQUIRE(found.stats.codes_compared == 20);
  REQUIRE(other->last_options().k == 100);
  REQUIRE(ids_of(require_ok(retriever->retrieve("q", {.k = 1}))) == Names{"a"});
  require_error(make_fused_retriever({})->retrieve("q"), ErrorCode::invalid_argument, {"no retriever"});
  require_error(make_fused_retriever({other}, {.fusion = {.weights = {1, 1}}})->retrieve("q"),
                ErrorCode::invalid_argument, {"2 weights for 1 lists"});
}

TEST_CASE("mmr retriever: leaves near-duplicates for later") {
  const std::vector<Match> candidates = {with_vector("first", 0.9, {1, 0}), with_vector("copy", 0.89, {1, 0}),
                                         with_vector("other", 0.3, {0, 1})};
  const auto below = scripted(candidates);
  const QueryResult found = require_ok(make_mmr_retriever(below)->retrieve("q", {.k = 2}));
  REQUIRE(ids_of(found) == Names{"first", "other"});
  REQUIRE(found[1].score == 0.3);
  REQUIRE_FALSE(found[0].document.embedding);
  REQUIRE(below->last_options().k == 20);
  const auto relevant = make_mmr_retriever(below, {.lambda = 1});
  REQUIRE(ids_of(require_ok(relevant->retrieve("q"))) == Names{"first", "copy", "other"});
  const QueryResult full = require_ok(make_mmr_retriever(below)->retrieve("q", {.with_embeddings = true}));
  REQUIRE(full[0].document.embedding == std::vector<float>{1, 0});
}

TEST_CASE("mmr retriever: scores that are no cosines are scaled before they are weighed") {
  // The scores of a fusion of ranks are tiny: unscaled, only difference would count.
  std::vector<Match> candidates = {with_vector("a", 0.033, {1, 0}), with_vector("b", 0.032, {0.8F, 0.6F}),
                                   with_vector("c", 0.001, {0, 1})};
  for (Match& match : candidates) match.parts.keyword = 1;
  const auto below = scripted(candidates);
  // Scaled, b has .97 and c 0: .5 * .97 - .5 * .8 = .08 against 0.
  REQUIRE(ids_of(require_ok(make_mmr_retriever(below)->retrieve("q", {.k = 2}))) == Names{"a", "b"});
  const auto unscaled = make_mmr_retriever(below, {.relevance = MmrRelevance::score});
  REQUIRE(ids_of(require_ok(unscaled->retrieve("q", {.k = 2}))) == Names{"a", "c"});
  require_error(make_mmr_retriever(below, {.lambda = 2})->retrieve("q"), ErrorCode::invalid_argument, {"lambda"});
}

TEST_CASE("mmr retriever: works on a collection") {
  Database database = Database::in_memory();
  Collection notes = require_ok(database.create_collection("notes", {.embedder = require_ok(make_hash_embedder())}));
  require_ok(notes.add({{.id = "1", .text = "the sky is blue today"},
                        {.id = "2", .text = "the sky is blue today"},
                        {.id = "3", .text = "the sea is blue"}}));
  const auto retriever = make_mmr_retriever(make_vector_retriever(notes));
  REQUIRE(ids_of(require_ok(retriever->retrieve("sky blue", {.k = 2}))) == Names{"1", "3"});
}

TEST_CASE("score threshold retriever: leaves out lower scores") {
  REQUIRE(ids_of(require_ok(make_score_threshold_retriever(scripted(kAbc), 2)->retrieve("q"))) == Names{"a", "b"});
  REQUIRE(require_ok(make_score_threshold_retriever(scripted(kAbc), 9)->retrieve("q")).empty());
  require_error(make_score_threshold_retriever(scripted(kAbc), std::nan(""))->retrieve("q"),
                ErrorCode::invalid_argument, {"min_score"});
}

TEST_CASE("recency retriever: a half-life halves the score") {
  constexpr std::int64_t kNow = 1'772'323'200;  // 2026-03-01 00:00 UTC
  const auto below =
      scripted({scripted_match("old", 1, {{"date", "2026-02-19"}}), scripted_match("new", 0.6, {{"date", kNow}}),
                scripted_match("future", 0.55, {{"date", "2027-01-01T00:00:00Z"}}), scripted_match("undated", 0.8),
                scripted_match("nonsense", 0.7, {{"date", "soon"}})});
  const RecencyRetrieverOptions options{.half_life = std::chrono::hours(240),
                                        .clock = std::make_shared<const FixedClock>(kNow)};
  const QueryResult found = require_ok(make_recency_retriever(below, options)->retrieve("q"));
  REQUIRE(ids_of(found) == Names{"new", "future", "old", "undated", "nonsense"});
  REQUIRE(found[0].score == Approx(0.6));
  REQUIRE(found[1].score == Approx(0.55));
  REQUIRE(found[2].score == Approx(0.5));
  REQUIRE(found[3].score == Approx(0.4));
  const auto distances =
      scripted({scripted_match("old", -1, {{"date", "2026-02-19"}}), scripted_match("new", -1.5, {{"date", kNow}})});
  const QueryResult negative = require_ok(make_recency_retriever(distances, options)->retrieve("q"));
  REQUIRE(ids_of(negative) == Names{"new", "old"});
  REQUIRE(negative[1].score == Approx(-2));
}

TEST_CASE("recency retriever: very old documents keep finite scores, bad options are refused") {
  const auto below =
      scripted({scripted_match("a", 1, {{"date", -1e300}}), scripted_match("b", -1, {{"date", -1e300}})});
  const auto clock = std::make_shared<const FixedClock>(0);
  for (const Match& match : require_ok(make_recency_retriever(below, {.clock = clock})->retrieve("q"))) {
    REQUIRE(std::isfinite(match.score));
  }
  require_error(make_recency_retriever(below, {.half_life = std::chrono::seconds(0)})->retrieve("q"),
                ErrorCode::invalid_argument, {"half_life"});
  require_error(make_recency_retriever(below, {.undated_factor = 2})->retrieve("q"), ErrorCode::invalid_argument,
                {"undated_factor"});
}

TEST_CASE("boost retriever: documents for which a filter holds score more") {
  const auto below = scripted({scripted_match("v1", 1, {{"version", 1}}), scripted_match("v2", 0.8, {{"version", 2}}),
                               scripted_match("draft", 0.9, {{"version", 2}, {"draft", true}})});
  const auto retriever = make_boost_retriever(
      below, {.boosts = {{field("version") == 2, 1.5}, {field("draft") == true, 0.5}, {text().contains("v1"), 1.1}}});
  const QueryResult found = require_ok(retriever->retrieve("q"));
  REQUIRE(ids_of(found) == Names{"v2", "v1", "draft"});
  REQUIRE(found[0].score == Approx(1.2));
  REQUIRE(found[1].score == Approx(1.1));
  REQUIRE(found[2].score == Approx(0.675));
  require_error(make_boost_retriever(below, {.boosts = {{Filter(), 1}, {Filter(), 0}}})->retrieve("q"),
                ErrorCode::invalid_argument, {"boost 1"});
  require_error(make_boost_retriever(below, {.boosts = {{field("$x") == 1, 2}}})->retrieve("q"),
                ErrorCode::invalid_argument, {"boost 0"});
}

TEST_CASE("multi-query retriever: asks every question once and fuses by their weights") {
  const auto below = scripted(kAbc);
  const auto expand = [](std::string_view question, std::stop_token) -> Result<std::vector<SubQuery>> {
    return std::vector<SubQuery>{{std::string(question) + " 1", 2}, {"same", 0.5}, {"same", 0.25}, {"", 9}};
  };
  const QueryResult found = require_ok(make_multi_query_retriever(below, {.expand = expand})->retrieve("q"));
  REQUIRE(below->questions() == Names{"q", "q 1", "same"});
  REQUIRE(ids_of(found) == Names{"a", "b", "c"});
  REQUIRE(found[0].score == Approx((1 + 2 + 0.75) / 61));
  REQUIRE(found.stats.codes_compared == 30);

  const auto others = scripted(kAbc);
  require_ok(
      make_multi_query_retriever(others, {.expand = expand, .original = OriginalQuestion::left_out})->retrieve("q"));
  REQUIRE(others->questions() == Names{"q 1", "same"});
}

TEST_CASE("multi-query retriever: reports what the expansion reports, and refuses what cannot be asked") {
  const auto refused = [](std::vector<SubQuery> queries, OriginalQuestion original, std::string_view part) {
    const auto expand = [&](std::string_view, std::stop_token) -> Result<std::vector<SubQuery>> { return queries; };
    require_error(make_multi_query_retriever(scripted(kAbc), {.expand = expand, .original = original})->retrieve("q"),
                  ErrorCode::invalid_argument, {part});
  };
  refused({}, OriginalQuestion::left_out, "no question to ask");
  refused({{"x", -1}}, OriginalQuestion::included, "weight 1");
  refused(std::vector<SubQuery>(1'001, {"x"}), OriginalQuestion::included, "1,000");
  require_error(make_multi_query_retriever(scripted(kAbc), {})->retrieve("q"), ErrorCode::invalid_argument, {"expand"});
  const auto failing = [](std::string_view, std::stop_token) -> Result<std::vector<SubQuery>> {
    return Error(ErrorCode::bad_reply, "no list");
  };
  require_error(make_multi_query_retriever(scripted(kAbc), {.expand = failing})->retrieve("q"), ErrorCode::bad_reply);
  const auto throwing = [](std::string_view, std::stop_token) -> Result<std::vector<SubQuery>> {
    throw std::runtime_error("oh");
  };
  require_error(make_multi_query_retriever(scripted(kAbc), {.expand = throwing})->retrieve("q"), ErrorCode::internal);
}

TEST_CASE("rerank retriever: hands the first ranking out at once and returns the refined one") {
  const auto reranker =
      std::make_shared<const ScriptedReranker>(std::vector<RerankScore>{{2, 0.9}, {0, 0.1}, {1, 0.5}});
  const auto below = scripted(kAbc);
  Names first;
  const auto on_first = [&](const QueryResult& result) {
    first = ids_of(result);
    REQUIRE(reranker->texts() == 0);
  };
  const auto retriever = make_rerank_retriever(below, reranker, {.on_first = on_first});
  const QueryResult found = require_ok(retriever->retrieve("q", {.k = 2}));
  REQUIRE(first == Names{"a", "b"});
  REQUIRE(ids_of(found) == Names{"c", "b"});
  REQUIRE(found[0].score == 0.9);
  REQUIRE(found[0].parts.rerank == 0.9);
  REQUIRE(below->last_options().k == 50);
  require_error(make_rerank_retriever(below, reranker)->retrieve("fail"), ErrorCode::rate_limited);
}

TEST_CASE("rerank retriever: refuses replies that do not score every text once") {
  const auto refused = [](std::vector<RerankScore> scores, std::string_view part) {
    const auto reranker = std::make_shared<const ScriptedReranker>(std::move(scores));
    require_error(make_rerank_retriever(scripted(kAbc), reranker)->retrieve("q"), ErrorCode::bad_reply, {part});
  };
  refused({{0, 1}, {1, 1}}, "2 scores for 3 texts");
  refused({{0, 1}, {1, 1}, {3, 1}}, "text 3");
  refused({{0, 1}, {1, 1}, {1, 1}}, "twice");
  refused({{0, 1}, {1, std::numeric_limits<double>::quiet_NaN()}, {2, 1}}, "no finite score");
  require_error(make_rerank_retriever(scripted(kAbc), nullptr)->retrieve("q"), ErrorCode::invalid_argument, {"null"});
}

TEST_CASE("recency and boost retrievers: scores that are no numbers come last, whatever stands between them") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  std::vector<Match> matches;
  for (int i = 0; i < 100; ++i) {
    matches.push_back(scripted_match("n" + std::to_string(i), i % 3 == 0 ? nan : i));
  }
  matches.push_back(scripted_match("most", infinity));
  const Pointer retrievers[] = {make_boost_retriever(scripted(matches), {.candidates = 200}),
                                make_recency_retriever(scripted(matches), {.undated_factor = 0, .candidates = 200})};
  for (const Pointer& retriever : retrievers) {
    const QueryResult found = require_ok(retriever->retrieve("q", {.k = 200}));
    REQUIRE(found.size() == 101);
    for (std::size_t i = 0; i < found.size(); ++i) {
      REQUIRE(std::isfinite(found[i].score));
      if (i > 0) REQUIRE(found[i - 1].score >= found[i].score);
    }
    REQUIRE(found[100].score == std::numeric_limits<double>::lowest());
  }
}
