// Queries of collections that have a graph, through the public interface: recall, filters, writes, and every plan.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <random>
#include <set>
#include <thread>

#include "scaup/database.hpp"
#include "support/catch.hpp"
#include "support/vectors.hpp"

using namespace scaup;
using scaup::test::require_error;
using scaup::test::require_ok;

namespace {

constexpr std::size_t kDimension = 24;
constexpr std::size_t kRows = 3000;

// Vectors around a few centres, as text embeddings are.
class Source {
 public:
  explicit Source(std::uint64_t seed) : random_(seed) {
    for (int i = 0; i < 40; ++i) centres_.push_back(test::random_vector(random_, kDimension));
  }
  std::vector<float> vector() {
    std::vector<float> vector = centres_[random_() % centres_.size()];
    for (float& x : vector) x += 0.6F * normal_(random_);
    return vector;
  }
  Document document(std::size_t i) {
    return {.id = "d" + std::to_string(i),
            .text = i % 7 == 0 ? "seven" : "other",
            .metadata = {{"number", static_cast<std::int64_t>(i)}, {"half", i % 2 == 0}},
            .embedding = vector()};
  }
  std::vector<Document> documents(std::size_t first, std::size_t count) {
    std::vector<Document> documents;
    for (std::size_t i = first; i < first + count; ++i) documents.push_back(document(i));
    return documents;
  }

 private:
  std::mt19937_64 random_;
  std::normal_distribution<float> normal_;
  std::vector<std::vector<float>> centres_;
};

Collection collection_with_graph(Metric metric = Metric::cosine) {
  return require_ok(Database::in_memory().create_collection(
      "rows", {.metric = metric, .index = {.graph_from = 500, .build_threads = 1}}));
}

std::vector<std::string> ids_of(const QueryResult& result) {
  std::vector<std::string> ids;
  for (const Match& match : result) ids.push_back(match.document.id);
  return ids;
}

QueryOptions walking(QueryOptions options) {
  options.plan = QueryPlan::graph_walk;
  return options;
}

// The share of the exact answers that walks find.
double recall_of_walks(const Collection& collection, Source& source, const QueryOptions& options, int queries = 60) {
  QueryOptions exact = options;
  exact.exact = true;
  std::size_t found = 0;
  std::size_t expected = 0;
  for (int i = 0; i < queries; ++i) {
    const auto vector = source.vector();
    const auto truth = ids_of(require_ok(collection.query(vector, exact)));
    const auto walked = require_ok(collection.query(vector, walking(options)));
    REQUIRE(walked.size() == truth.size());
    const auto ids = ids_of(walked);
    const std::set<std::string> known(ids.begin(), ids.end());
    REQUIRE(known.size() == ids.size());
    found += static_cast<std::size_t>(std::ranges::count_if(truth, [&](const auto& id) { return known.contains(id); }));
    expected += truth.size();
  }
  return expected == 0 ? 1.0 : static_cast<double>(found) / static_cast<double>(expected);
}

}  // namespace

TEST_CASE("graph: a walk finds the share of the exact answer that was asked for, whatever the metric") {
  const auto metric = GENERATE(Metric::cosine, Metric::inner_product, Metric::l2);
  Collection collection = collection_with_graph(metric);
  Source source(1);
  require_ok(collection.add(source.documents(0, kRows)));
  require_ok(collection.wait_until_indexed());
  CHECK(require_ok(collection.info()).graph_rows == kRows);
  CHECK(recall_of_walks(collection, source, {}) >= 0.95);
  CHECK(recall_of_walks(collection, source, {.recall = 0.99}) >= 0.985);
  CHECK(recall_of_walks(collection, source, {.k = 50}) >= 0.95);
  const auto stats = require_ok(collection.query(source.vector(), walking({}))).stats;
  CHECK(stats.plan == QueryPlan::graph_walk);
  CHECK(stats.ef >= 10);
  CHECK(stats.hops > 0);
  CHECK(stats.codes_compared < kRows);
  CHECK(stats.rows_rescored >= 10);
}

TEST_CASE("graph: recall 1 and exact are exact searches") {
  Collection collection = collection_with_graph();
  Source source(2);
  require_ok(collection.add(source.documents(0, kRows)));
  require_ok(collection.wait_until_indexed());
  const auto vector = source.vector();
  CHECK(require_ok(collection.query(vector, walking({.recall = 1.0}))).stats.plan == QueryPlan::exact_scan);
  CHECK(require_ok(collection.query(vector, walking({.exact = true}))).stats.plan == QueryPlan::exact_scan);
}

TEST_CASE("graph: documents are found as soon as they are added, and no more once they are removed") {
  Collection collection = collection_with_graph();
  Source source(3);
  require_ok(collection.add(source.documents(0, kRows)));
  require_ok(collection.wait_until_indexed());
  for (std::size_t i = kRows; i < kRows + 200; ++i) {
    const Document document = source.document(i);
    require_ok(collection.add({document}));
    const auto found = require_ok(collection.query(*document.embedding, walking({.k = 1})));
    REQUIRE(found.size() == 1);
    REQUIRE(found[0].document.id == document.id);
    require_ok(collection.remove({document.id}));
    const auto gone = require_ok(collection.query(*document.embedding, walking({.k = 1})));
    REQUIRE(gone[0].document.id != document.id);
  }
}

