// Queries with at most one match a group, against brute force, on friendly and on hostile groups.

#include <algorithm>
#include <functional>
#include <random>
#include <set>

#include "collection/query_oracle.hpp"
#include "scaup/database.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

constexpr Metric kMetrics[] = {Metric::cosine, Metric::inner_product, Metric::l2};
constexpr std::size_t kDimension = 8;

Collection with_documents(Metric metric, const std::vector<Document>& documents) {
  auto collection = require_ok(Database::in_memory().create_collection("c", {.metric = metric}));
  require_ok(collection.add(documents));
  return collection;
}

// The group of the document that is at this place from the query, the nearest being at 0.
using GroupOfPlace = std::function<std::optional<Value>(std::size_t place)>;

// Documents on a line away from the point 0, in random order of insertion.
std::vector<Document> on_a_line(std::mt19937_64& random, std::size_t count, const GroupOfPlace& group_of) {
  std::vector<Document> documents;
  for (std::size_t place = 0; place < count; ++place) {
    Document document{.id = "d" + std::to_string(place * 7919 % count),
                      .embedding = std::vector<float>{static_cast<float>(place), 1.0F}};
    if (const auto group = group_of(place)) document.metadata.emplace("group", *group);
    documents.push_back(std::move(document));
  }
  std::ranges::shuffle(documents, random);
  return documents;
}

void expect_groups(const std::vector<Document>& documents, const std::vector<float>& query, Metric metric) {
  const Collection collection = with_documents(metric, documents);
  for (const std::size_t k : {1U, 3U, 10U, 100U, 5000U}) {
    for (const std::size_t threads : {1U, 3U}) {
      INFO("k " << k << ", threads " << threads);
      const QueryOptions options{.k = k, .threads = threads, .group_by = "group"};
      require_same(require_ok(collection.query(query, options)), naive_query(metric, documents, query, options));
    }
  }
}

void expect_groups_on_a_line(std::size_t count, const GroupOfPlace& group_of) {
  std::mt19937_64 random(51);
  const auto documents = on_a_line(random, count, group_of);
  expect_groups(documents, {0, 1}, Metric::l2);
  expect_groups(documents, {0, 1}, Metric::cosine);
}

std::optional<Value> number(std::size_t n) {
  return Value(static_cast<std::int64_t>(n));
}

// Values of every type, of which many meet; the integer 1 and the real 1.0 too.
std::optional<Value> random_value(std::mt19937_64& random) {
  const auto small = static_cast<std::int64_t>(random() % 4);
  switch (random() % 10) {
    case 0: return {};
    case 1: return Value("v" + std::to_string(small));
    case 2: return Value(small);
    case 3: return Value(static_cast<double>(small));
    case 4: return Value(static_cast<double>(small) + 0.5);
    case 5: return Value(small > 1);
    case 6: return Value(Value::StringList{"a", std::to_string(small)});
    case 7: return Value(Value::IntegerList(static_cast<std::size_t>(small), 1));
    case 8: return Value(Value::RealList(static_cast<std::size_t>(small), 1.0));
    default: return Value(Value::BooleanList{small > 1, true});
  }
}

std::vector<Document> random_documents(std::mt19937_64& random, std::size_t count) {
  std::vector<Document> documents;
  for (std::size_t i = 0; i < count; ++i) {
    const bool same = i > 0 && random() % 3 == 0;
    documents.push_back({.id = "d" + std::to_string(i * 7919 % count),
                         .text = random() % 2 == 0 ? "storm" : "calm",
                         .metadata = {{"n", static_cast<std::int64_t>(random() % 100)}},
                         .embedding = same ? documents[random() % i].embedding : random_vector(random, kDimension)});
    if (auto value = random_value(random)) documents.back().metadata.emplace("group", *std::move(value));
    documents.back().metadata.emplace("many", static_cast<std::int64_t>(random() % (count / 2)));
  }
  return documents;
}

}  // namespace

