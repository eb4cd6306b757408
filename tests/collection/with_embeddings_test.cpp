// `with_embeddings` gives the stored vector, bit by bit, on every way a query, a page or a lookup can take.

#include <map>
#include <random>

#include "scaup/database.hpp"
#include "support/catch.hpp"
#include "support/vectors.hpp"

using namespace scaup;
using scaup::test::random_vector;
using scaup::test::require_ok;

namespace {

constexpr std::size_t kDimension = 17;

struct Fixture {
  std::mt19937_64 random{91};
  std::map<std::string, std::vector<float>> vectors;
  Collection collection = require_ok(Database::in_memory().create_collection("c"));

  Fixture() {
    std::vector<Document> documents;
    for (std::int64_t i = 0; i < 400; ++i) {
      const std::string id = "d" + std::to_string(i);
      vectors[id] = random_vector(random, kDimension);
      documents.push_back({.id = id,
                           .text = i % 3 == 0 ? "storm" : "calm",
                           .metadata = {{"n", i}, {"group", i % 20}},
                           .embedding = vectors[id]});
    }
    require_ok(collection.add(documents));
  }
  void expect_embeddings(QueryOptions options) {
    const auto query = random_vector(random, kDimension);
    options.with_embeddings = true;
    const auto with = require_ok(collection.query(query, options));
    REQUIRE_FALSE(with.empty());
    for (const Match& match : with) REQUIRE(match.document.embedding == vectors.at(match.document.id));
    options.with_embeddings = false;
    const auto without = require_ok(collection.query(query, options));
    REQUIRE(without.size() == with.size());
    for (const Match& match : without) REQUIRE_FALSE(match.document.embedding.has_value());
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "with embeddings: every kind of query carries the stored vectors if asked, else none") {
  expect_embeddings({});
  expect_embeddings({.k = 1000});
  expect_embeddings({.filter = field("n") < 20});
  expect_embeddings({.filter = field("n") >= 20});
  expect_embeddings({.filter = text().contains("storm")});
  expect_embeddings({.k = 50, .min_score = 0.0, .threads = 2});
  expect_embeddings({.group_by = "group"});
  expect_embeddings({.negative = NegativeQuery{.vector = random_vector(random, kDimension)}});
  expect_embeddings(
      {.negative = NegativeQuery{.vector = random_vector(random, kDimension), .mode = NegativeMode::filter}});
}

TEST_CASE_METHOD(Fixture, "with embeddings: each query of a batch has its own choice") {
  const std::vector<QueryRequest> requests = {{.vector = vectors["d1"], .options = {.with_embeddings = true}},
                                              {.vector = vectors["d2"]}};
  const auto results = require_ok(collection.query_batch(requests));
  REQUIRE(results[0][0].document.embedding == vectors["d1"]);
  REQUIRE_FALSE(results[1][0].document.embedding.has_value());
}

TEST_CASE_METHOD(Fixture,
                 "with embeddings: vectors that were replaced, moved or given new metadata are the present ones") {
  vectors["d5"] = random_vector(random, kDimension);
  require_ok(collection.upsert({{.id = "d5", .metadata = {{"n", 5}, {"group", 5}}, .embedding = vectors["d5"]}}));
  require_ok(collection.update_metadata("d6", {{"n", 6000}}));
  require_ok(collection.remove(field("n") >= 100 && field("n") < 400));  // most rows: the others move
  const auto result = require_ok(collection.query(vectors["d5"], {.k = 400, .with_embeddings = true}));
  REQUIRE(result.size() == 100);
  for (const Match& match : result) REQUIRE(match.document.embedding == vectors.at(match.document.id));
  for (const Document& document : require_ok(collection.scan({.with_embeddings = true})).documents) {
    REQUIRE(document.embedding == vectors.at(document.id));
  }
}
