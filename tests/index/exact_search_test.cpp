// Exact search against a brute force in double, on friendly and on hostile data.

#include <cfloat>
#include <cmath>
#include <functional>

#include "scaup/database.hpp"
#include "support/catch.hpp"
#include "support/vectors.hpp"

using namespace scaup;
using scaup::test::NamedVector;
using scaup::test::require_ok;
using scaup::test::Scored;

namespace {

using Generator = std::function<std::vector<float>(std::size_t row)>;

// Adds the rows, queries for some of them and for `extra`, and compares ids, order and scores exactly.
void expect_exact(Metric metric, const std::vector<NamedVector>& rows, const std::vector<std::vector<float>>& queries,
                  std::size_t k) {
  auto db = Database::in_memory();
  auto collection = require_ok(db.create_collection("rows", {.metric = metric}));
  std::vector<Document> documents;
  for (const NamedVector& row : rows) documents.push_back({.id = row.id, .embedding = row.vector});
  require_ok(collection.add(documents));
  for (const auto& query : queries) {
    const QueryResult result = require_ok(collection.query(query, {.k = k}));
    std::vector<Scored> got;
    for (const Match& match : result) got.push_back({match.document.id, match.score});
    const std::vector<Scored> expected = test::brute_force(metric, rows, query, k);
    REQUIRE(got.size() == expected.size());
    for (std::size_t i = 0; i < got.size(); ++i) {
      INFO("rank " << i << ": " << got[i].id << " " << got[i].score << ", expected " << expected[i].id << " "
                   << expected[i].score);
      REQUIRE(got[i] == expected[i]);
    }
    REQUIRE(result.stats.plan == QueryPlan::exact_scan);
    REQUIRE(result.stats.codes_compared == rows.size());
  }
}

void expect_exact_for_all_metrics(std::size_t count, std::size_t k, const Generator& generate) {
  std::vector<NamedVector> rows;
  for (std::size_t i = 0; i < count; ++i) rows.push_back({"id" + std::to_string(i * 7919 % count), generate(i)});
  std::vector<std::vector<float>> queries;
  for (std::size_t i = 0; i < 5; ++i) queries.push_back(generate(count + i));
  queries.push_back(rows[count / 2].vector);
  for (const Metric metric : {Metric::cosine, Metric::inner_product, Metric::l2}) {
    INFO(to_string(metric));
    expect_exact(metric, rows, queries, k);
  }
}

}  // namespace

TEST_CASE("exact search: equals the brute force on random vectors of every small and some large dimensions") {
  std::mt19937_64 random(1);
  for (const std::size_t dimension : {1U, 2U, 3U, 4U, 5U, 15U, 16U, 17U, 31U, 64U, 100U, 257U, 384U, 1536U, 4096U}) {
    INFO("dimension " << dimension);
    expect_exact_for_all_metrics(dimension > 1000 ? 300 : 1500, 10,
                                 [&](std::size_t) { return test::random_vector(random, dimension); });
  }
}

TEST_CASE("exact search: equals the brute force when k is 1, the number of rows, or more") {
  std::mt19937_64 random(2);
  for (const std::size_t k : {1U, 200U, 1000U}) {
    expect_exact_for_all_metrics(200, k, [&](std::size_t) { return test::random_vector(random, 24); });
  }
}

TEST_CASE("exact search: rows that all score the same come in the order of their ids") {
  expect_exact_for_all_metrics(500, 20, [](std::size_t) { return std::vector<float>(33, 0.25F); });
}

TEST_CASE("exact search: rows that differ in the last bit are told apart") {
  expect_exact_for_all_metrics(600, 15, [](std::size_t row) {
    std::vector<float> vector(64, 1.0F);
    vector[row % 64] = std::nextafter(1.0F, row % 2 == 0 ? 2.0F : 0.0F);
    vector[(row * 31) % 64] += static_cast<float>(row % 5) * FLT_EPSILON;
    return vector;
  });
}

TEST_CASE("exact search: one huge component does not hide the others") {
  std::mt19937_64 random(3);
  expect_exact_for_all_metrics(400, 10, [&](std::size_t) {
    auto vector = test::random_vector(random, 48);
    vector[7] = 1e19F;
    return vector;
  });
}

TEST_CASE("exact search: products that overflow f32 are computed in double") {
  std::mt19937_64 random(4);
  expect_exact_for_all_metrics(400, 10, [&](std::size_t) {
    auto vector = test::random_vector(random, 20);
    for (float& x : vector) x *= 1e30F;
    return vector;
  });
}

