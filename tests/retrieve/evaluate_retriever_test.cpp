#include <stop_token>
#include <string>
#include <vector>

#include "scaup/database.hpp"
#include "scaup/evaluate.hpp"
#include "support/catch.hpp"

using namespace scaup;
using scaup::test::require_error;
using scaup::test::require_ok;

namespace {

Collection make_notes() {
  Database database = Database::in_memory();
  Collection notes = require_ok(database.create_collection("notes", {.embedder = require_ok(make_hash_embedder())}));
  require_ok(notes.add({{.id = "sky", .text = "the sky is blue"},
                        {.id = "leaf", .text = "leaves are green"},
                        {.id = "sea", .text = "salt water moves"}}));
  return notes;
}

const std::vector<EvaluationQuery> kQueries = {
    {"1", "the sky is blue"}, {"2", "leaves are green"}, {"3", "not judged"}};

}  // namespace

TEST_CASE("evaluate retriever: asks the judged queries and measures what comes back") {
  const auto retriever = make_vector_retriever(make_notes());
  const Judgements judgements = {{"1", {{"sky", 1}}}, {"2", {{"sea", 1}}}, {"3", {{"sea", 0}}}};
  for (const std::size_t threads : {1U, 4U}) {
    const auto report =
        require_ok(evaluate(*retriever, kQueries, judgements,
                            {.measures = {{Measure::hit_rate, 1}, {Measure::recall, 3}}, .threads = threads}));
    REQUIRE(report.queries == std::vector<std::string>{"1", "2"});
    REQUIRE(report.measures[0].per_query == std::vector<double>{1, 0});
    REQUIRE(report.measures[1].mean == 1);
    REQUIRE(report.unjudged == 0);
  }
}

TEST_CASE("evaluate retriever: a run has the ranking of each query") {
  const auto retriever = make_vector_retriever(make_notes());
  const Run run = require_ok(make_run(*retriever, kQueries, 2));
  REQUIRE(run.size() == 3);
  REQUIRE(run.at("1").size() == 2);
  REQUIRE(run.at("1")[0].id == "sky");
  REQUIRE(run.at("1")[0].score == Approx(1));
}

TEST_CASE("evaluate retriever: says which query failed, and which is missing or comes twice") {
  const auto retriever = make_vector_retriever(make_notes());
  const std::vector<EvaluationQuery> empty = {{"7", ""}};
  require_error(make_run(*retriever, empty, 2), ErrorCode::invalid_argument, {"query \"7\""});
  require_error(evaluate(*retriever, kQueries, {{"9", {{"sea", 1}}}}), ErrorCode::invalid_argument, {"\"9\""});
  const std::vector<EvaluationQuery> twice = {{"1", "sky"}, {"1", "sea"}};
  require_error(make_run(*retriever, twice, 2), ErrorCode::invalid_argument, {"twice"});
}

TEST_CASE("evaluate retriever: stops when asked") {
  std::stop_source source;
  source.request_stop();
  const auto retriever = make_vector_retriever(make_notes());
  require_error(evaluate(*retriever, kQueries, {{"1", {{"sky", 1}}}}, {}, source.get_token()), ErrorCode::cancelled);
}
