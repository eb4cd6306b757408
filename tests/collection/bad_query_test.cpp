// Negative queries and groups that cannot be answered are refused, and the message says what, where and which value.

#include <limits>

#include "engine/local_store.hpp"
#include "scaup/database.hpp"
#include "support/catch.hpp"

using namespace scaup;
using scaup::test::require_error;
using scaup::test::require_ok;

namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Fixture {
  Database db = Database::in_memory();
  Collection vectors = require_ok(db.create_collection("vectors"));
  Collection texts =
      require_ok(db.create_collection("texts", {.embedder = require_ok(make_hash_embedder({.dimension = 8}))}));

  Fixture() {
    require_ok(vectors.add({{.id = "a", .embedding = std::vector<float>{1, 2, 3}}}));
    require_ok(texts.add({{.id = "a", .text = "word"}}));
  }
  Collection of_metric(Metric metric) {
    auto collection = require_ok(db.get_or_create_collection(std::string(to_string(metric)), {.metric = metric}));
    require_ok(collection.upsert({{.id = "a", .embedding = std::vector<float>{1, 2, 3}}}));
    return collection;
  }
};

Result<QueryResult> ask(const Collection& collection, const NegativeQuery& negative) {
  return collection.query(std::vector<float>{1, 1, 1}, {.negative = negative});
}

NegativeQuery with_threshold(std::optional<double> threshold) {
  return {.vector = {1, 0, 0}, .mode = NegativeMode::filter, .threshold = threshold};
}

// A store that can neither exclude nor group, and does nothing else.
class PlainStore : public VectorStore {
 public:
  StoreCapabilities capabilities() const noexcept override { return {.exclusions = false, .grouping = false}; }
  Result<StoreInfo> info(std::stop_token) const override { return StoreInfo{}; }
  Result<WriteCounts> write(std::span<const StoreRecord>, WriteMode, std::uint64_t, std::stop_token) override {
    return unused();
  }
  Status update_metadata(std::span<const MetadataUpdate>, std::stop_token) override { return unused(); }
  Result<std::size_t> remove_ids(std::span<const std::string>, std::stop_token) override { return unused(); }
  Result<std::size_t> remove_matching(const Filter&, std::stop_token) override { return unused(); }
  Status adopt_embedder(const EmbedderIdentity&, std::stop_token) override { return unused(); }
  Status replace_embeddings(const StoreSchema&, std::span<const EmbeddingUpdate>, std::uint64_t,
                            std::stop_token) override {
    return unused();
  }
  Result<std::vector<std::optional<Document>>> get(std::span<const std::string>, bool, std::stop_token) const override {
    return unused();
  }
  Result<ScanPage> scan(const ScanOptions&, std::stop_token) const override { return unused(); }
  Result<std::size_t> count(const Filter&, std::stop_token) const override { return unused(); }
  Result<std::vector<QueryResult>> query(std::span<const VectorQuery> queries, std::uint64_t,
                                         std::stop_token) const override {
    return std::vector<QueryResult>(queries.size());
  }

 private:
  static Error unused() { return {ErrorCode::internal, "not a part of this test"}; }
};

// A store that owes an answer to whoever asks.
class ShortStore final : public PlainStore {
 public:
  Result<std::vector<std::optional<Document>>> get(std::span<const std::string>, bool, std::stop_token) const override {
    return std::vector<std::optional<Document>>();
  }
  Result<std::vector<QueryResult>> query(std::span<const VectorQuery>, std::uint64_t, std::stop_token) const override {
    return std::vector<QueryResult>();
  }
};

}  // namespace

TEST_CASE("bad query: a store of the user's that gives fewer answers than it was asked for is told so") {
  const Collection collection = require_ok(make_collection("short", std::make_shared<ShortStore>()));
  const std::vector<std::string> ids{"a", "b"};
  require_error(collection.get("a"), ErrorCode::internal, {"get", "0 documents", "1"});
  require_error(collection.get_many(ids), ErrorCode::internal, {"get_many", "0 documents", "2"});
  require_error(collection.query(std::vector<float>{1}), ErrorCode::internal, {"query", "0 results", "1"});
}