TEST_CASE("exact search: products that underflow f32 are computed in double") {
  std::mt19937_64 random(5);
  for (const float scale : {1e-25F, 1e-38F, 1e-42F}) {
    expect_exact_for_all_metrics(400, 10, [&](std::size_t) {
      auto vector = test::random_vector(random, 20);
      for (float& x : vector) x *= scale;
      vector[0] = scale;  // never zero altogether
      return vector;
    });
  }
}

TEST_CASE("exact search: sums that cancel are computed in double") {
  std::mt19937_64 random(6);
  expect_exact_for_all_metrics(500, 10, [&](std::size_t) {
    auto vector = test::random_vector(random, 40);
    for (std::size_t i = 0; i < 20; ++i) vector[20 + i] = -vector[i] * (1.0F + static_cast<float>(i) * FLT_EPSILON);
    return vector;
  });
}

TEST_CASE("exact search: more rows than one segment holds are all searched") {
  // 16,384 dimensions make segments of 256 rows.
  std::mt19937_64 random(7);
  expect_exact_for_all_metrics(600, 10, [&](std::size_t) { return test::random_vector(random, 16384); });
}

TEST_CASE("exact search: few rows of well separated vectors are scored again") {
  std::mt19937_64 random(8);
  auto db = Database::in_memory();
  auto collection = require_ok(db.create_collection("rows"));
  std::vector<Document> documents;
  for (std::size_t i = 0; i < 20000; ++i) {
    documents.push_back({.id = std::to_string(i), .embedding = test::random_vector(random, 32)});
  }
  require_ok(collection.add(documents));
  const QueryResult result = require_ok(collection.query(test::random_vector(random, 32)));
  REQUIRE(result.stats.rows_rescored >= 10);
  REQUIRE(result.stats.rows_rescored < 500);
}

namespace {

struct Filled {
  Collection collection = require_ok(Database::in_memory().create_collection("rows"));
  std::vector<std::vector<float>> queries;

  explicit Filled(std::size_t count, std::size_t dimension) {
    std::mt19937_64 random(count);
    std::vector<Document> documents;
    for (std::size_t i = 0; i < count; ++i) {
      documents.push_back({.id = std::to_string(i),
                           .metadata = {{"n", static_cast<std::int64_t>(i % 10)}},
                           .embedding = test::random_vector(random, dimension)});
    }
    require_ok(collection.add(documents));
    for (int i = 0; i < 20; ++i) queries.push_back(test::random_vector(random, dimension));
  }
};

void require_same(const QueryResult& a, const QueryResult& b) {
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    REQUIRE(a[i].document.id == b[i].document.id);
    REQUIRE(a[i].score == b[i].score);
    REQUIRE(a[i].rank == i + 1);
  }
}

}  // namespace

TEST_CASE("exact search: a batch gives each query what it gets alone") {
  const Filled filled(5000, 100);
  std::vector<QueryRequest> requests;
  for (std::size_t i = 0; i < filled.queries.size(); ++i) {
    requests.push_back(
        {.vector = filled.queries[i], .options = {.k = 1 + i, .filter = i % 3 == 0 ? field("n") < 3 : Filter()}});
  }
  const auto together = require_ok(filled.collection.query_batch(requests));
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const auto alone = require_ok(filled.collection.query(requests[i].vector, requests[i].options));
    require_same(together[i], alone);
    REQUIRE(together[i].stats.codes_compared == (i % 3 == 0 ? 1500U : 5000U));
  }
}

TEST_CASE("exact search: any number of threads gives the same answer") {
  const Filled filled(40000, 384);
  for (const auto& query : filled.queries) {
    const auto alone = require_ok(filled.collection.query(query, {.k = 50, .threads = 1}));
    for (const std::size_t threads : {0U, 2U, 5U, 64U}) {
      const auto shared = require_ok(filled.collection.query(query, {.k = 50, .threads = threads}));
      require_same(shared, alone);
      REQUIRE(shared.stats.codes_compared == 40000);
    }
  }
}

TEST_CASE("exact search: a least score gives every match that reaches it, and no other") {
  const Filled filled(3000, 24);
  for (const auto& query : filled.queries) {
    const auto all = require_ok(filled.collection.query(query, {.k = 3000}));
    const double bound = all[700].score;
    const auto above = require_ok(filled.collection.query(query, {.k = 3000, .min_score = bound}));
    REQUIRE(above.size() == 701);
    require_same(above, {.matches = {all.matches.begin(), all.matches.begin() + 701}, .stats = {}});
    REQUIRE(require_ok(filled.collection.query(query, {.k = 5, .min_score = bound})).size() == 5);
    REQUIRE(require_ok(filled.collection.query(query, {.min_score = 2.0})).empty());
  }
}
