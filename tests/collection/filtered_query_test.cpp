// Filters of every selectivity over a collection that changes: queries, counts, scans and removals agree with
// the reference evaluator and a brute force.

#include <algorithm>
#include <random>

#include "filter/evaluator.hpp"
#include "scaup/database.hpp"
#include "support/catch.hpp"
#include "support/vectors.hpp"

using namespace scaup;
using scaup::test::require_ok;

namespace {

constexpr std::size_t kDimension = 24;

Document random_document(std::size_t number, std::mt19937_64& random) {
  static const std::vector<std::string> kTags = {"sea", "road", "rail", "air"};
  Document document{.id = "d" + std::to_string(number), .text = random() % 3 == 0 ? "a storm came" : "a calm day"};
  document.metadata.emplace("bucket", static_cast<std::int64_t>(random() % 1000));
  if (random() % 2 == 0) document.metadata.emplace("ratio", static_cast<double>(random() % 100) / 100);
  if (random() % 4 != 0) document.metadata.emplace("tags", Value::StringList{kTags[random() % 4], kTags[random() % 4]});
  if (random() % 5 == 0) document.metadata.emplace("name", "name" + std::to_string(random() % 50));
  document.embedding = test::random_vector(random, kDimension);
  return document;
}

std::vector<Filter> filters() {
  std::vector<Filter> all;
  for (const int share : {0, 1, 10, 100, 500, 900, 1000}) all.push_back(field("bucket") < share);
  all.push_back(field("tags").contains("sea"));
  all.push_back(!field("tags").exists() || field("ratio") > 0.5);
  all.push_back(field("name").starts_with("name1") && field("bucket") >= 300);
  all.push_back(field("bucket").not_in({1, 2, 3}));
  all.push_back(text().contains("storm") && field("bucket") < 100);
  all.push_back(text().not_matches("st.rm") || field("tags").contains("air"));
  all.push_back(!(text().contains("storm") && field("ratio") < 0.3));
  return all;
}

// The collection against a plain map, for one filter.
void expect_same(const Collection& collection, const std::map<std::string, Document>& model, const Filter& filter,
                 std::mt19937_64& random) {
  const auto evaluator = require_ok(FilterEvaluator::prepare(filter));
  std::vector<test::NamedVector> matching;
  for (const auto& [id, document] : model) {
    if (evaluator.matches(document.text, document.metadata)) matching.push_back({id, *document.embedding});
  }
  REQUIRE(require_ok(collection.count(filter)) == matching.size());
  const auto query = test::random_vector(random, kDimension);
  const auto expected = test::brute_force(Metric::cosine, matching, query, 10);
  const QueryResult result = require_ok(collection.query(query, {.k = 10, .filter = filter}));
  REQUIRE(result.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) REQUIRE(result[i].document.id == expected[i].id);
  const ScanPage page = require_ok(collection.scan({.filter = filter, .limit = 100000}));
  REQUIRE(page.documents.size() == matching.size());
  REQUIRE(std::ranges::equal(page.documents, matching, {}, &Document::id, &test::NamedVector::id));
}

}  // namespace

TEST_CASE("filtered queries: agree with the evaluator and a brute force while the collection changes") {
  std::mt19937_64 random(31);
  auto collection = require_ok(Database::in_memory().create_collection("c"));
  std::map<std::string, Document> model;
  for (int round = 0; round < 4; ++round) {
    std::vector<Document> batch;
    for (std::size_t i = 0; i < 800; ++i) batch.push_back(random_document(random() % 3000 * 1000 + i, random));
    require_ok(collection.upsert(batch));
    for (const Document& document : batch) model[document.id] = document;
    for (int i = 0; i < 100; ++i) {
      auto& [id, document] = *std::next(model.begin(), static_cast<std::ptrdiff_t>(random() % model.size()));
      const auto bucket = static_cast<std::int64_t>(random() % 1000);
      require_ok(collection.update_metadata(id, {{"bucket", bucket}}));
      document.metadata.insert_or_assign("bucket", bucket);
    }
    const Filter gone = field("bucket") >= 950 && text().contains("storm");
    const auto evaluator = require_ok(FilterEvaluator::prepare(gone));
    const auto removed = std::erase_if(
        model, [&](const auto& entry) { return evaluator.matches(entry.second.text, entry.second.metadata); });
    REQUIRE(require_ok(collection.remove(gone)) == removed);
    for (const Filter& filter : filters()) {
      INFO(filter.to_json());
      expect_same(collection, model, filter, random);
    }
  }
}

TEST_CASE("filtered queries: a narrow filter compares only the rows that it selects") {
  std::mt19937_64 random(32);
  auto collection = require_ok(Database::in_memory().create_collection("c"));
  std::vector<Document> documents;
  for (std::int64_t i = 0; i < 5000; ++i) {
    documents.push_back(
        {.id = std::to_string(i), .metadata = {{"n", i}}, .embedding = test::random_vector(random, kDimension)});
  }
  require_ok(collection.add(documents));
  const auto query = test::random_vector(random, kDimension);
  const QueryResult narrow = require_ok(collection.query(query, {.filter = field("n") < 50}));
  REQUIRE(narrow.size() == 10);
  REQUIRE(narrow.stats.plan == QueryPlan::filtered_scan);
  REQUIRE(narrow.stats.codes_compared == 50);
  REQUIRE(narrow.stats.filter_evaluations == 0);
  const QueryResult wide = require_ok(collection.query(query, {.filter = field("n") >= 50}));
  REQUIRE(wide.stats.plan == QueryPlan::exact_scan);
  QueryOptions scanned{.filter = field("n") < 50, .plan = QueryPlan::exact_scan};
  const QueryResult all = require_ok(collection.query(query, scanned));
  REQUIRE(all.stats.plan == QueryPlan::exact_scan);
  REQUIRE(all.stats.rows_rescored <= 50);  // the others are left out before their scores are computed
  const QueryResult none = require_ok(collection.query(query, {.filter = field("n") < 0}));
  REQUIRE(none.empty());
  REQUIRE(none.stats.codes_compared == 0);
  const std::vector<QueryRequest> requests = {{.vector = query, .options = {.filter = field("n") < 50}},
                                              {.vector = query},
                                              {.vector = query, .options = {.filter = field("n") >= 50}}};
  const auto together = require_ok(collection.query_batch(requests));
  REQUIRE(together[0].stats.codes_compared == 50);
  REQUIRE(together[1].stats.codes_compared == 5000);
  for (std::size_t i = 0; i < 10; ++i) {
    REQUIRE(together[0][i].document.id == narrow[i].document.id);
    REQUIRE(together[2][i].document.id == wide[i].document.id);
  }
}