TEST_CASE_METHOD(Fixture, "bad query: a negative query needs exactly one of text and vector") {
  require_error(ask(vectors, {}), ErrorCode::invalid_argument, {"query", "negative", "neither"});
  require_error(ask(texts, {}), ErrorCode::dimension_mismatch, {"query"});  // the query's own vector comes first
  require_error(texts.query("word", {.negative = NegativeQuery{.text = "x", .vector = std::vector<float>(8, 1.0F)}}),
                ErrorCode::invalid_argument, {"negative", "text and a vector"});
}

TEST_CASE_METHOD(Fixture, "bad query: the vector of a negative query is checked as that of a query") {
  for (const NegativeMode mode : {NegativeMode::subtract, NegativeMode::filter}) {
    require_error(ask(vectors, {.vector = {1, 2}, .mode = mode}), ErrorCode::dimension_mismatch,
                  {"negative", "2 components", "3"});
    require_error(ask(vectors, {.vector = {1, kNan, 2}, .mode = mode}), ErrorCode::invalid_argument,
                  {"negative", "component 1", "nan"});
    require_error(ask(vectors, {.vector = {0, 0, 0}, .mode = mode}), ErrorCode::invalid_argument,
                  {"negative", "zero", "cosine"});
  }
}

TEST_CASE_METHOD(Fixture, "bad query: in an empty collection query and negative query must have one dimension") {
  const auto empty = require_ok(db.create_collection("empty"));
  require_error(ask(empty, {.vector = {1, 2}}), ErrorCode::dimension_mismatch, {"negative", "2 components", "query 3"});
  REQUIRE(require_ok(ask(empty, {.vector = {1, 2, 4}})).empty());
}

TEST_CASE_METHOD(Fixture, "bad query: a zero vector has no direction to subtract or to be subtracted from") {
  for (const Metric metric : {Metric::inner_product, Metric::l2}) {
    const Collection collection = of_metric(metric);
    require_error(ask(collection, {.vector = {0, 0, 0}}), ErrorCode::invalid_argument, {"negative", "zero"});
    require_error(collection.query(std::vector<float>{0, 0, 0}, {.negative = NegativeQuery{.vector = {1, 0, 0}}}),
                  ErrorCode::invalid_argument, {"negative", "query vector is zero"});
    require_ok(ask(collection, {.vector = {0, 0, 0}, .mode = NegativeMode::filter, .threshold = -1}));
  }
}

TEST_CASE_METHOD(Fixture, "bad query: a negative text needs an embedder and must be UTF-8") {
  require_error(ask(vectors, {.text = "a text"}), ErrorCode::invalid_argument, {"negative", "embedder"});
  require_error(texts.query("word", {.negative = NegativeQuery{.text = "ab\xFF"}}), ErrorCode::invalid_argument,
                {"negative", "UTF-8", "offset 2"});
}

TEST_CASE_METHOD(Fixture, "bad query: a threshold outside the scores of the metric is refused, naming them") {
  for (const double threshold : {std::numeric_limits<double>::quiet_NaN(), kInfinity, -kInfinity, 1.01, -1.01}) {
    require_error(ask(vectors, with_threshold(threshold)), ErrorCode::invalid_argument,
                  {"negative", "threshold", "cosine", "-1 to 1"});
  }
  for (const double threshold : {std::numeric_limits<double>::quiet_NaN(), kInfinity, -kInfinity}) {
    require_error(ask(of_metric(Metric::inner_product), with_threshold(threshold)), ErrorCode::invalid_argument,
                  {"threshold", "inner_product", "finite"});
    require_error(ask(of_metric(Metric::l2), with_threshold(threshold)), ErrorCode::invalid_argument,
                  {"threshold", "l2", "up to 0"});
  }
  require_error(ask(of_metric(Metric::l2), with_threshold(0.5)), ErrorCode::invalid_argument, {"threshold: 0.5", "l2"});
  require_ok(ask(of_metric(Metric::l2), with_threshold(0.0)));
  require_ok(ask(of_metric(Metric::inner_product), with_threshold(1e300)));
}