TEST_CASE("group by: each group is there once, by its best document") {
  const Collection collection =
      with_documents(Metric::l2, {{.id = "a1", .metadata = {{"source", "a"}}, .embedding = std::vector<float>{1}},
                                  {.id = "a2", .metadata = {{"source", "a"}}, .embedding = std::vector<float>{2}},
                                  {.id = "b3", .metadata = {{"source", "b"}}, .embedding = std::vector<float>{3}},
                                  {.id = "none", .embedding = std::vector<float>{0}},
                                  {.id = "c9", .metadata = {{"source", "c"}}, .embedding = std::vector<float>{9}}});
  const auto result = require_ok(collection.query(std::vector<float>{0}, {.k = 2, .group_by = "source"}));
  REQUIRE(result.size() == 2);
  REQUIRE(result[0].document.id == "a1");
  REQUIRE(result[1].document.id == "b3");
  REQUIRE(result[1].rank == 2);
  REQUIRE(require_ok(collection.query(std::vector<float>{0}, {.k = 10, .group_by = "source"})).size() == 3);
}

TEST_CASE("group by: one group that holds every near document hides no other") {
  expect_groups_on_a_line(2000, [](std::size_t place) { return number(place < 1990 ? 0 : place); });
}

TEST_CASE("group by: groups that lie one behind the other are all found") {
  expect_groups_on_a_line(2000, [](std::size_t place) { return number(place / 150); });
}

TEST_CASE("group by: groups of one document each are the plain answer") {
  expect_groups_on_a_line(700, number);
}

TEST_CASE("group by: one group of all documents gives one match") {
  expect_groups_on_a_line(700, [](std::size_t) { return Value("all"); });
}

TEST_CASE("group by: documents without the key are left out, however near") {
  expect_groups_on_a_line(900, [](std::size_t place) { return place < 880 ? std::nullopt : number(place % 7); });
}

TEST_CASE("group by: no document with the key gives an empty list") {
  std::mt19937_64 random(52);
  const auto collection = with_documents(Metric::l2, on_a_line(random, 50, [](std::size_t) { return std::nullopt; }));
  const auto result = require_ok(collection.query(std::vector<float>{0, 1}, {.group_by = "group"}));
  REQUIRE(result.empty());
  REQUIRE(result.stats.codes_compared == 0);
}

TEST_CASE("group by: a collection without documents gives an empty list") {
  const auto collection = require_ok(Database::in_memory().create_collection("c"));
  REQUIRE(require_ok(collection.query(std::vector<float>{1}, {.group_by = "group"})).empty());
}

TEST_CASE("group by: rows that come ever nearer replace the best of their group each time") {
  for (const std::size_t groups : {1U, 4U, 300U}) {
    std::vector<Document> documents;
    for (std::size_t i = 0; i < 3000; ++i) {
      documents.push_back({.id = std::to_string(i),
                           .metadata = {{"group", static_cast<std::int64_t>(i % groups)}},
                           .embedding = std::vector<float>{static_cast<float>(3000 - i), 1.0F}});
    }
    expect_groups(documents, {0, 1}, Metric::l2);
  }
}

TEST_CASE("group by: documents that all score the same are ordered, within and between groups, by id") {
  std::mt19937_64 random(53);
  std::vector<Document> documents;
  for (std::size_t i = 0; i < 500; ++i) {
    documents.push_back({.id = std::to_string(random()),
                         .metadata = {{"group", static_cast<std::int64_t>(random() % 40)}},
                         .embedding = std::vector<float>{1, 1}});
  }
  for (const Metric metric : kMetrics) expect_groups(documents, {1, 2}, metric);
}

TEST_CASE("group by: values of every type, lists as a whole, agree with a map of their names") {
  std::mt19937_64 random(54);
  const auto documents = random_documents(random, 2500);
  for (const Metric metric : kMetrics) {
    INFO(to_string(metric));
    expect_groups(documents, random_vector(random, kDimension), metric);
  }
}

TEST_CASE("group by: an integer and a real of the same value are one group, as in a filter") {
  const Collection collection =
      with_documents(Metric::l2, {{.id = "integer", .metadata = {{"v", 1}}, .embedding = std::vector<float>{1}},
                                  {.id = "real", .metadata = {{"v", 1.0}}, .embedding = std::vector<float>{2}},
                                  {.id = "text", .metadata = {{"v", "1"}}, .embedding = std::vector<float>{3}},
                                  {.id = "truth", .metadata = {{"v", true}}, .embedding = std::vector<float>{4}}});
  const auto result = require_ok(collection.query(std::vector<float>{0}, {.group_by = "v"}));
  REQUIRE(result.size() == 3);
  REQUIRE(result[0].document.id == "integer");
  REQUIRE(result[1].document.id == "text");
}