TEST_CASE("graph: a collection that grows by single documents and by large batches keeps its recall") {
  Collection collection = collection_with_graph();
  Source source(4);
  require_ok(collection.add(source.documents(0, 600)));
  std::size_t next = 600;
  for (const std::size_t batch : {1U, 1U, 30U, 200U, 1U, 6000U, 500U}) {
    require_ok(collection.add(source.documents(next, batch)));
    next += batch;
    CHECK(recall_of_walks(collection, source, {}, 10) >= 0.9);
  }
  require_ok(collection.wait_until_indexed());
  CHECK(require_ok(collection.info()).graph_rows == next);
  CHECK(recall_of_walks(collection, source, {}) >= 0.95);
}

TEST_CASE("graph: replacing half of the documents over and over keeps recall") {
  Collection collection = collection_with_graph();
  Source source(5);
  require_ok(collection.add(source.documents(0, kRows)));
  for (int round = 0; round < 6; ++round) {
    for (std::size_t i = 0; i < kRows; i += 2) require_ok(collection.upsert({source.document(i)}));
    CHECK(recall_of_walks(collection, source, {}, 10) >= 0.9);
  }
  require_ok(collection.wait_until_indexed());
  CHECK(recall_of_walks(collection, source, {}) >= 0.95);
}

TEST_CASE("graph: with 99 percent of the documents removed, the others are all found") {
  Collection collection = collection_with_graph();
  Source source(6);
  require_ok(collection.add(source.documents(0, kRows)));
  require_ok(collection.wait_until_indexed());
  require_ok(collection.remove(field("number") >= static_cast<std::int64_t>(kRows / 100)));
  CHECK(recall_of_walks(collection, source, {}) >= 0.95);
  CHECK(require_ok(collection.query(source.vector(), walking({.k = 100}))).size() == kRows / 100);
  require_ok(collection.wait_until_indexed());
  CHECK(recall_of_walks(collection, source, {}) >= 0.95);
}

TEST_CASE("graph: every plan gives the same answer, whatever the filter") {
  Collection collection = collection_with_graph();
  Source source(7);
  require_ok(collection.add(source.documents(0, kRows)));
  require_ok(collection.wait_until_indexed());
  require_ok(collection.add(source.documents(kRows, 100)));
  require_ok(collection.remove(field("number") < 90));
  const std::vector<Filter> filters = {
      Filter(),
      field("half") == true,
      field("number") < 400,
      field("number") >= 3050,
      field("number") == 1234,
      field("number") < 0,
      field("half") == true && text().contains("seven"),
      text().contains("nothing of the kind"),
      !field("half").exists() || field("number") > 2000,
  };
  for (std::size_t f = 0; f < filters.size(); ++f) {
    INFO("filter " << f);
    for (int i = 0; i < 5; ++i) {
      const auto vector = source.vector();
      QueryOptions options{.k = 10, .filter = filters[f]};
      options.exact = true;
      const auto truth = ids_of(require_ok(collection.query(vector, options)));
      options.exact = false;
      options.ef = 2 * kRows;
      for (const QueryPlan plan : {QueryPlan::exact_scan, QueryPlan::filtered_scan, QueryPlan::graph_walk}) {
        options.plan = plan;
        const auto result = require_ok(collection.query(vector, options));
        CHECK(ids_of(result) == truth);
      }
    }
  }
}

TEST_CASE("graph: a threshold on the score cuts off what a walk found") {
  Collection collection = collection_with_graph();
  Source source(8);
  require_ok(collection.add(source.documents(0, kRows)));
  require_ok(collection.wait_until_indexed());
  const auto vector = source.vector();
  const auto all = require_ok(collection.query(vector, walking({.k = 20, .recall = 0.99})));
  const auto cut = require_ok(collection.query(vector, walking({.k = 20, .min_score = all[9].score, .recall = 0.99})));
  CHECK(cut.size() == 10);
  CHECK(cut.stats.plan == QueryPlan::graph_walk);
}

TEST_CASE("graph: a batch gives what its queries give one by one") {
  Collection collection = collection_with_graph();
  Source source(9);
  require_ok(collection.add(source.documents(0, kRows)));
  require_ok(collection.wait_until_indexed());
  require_ok(collection.add(source.documents(kRows, 50)));
  std::vector<QueryRequest> requests;
  for (int i = 0; i < 100; ++i) {
    QueryOptions options = i % 3 == 0 ? QueryOptions{.exact = true} : walking({});
    if (i % 5 == 0) options.filter = field("half") == true;
    requests.push_back({.vector = source.vector(), .options = options});
  }
  const auto together = require_ok(collection.query_batch(requests));
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const auto alone = require_ok(collection.query(requests[i].vector, requests[i].options));
    CHECK(ids_of(together[i]) == ids_of(alone));
  }
}

