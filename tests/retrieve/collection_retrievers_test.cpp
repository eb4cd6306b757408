#include <stop_token>
#include <string>
#include <vector>

#include "scaup/database.hpp"
#include "scaup/retrievers.hpp"
#include "support/catch.hpp"

using namespace scaup;
using scaup::test::require_error;
using scaup::test::require_ok;

namespace {

Collection make_notes() {
  Database database = Database::in_memory();
  Collection notes = require_ok(database.create_collection("notes", {.embedder = require_ok(make_hash_embedder())}));
  require_ok(notes.add({{.id = "sky", .text = "the sky is blue", .metadata = {{"year", 2020}, {"topic", "air"}}},
                        {.id = "leaf", .text = "leaves are green", .metadata = {{"year", 2021}, {"topic", "plants"}}},
                        {.id = "sea", .text = "the sea is blue", .metadata = {{"year", 2022}, {"topic", "water"}}}}));
  return notes;
}

std::vector<std::string> ids_of(const QueryResult& result) {
  std::vector<std::string> ids;
  for (const Match& match : result) ids.push_back(match.document.id);
  return ids;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("vector retriever: finds what the collection finds") {
  const Collection notes = make_notes();
  const auto retriever = make_vector_retriever(notes);
  const QueryResult expected = require_ok(notes.query("the sky is blue", {.k = 2}));
  const QueryResult found = require_ok(retriever->retrieve("the sky is blue", {.k = 2}));
  REQUIRE(ids_of(found) == ids_of(expected));
  REQUIRE(found[0].document.id == "sky");
  REQUIRE(found[0].score == expected[0].score);
  REQUIRE(found[0].rank == 1);
}

TEST_CASE("vector retriever: its own filter and that of the call must both hold") {
  const auto retriever = make_vector_retriever(make_notes(), {.filter = field("year") >= 2021});
  REQUIRE(require_ok(retriever->retrieve("blue")).size() == 2);
  REQUIRE(ids_of(require_ok(retriever->retrieve("blue", {.filter = field("topic") == "water"}))) == Names{"sea"});
  REQUIRE(require_ok(retriever->retrieve("blue", {.filter = field("topic") == "air"})).empty());
}

TEST_CASE("vector retriever: matches carry their vectors if the call asks for them") {
  const Collection notes = make_notes();
  const auto retriever = make_vector_retriever(notes);
  for (const Match& match : require_ok(retriever->retrieve("blue"))) {
    REQUIRE_FALSE(match.document.embedding.has_value());
  }
  for (const Match& match : require_ok(retriever->retrieve("blue", {.with_embeddings = true}))) {
    REQUIRE(match.document.embedding == require_ok(notes.get(match.document.id)).embedding);
  }
}

TEST_CASE("vector retriever: refuses k = 0, an empty question and a bad filter") {
  const auto retriever = make_vector_retriever(make_notes());
  require_error(retriever->retrieve("blue", {.k = 0}), ErrorCode::invalid_argument);
  require_error(retriever->retrieve(""), ErrorCode::invalid_argument);
  require_error(retriever->retrieve("blue", {.filter = field("$bad") == 1}), ErrorCode::invalid_argument);
}

TEST_CASE("vector retriever: passes the stop token on") {
  std::stop_source source;
  source.request_stop();
  const auto retriever = make_vector_retriever(make_notes());
  require_error(retriever->retrieve("blue", {}, source.get_token()), ErrorCode::cancelled);
}

TEST_CASE("vector retriever: keeps the collection alive after its database is gone") {
  const auto retriever = make_vector_retriever(make_notes());
  REQUIRE(require_ok(retriever->retrieve("leaves are green", {.k = 1}))[0].document.id == "leaf");
}

TEST_CASE("keyword retriever: finds what a query by words finds, and nothing without them") {
  const Collection notes = make_notes();
  const auto retriever = make_keyword_retriever(notes);
  const QueryResult expected = require_ok(notes.query("blue sea", {.k = 5, .mode = QueryMode::keyword}));
  const QueryResult found = require_ok(retriever->retrieve("blue sea", {.k = 5}));
  REQUIRE(ids_of(found) == Names{"sea", "sky"});
  REQUIRE(ids_of(found) == ids_of(expected));
  REQUIRE(found[0].score == expected[0].score);
  REQUIRE(found[0].parts.keyword == expected[0].parts.keyword);
  REQUIRE(require_ok(retriever->retrieve("elephant")).empty());
}

TEST_CASE("keyword retriever: its own filter and that of the call must both hold") {
  const auto retriever = make_keyword_retriever(make_notes(), {.filter = field("year") >= 2021});
  REQUIRE(ids_of(require_ok(retriever->retrieve("blue"))) == Names{"sea"});
  REQUIRE(require_ok(retriever->retrieve("blue", {.filter = field("topic") == "air"})).empty());
}

TEST_CASE("hybrid retriever: finds what a hybrid query with its options finds") {
  const Collection notes = make_notes();
  const HybridOptions summed = {.dense_weight = 0.7, .title_weight = 3, .neighbour_weight = 0};
  const HybridOptions fused = {.fusion = Fusion::reciprocal_rank, .dense_weight = 0.9};
  for (const HybridOptions& options : {summed, fused}) {
    const QueryResult expected =
        require_ok(notes.query("green sea", {.k = 3, .mode = QueryMode::hybrid, .hybrid = options}));
    const QueryResult found =
        require_ok(make_hybrid_retriever(notes, {.hybrid = options})->retrieve("green sea", {.k = 3}));
    REQUIRE(ids_of(found) == ids_of(expected));
    REQUIRE(found[0].score == expected[0].score);
    REQUIRE(found[0].parts.dense.has_value());
    REQUIRE(found[0].parts.keyword.has_value());
  }
}

TEST_CASE("hybrid retriever: filters, embeddings and wrong options are those of the query") {
  const Collection notes = make_notes();
  const auto retriever = make_hybrid_retriever(notes, {.filter = field("year") >= 2021});
  const QueryResult found =
      require_ok(retriever->retrieve("blue", {.filter = field("topic") == "water", .with_embeddings = true}));
  REQUIRE(ids_of(found) == Names{"sea"});
  REQUIRE(found[0].document.embedding.has_value());
  require_error(retriever->retrieve("blue", {.k = 0}), ErrorCode::invalid_argument);
  require_error(make_hybrid_retriever(notes, {.hybrid = {.dense_weight = -1.0}})->retrieve("blue"),
                ErrorCode::invalid_argument);
}