TEST_CASE("group by: follows changes of metadata, replacements and removals") {
  std::mt19937_64 random(55);
  auto documents = random_documents(random, 600);
  auto collection = with_documents(Metric::cosine, documents);
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 60; ++i) {
      Document& document = documents[random() % documents.size()];
      const auto group = static_cast<std::int64_t>(random() % 5);
      require_ok(collection.update_metadata(document.id, {{"group", group}}));
      document.metadata.insert_or_assign("group", group);
    }
    for (int i = 0; i < 40; ++i) {
      Document& document = documents[random() % documents.size()];
      document.embedding = random_vector(random, kDimension);
      document.metadata.erase("group");
      require_ok(collection.upsert({document}));
    }
    for (int i = 0; i < 30; ++i) {
      REQUIRE(require_ok(collection.remove({documents.back().id})) == 1);
      documents.pop_back();
    }
    const auto query = random_vector(random, kDimension);
    const QueryOptions options{.k = 12, .group_by = "group"};
    require_same(require_ok(collection.query(query, options)), naive_query(Metric::cosine, documents, query, options));
  }
}

TEST_CASE("group by: composes with filter, least score, negative queries, batches and threads") {
  std::mt19937_64 random(56);
  const auto documents = random_documents(random, 1500);
  for (const Metric metric : kMetrics) {
    INFO(to_string(metric));
    const Collection collection = with_documents(metric, documents);
    std::vector<QueryRequest> requests;
    for (std::size_t i = 0; i < 32; ++i) {
      QueryOptions options{.k = 1 + random() % 40, .with_embeddings = i % 2 == 0, .threads = 1 + i % 3};
      if (i % 2 == 0) options.filter = field("n") < static_cast<std::int64_t>(random() % 100);
      if (i % 5 == 0) options.filter = options.filter && text().contains("storm");
      if (i % 3 == 0) options.min_score = metric == Metric::l2 ? -12.0 : 0.1;
      if (i % 4 == 1) {
        options.negative = NegativeQuery{.vector = random_vector(random, kDimension),
                                         .mode = NegativeMode::filter,
                                         .threshold = metric == Metric::l2 ? -15.0 : -0.1};
      }
      if (i % 6 != 5) options.group_by = i % 2 == 0 ? "group" : "many";
      requests.push_back({.vector = random_vector(random, kDimension), .options = std::move(options)});
    }
    const auto results = require_ok(collection.query_batch(requests));
    for (std::size_t i = 0; i < requests.size(); ++i) {
      INFO("query " << i);
      require_same(results[i], naive_query(metric, documents, requests[i].vector, requests[i].options));
      for (const Match& match : results[i]) {
        REQUIRE(match.document.embedding.has_value() == requests[i].options.with_embeddings);
      }
    }
  }
}

TEST_CASE("group by: a subtraction changes the order of the groups") {
  const Collection collection =
      with_documents(Metric::cosine, {{.id = "x", .metadata = {{"g", 1}}, .embedding = std::vector<float>{1, 0}},
                                      {.id = "xy", .metadata = {{"g", 1}}, .embedding = std::vector<float>{1, 1}},
                                      {.id = "y", .metadata = {{"g", 2}}, .embedding = std::vector<float>{0, 1}}});
  const std::vector<float> query = {1, 1};
  REQUIRE(require_ok(collection.query(query, {.group_by = "g"}))[0].document.id == "xy");
  const auto away = require_ok(collection.query(query, {.negative = NegativeQuery{.vector = {0, 1}}, .group_by = "g"}));
  REQUIRE(away[0].document.id == "x");
  REQUIRE(away[1].document.id == "y");
}

TEST_CASE("group by: compares only the documents that have the key where few have it") {
  std::mt19937_64 random(57);
  const auto collection = with_documents(Metric::l2, on_a_line(random, 4000, [](std::size_t place) {
                                           return place % 100 == 0 ? number(place) : std::nullopt;
                                         }));
  const auto result = require_ok(collection.query(std::vector<float>{0, 1}, {.group_by = "group"}));
  REQUIRE(result.size() == 10);
  REQUIRE(result.stats.plan == QueryPlan::filtered_scan);
  REQUIRE(result.stats.codes_compared == 40);
}