TEST_CASE("graph: documents without a vector are left out of it") {
  Collection collection = require_ok(Database::in_memory().create_collection(
      "rows", {.embedder = require_ok(make_hash_embedder({.dimension = kDimension})), .index = {.graph_from = 100}}));
  Source source(10);
  auto documents = source.documents(0, 400);
  for (std::size_t i = 0; i < documents.size(); i += 4) {
    documents[i].embedding.reset();
    documents[i].text = "...";
  }
  const auto report = require_ok(collection.add(documents));
  REQUIRE(report.without_vector == 100);
  require_ok(collection.wait_until_indexed());
  CHECK(require_ok(collection.info()).graph_rows == 300);
  CHECK(require_ok(collection.query(source.vector(), walking({.k = 400}))).size() == 300);
}

TEST_CASE("graph: self_recall says how much of the exact answer is found") {
  Collection collection = collection_with_graph();
  Source source(11);
  CHECK(require_ok(collection.self_recall()).ef == 0);
  require_ok(collection.add(source.documents(0, kRows)));
  require_ok(collection.wait_until_indexed());
  const auto report = require_ok(collection.self_recall({.sample = 200}));
  CHECK(report.queries == 200);
  CHECK(report.recall >= 0.93);
  CHECK(report.ef >= 10);
  CHECK(require_ok(collection.self_recall({.recall = 0.999})).ef >= report.ef);
  require_error(collection.self_recall({.sample = 0}), ErrorCode::invalid_argument);
  require_error(collection.self_recall({.recall = 0}), ErrorCode::invalid_argument);
}

TEST_CASE("graph: a collection without a graph is exact and has nothing to wait for") {
  Collection collection =
      require_ok(Database::in_memory().create_collection("rows", {.index = {.graph = false, .graph_from = 100}}));
  Source source(12);
  require_ok(collection.add(source.documents(0, 1000)));
  require_ok(collection.wait_until_indexed());
  CHECK(require_ok(collection.info()).graph_rows == 0);
  CHECK(require_ok(collection.query(source.vector(), walking({}))).stats.plan == QueryPlan::exact_scan);
}

TEST_CASE("graph: reembedding makes another graph, and until then queries are exact") {
  const auto embedder = [](std::size_t dimension) { return require_ok(make_hash_embedder({.dimension = dimension})); };
  Collection collection = require_ok(Database::in_memory().create_collection(
      "rows", {.embedder = embedder(32), .index = {.graph_from = 200, .build_threads = 1}}));
  std::vector<Document> documents;
  for (int i = 0; i < 800; ++i) {
    documents.push_back({.id = std::to_string(i), .text = "word" + std::to_string(i % 90) + " n" + std::to_string(i)});
  }
  require_ok(collection.add(documents));
  require_ok(collection.wait_until_indexed());
  require_ok(collection.reembed(embedder(48)));
  CHECK(require_ok(collection.query("word7 n7", walking({.k = 1})))[0].document.id == "7");
  require_ok(collection.wait_until_indexed());
  const StoreInfo info = require_ok(collection.info());
  CHECK(info.graph_rows == info.documents - info.without_vector);
  CHECK(require_ok(collection.query("word7 n7", walking({.k = 1})))[0].document.id == "7");
}

TEST_CASE("graph: waiting for it can be cancelled") {
  Collection collection = collection_with_graph();
  Source source(13);
  require_ok(collection.add(source.documents(0, 20000)));
  std::stop_source stop;
  std::jthread stopper([&] { stop.request_stop(); });
  const Status waited = collection.wait_until_indexed(stop.get_token());
  if (!waited) CHECK(waited.error().code() == ErrorCode::cancelled);
}

TEST_CASE("graph: groups and negative queries are answered by walks as well") {
  Collection collection = collection_with_graph();
  Source source(14);
  auto documents = source.documents(0, kRows);
  for (std::size_t i = 0; i < kRows; ++i) documents[i].metadata.emplace("source", static_cast<std::int64_t>(i % 400));
  require_ok(collection.add(documents));
  require_ok(collection.wait_until_indexed());
  CHECK(recall_of_walks(collection, source, {.group_by = "source"}) >= 0.95);
  QueryOptions negative;
  negative.negative = NegativeQuery{.vector = source.vector()};
  CHECK(recall_of_walks(collection, source, negative) >= 0.95);
  negative.negative->mode = NegativeMode::filter;
  CHECK(recall_of_walks(collection, source, negative) >= 0.95);
  negative.group_by = "source";
  negative.filter = field("half") == true;
  CHECK(recall_of_walks(collection, source, negative) >= 0.95);
}

TEST_CASE("graph: waiting for it ends although others keep writing") {
  Collection collection = collection_with_graph();
  Source source(15);
  require_ok(collection.add(source.documents(0, kRows)));
  std::atomic<bool> stop = false;
  std::jthread writer([&, other = Source(16)]() mutable {
    for (std::size_t i = kRows; !stop; ++i) require_ok(collection.upsert({other.document(kRows + i % 500)}));
  });
  const Status waited = collection.wait_until_indexed();
  stop = true;
  require_ok(waited);
}