TEST_CASE_METHOD(Fixture, "bad query: a threshold has a default under cosine alone") {
  require_ok(ask(vectors, with_threshold({})));
  for (const Metric metric : {Metric::inner_product, Metric::l2}) {
    require_error(ask(of_metric(metric), with_threshold({})), ErrorCode::invalid_argument,
                  {"threshold", "absent", to_string(metric)});
  }
}

TEST_CASE_METHOD(Fixture, "bad query: a threshold beside a subtraction is refused") {
  require_error(ask(vectors, {.vector = {1, 0, 0}, .threshold = 0.5}), ErrorCode::invalid_argument,
                {"threshold", "0.5", "subtract"});
}

TEST_CASE_METHOD(Fixture, "bad query: a mode that does not exist is refused") {
  require_error(ask(vectors, {.vector = {1, 0, 0}, .mode = static_cast<NegativeMode>(7)}), ErrorCode::invalid_argument,
                {"negative", "mode", "7"});
}

TEST_CASE_METHOD(Fixture, "bad query: of a batch, the message names the query whose negative part is at fault") {
  const std::vector<QueryRequest> requests = {
      {.vector = {1, 1, 1}}, {.vector = {1, 1, 1}, .options = {.negative = NegativeQuery{.vector = {1}}}}};
  require_error(vectors.query_batch(requests), ErrorCode::dimension_mismatch, {"query 1: negative"});
}

TEST_CASE_METHOD(Fixture, "bad query: a key to group by that no metadata can have is refused") {
  const std::vector<float> query = {1, 1, 1};
  require_error(vectors.query(query, {.group_by = "$k"}), ErrorCode::invalid_argument, {"group_by", "$"});
  require_error(vectors.query(query, {.group_by = "#document"}), ErrorCode::invalid_argument, {"group_by"});
  require_error(vectors.query(query, {.group_by = "a\xFF"}), ErrorCode::invalid_argument, {"group_by", "offset 1"});
  require_error(vectors.query(query, {.group_by = std::string(1025, 'k')}), ErrorCode::invalid_argument,
                {"group_by", "1025"});
}

TEST_CASE_METHOD(Fixture, "bad query: a filter has room for one condition less beside a key to group by") {
  Filter filter = field("k") == 1;
  for (int level = 1; level < 64; ++level) filter = !filter;
  const std::vector<float> query = {1, 1, 1};
  require_ok(vectors.query(query, {.filter = filter}));
  require_error(vectors.query(query, {.filter = filter, .group_by = "k"}), ErrorCode::invalid_argument,
                {"filter", "64"});
}

TEST_CASE("bad query: a store that cannot exclude or group is not asked to") {
  const auto collection = require_ok(make_collection("plain", std::make_shared<PlainStore>()));
  require_ok(ask(collection, {.vector = {1, 0, 0}}));
  require_error(ask(collection, with_threshold(0.5)), ErrorCode::invalid_argument, {"negative", "store"});
  require_error(collection.query(std::vector<float>{1}, {.group_by = "k"}), ErrorCode::invalid_argument,
                {"group_by", "store"});
}

TEST_CASE("bad query: the local store checks the dimension of an exclusion itself") {
  LocalStore store({.metric = Metric::cosine, .dimension = 2}, IndexOptions{}, system_clock());
  const Document document{.id = "a"};
  const std::vector<float> two = {1, 2};
  const std::vector<float> three = {1, 2, 3};
  const std::vector<StoreRecord> records = {{.document = &document, .vector = two}};
  require_ok(store.write(records, WriteMode::add, 1, {}));
  const std::vector<VectorQuery> queries = {{.vector = two, .exclusion = VectorExclusion{.vector = three}}};
  require_error(store.query(queries, 1, {}), ErrorCode::dimension_mismatch, {"negative", "3 components", "2"});
}
