// Negative queries against brute force: the query less another vector, and documents near to it left out.

#include <algorithm>
#include <map>
#include <random>

#include "collection/query_oracle.hpp"
#include "scaup/database.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

constexpr Metric kMetrics[] = {Metric::cosine, Metric::inner_product, Metric::l2};
constexpr std::size_t kDimension = 12;

// Documents of which several have the same vector.
std::vector<Document> random_documents(std::mt19937_64& random, std::size_t count) {
  std::vector<Document> documents;
  for (std::size_t i = 0; i < count; ++i) {
    const bool same = i > 0 && random() % 4 == 0;
    documents.push_back({.id = "d" + std::to_string(i * 7919 % count),
                         .text = random() % 2 == 0 ? "storm" : "calm",
                         .metadata = {{"n", static_cast<std::int64_t>(random() % 100)}},
                         .embedding = same ? documents[random() % i].embedding : random_vector(random, kDimension)});
  }
  return documents;
}

Collection with_documents(Metric metric, const std::vector<Document>& documents) {
  auto collection = require_ok(Database::in_memory().create_collection("c", {.metric = metric}));
  require_ok(collection.add(documents));
  return collection;
}

NegativeQuery away_from(std::vector<float> vector) {
  return {.vector = std::move(vector)};
}

NegativeQuery without(std::vector<float> vector, std::optional<double> threshold) {
  return {.vector = std::move(vector), .mode = NegativeMode::filter, .threshold = threshold};
}

std::vector<std::string> ids_of(const QueryResult& result) {
  std::vector<std::string> ids;
  for (const Match& match : result) ids.push_back(match.document.id);
  return ids;
}

std::vector<float> scaled(std::vector<float> vector, float factor) {
  for (float& x : vector) x *= factor;
  return vector;
}

// Knows the words of a table and nothing else; counts calls and texts.
class TableEmbedder final : public Embedder {
 public:
  Result<Embeddings> embed(std::span<const std::string_view> texts, TextKind kind, std::stop_token) const override {
    ++calls;
    for (const std::string_view text : texts) asked.emplace_back(text);
    if (kind == TextKind::query) ++query_calls;
    Embeddings rows{.dimension = 2, .values = {}};
    for (const std::string_view text : texts) {
      const auto known = table_.find(text);
      const auto& row = known == table_.end() ? std::vector<float>{0, 0} : known->second;
      rows.values.insert(rows.values.end(), row.begin(), row.end());
    }
    return rows;
  }
  const EmbedderIdentity& identity() const noexcept override { return identity_; }

  mutable std::size_t calls = 0;
  mutable std::size_t query_calls = 0;
  mutable std::vector<std::string> asked;

 private:
  EmbedderIdentity identity_{.provider = "test", .model = "table", .dimension = 2};
  std::map<std::string, std::vector<float>, std::less<>> table_ = {
      {"sea", {1, 0}}, {"land", {0, 1}}, {"coast", {1, 1}}, {"ocean", {5, 0}}};
};

struct TextFixture {
  std::shared_ptr<TableEmbedder> embedder = std::make_shared<TableEmbedder>();
  Collection notes = require_ok(Database::in_memory().create_collection("notes", {.embedder = embedder}));

  TextFixture() {
    require_ok(
        notes.add({{.id = "coast", .text = "coast"}, {.id = "land", .text = "land"}, {.id = "sea", .text = "sea"}}));
    embedder->calls = 0;
    embedder->asked.clear();
  }
};

}  // namespace

TEST_CASE("negative query: subtracting ranks by the difference of the two directions") {
  std::mt19937_64 random(41);
  const auto documents = random_documents(random, 600);
  for (const Metric metric : kMetrics) {
    INFO(to_string(metric));
    const Collection collection = with_documents(metric, documents);
    for (int round = 0; round < 20; ++round) {
      const auto query = random_vector(random, kDimension);
      const auto negative = random_vector(random, kDimension);
      const QueryResult result = require_ok(collection.query(query, {.k = 20, .negative = away_from(negative)}));
      // The difference in floats may differ in its last bits, so scores are compared and not ids.
      const auto expected = naive_query(metric, documents, naive_difference(query, negative), {.k = 20});
      REQUIRE(result.size() == 20);
      for (std::size_t i = 0; i < 20; ++i) REQUIRE(result[i].score == Approx(expected[i].score).margin(1e-5));
    }
  }
}

TEST_CASE("negative query: the lengths of both vectors do not matter to a subtraction") {
  std::mt19937_64 random(42);
  const auto documents = random_documents(random, 300);
  for (const Metric metric : kMetrics) {
    INFO(to_string(metric));
    const Collection collection = with_documents(metric, documents);
    const auto query = random_vector(random, kDimension);
    const auto negative = random_vector(random, kDimension);
    const auto expected = require_ok(collection.query(query, {.negative = away_from(negative)}));
    const auto longer = require_ok(collection.query(scaled(query, 1024), {.negative = away_from(negative)}));
    const auto shorter = require_ok(collection.query(query, {.negative = away_from(scaled(negative, 0x1p-60F))}));
    REQUIRE(ids_of(longer) == ids_of(expected));
    REQUIRE(ids_of(shorter) == ids_of(expected));
  }
}

TEST_CASE("negative query: under cosine the scores of a subtraction are cosines with the difference") {
  const Collection collection = with_documents(Metric::cosine, {{.id = "x", .embedding = std::vector<float>{1, 0}},
                                                                {.id = "y", .embedding = std::vector<float>{0, 1}}});
  const auto result = require_ok(collection.query(std::vector<float>{3, 0}, {.negative = away_from({0, 0.5F})}));
  REQUIRE(ids_of(result) == std::vector<std::string>{"x", "y"});
  REQUIRE(result[0].score == Approx(std::sqrt(0.5)));
  REQUIRE(result[1].score == Approx(-std::sqrt(0.5)));
}

TEST_CASE("negative query: subtracting the opposite is the query itself") {
  std::mt19937_64 random(43);
  const Collection collection = with_documents(Metric::cosine, random_documents(random, 200));
  const auto query = random_vector(random, kDimension);
  const auto result = require_ok(collection.query(query, {.negative = away_from(scaled(query, -2))}));
  REQUIRE(ids_of(result) == ids_of(require_ok(collection.query(query))));
}

TEST_CASE("negative query: subtracting the direction of the query is refused, because nothing is left") {
  std::mt19937_64 random(44);
  const auto documents = random_documents(random, 10);
  const auto query = random_vector(random, kDimension);
  for (const Metric metric : kMetrics) {
    const Collection collection = with_documents(metric, documents);
    for (const float factor : {1.0F, 3.0F, 0.1F, 1e-20F}) {
      require_error(collection.query(query, {.negative = away_from(scaled(query, factor))}),
                    ErrorCode::invalid_argument, {"query", "negative", "direction", "nothing is left"});
    }
  }
}

TEST_CASE("negative query: filtering leaves out exactly what scores above the threshold") {
  std::mt19937_64 random(45);
  const auto documents = random_documents(random, 700);
  for (const Metric metric : kMetrics) {
    INFO(to_string(metric));
    const Collection collection = with_documents(metric, documents);
    for (const double share : {0.0, 0.01, 0.3, 0.5, 0.9, 0.999}) {
      const auto negative = random_vector(random, kDimension);
      std::vector<double> scores;
      for (const Document& document : documents)
        scores.push_back(require_ok(score(metric, *document.embedding, negative)));
      std::ranges::sort(scores);
      // The score of a document, which with all its equals stays.
      const double threshold = scores[static_cast<std::size_t>((1 - share) * 699)];
      for (const bool same : {false, true}) {
        const auto query = same ? negative : random_vector(random, kDimension);
        const QueryOptions options{.k = 25, .negative = without(negative, threshold)};
        const QueryResult result = require_ok(collection.query(query, options));
        require_same(result, naive_query(metric, documents, query, options));
        REQUIRE(result.stats.negative_comparisons >= result.size());
      }
    }
  }
}

TEST_CASE("negative query: filtering returns everything that is left when that is less than k") {
  std::mt19937_64 random(46);
  const auto documents = random_documents(random, 500);
  const Collection collection = with_documents(Metric::cosine, documents);
  const auto query = random_vector(random, kDimension);
  for (const double threshold : {-1.0, -0.6, -0.4, 1.0}) {
    const QueryOptions options{.k = 400, .negative = without(query, threshold)};
    require_same(require_ok(collection.query(query, options)), naive_query(Metric::cosine, documents, query, options));
  }
}

TEST_CASE("negative query: a threshold of 0 is 0, and the default under cosine is 0.5") {
  const std::vector<Document> documents = {{.id = "along", .embedding = std::vector<float>{1, 0}},
                                           {.id = "half", .embedding = std::vector<float>{1, 1.8F}},
                                           {.id = "across", .embedding = std::vector<float>{0, 1}},
                                           {.id = "against", .embedding = std::vector<float>{-1, 0}}};
  const Collection collection = with_documents(Metric::cosine, documents);
  const std::vector<float> up = {0, 1};
  REQUIRE(ids_of(require_ok(collection.query(up, {.negative = without({1, 0}, 0.0)}))) ==
          std::vector<std::string>{"across", "against"});
  REQUIRE(ids_of(require_ok(collection.query(up, {.negative = without({1, 0}, {})}))) ==
          std::vector<std::string>{"across", "half", "against"});
}

TEST_CASE("negative query: under l2 the threshold is minus a squared distance") {
  std::vector<Document> documents;
  for (int i = 0; i < 10; ++i) {
    documents.push_back({.id = std::to_string(i), .embedding = std::vector<float>{static_cast<float>(i), 0}});
  }
  const Collection collection = with_documents(Metric::l2, documents);
  const auto result = require_ok(collection.query(std::vector<float>{0, 0}, {.negative = without({3, 0}, -4.0)}));
  REQUIRE(ids_of(result) == std::vector<std::string>{"0", "1", "5", "6", "7", "8", "9"});
}

TEST_CASE("negative query: documents that are changed or removed are judged by what they are now") {
  auto collection = with_documents(Metric::cosine, {{.id = "a", .embedding = std::vector<float>{1, 0}},
                                                    {.id = "b", .embedding = std::vector<float>{1, 0.1F}},
                                                    {.id = "c", .embedding = std::vector<float>{0, 1}}});
  require_ok(collection.upsert({{.id = "a", .embedding = std::vector<float>{0.1F, 1}}}));
  require_ok(collection.remove({"c"}));
  const auto result = require_ok(collection.query(std::vector<float>{1, 1}, {.negative = without({1, 0}, 0.5)}));
  REQUIRE(ids_of(result) == std::vector<std::string>{"a"});
}

TEST_CASE_METHOD(TextFixture, "negative query: texts are embedded in the call that embeds the queries") {
  const auto result = require_ok(notes.query("coast", {.negative = NegativeQuery{.text = "land"}}));
  REQUIRE(ids_of(result) == std::vector<std::string>{"sea", "coast", "land"});
  REQUIRE(embedder->calls == 1);
  REQUIRE(embedder->query_calls == 1);
  const std::vector<QueryRequest> requests = {
      {.text = "coast", .options = {.negative = NegativeQuery{.text = "sea"}}},
      {.vector = {1, 1}, .options = {.negative = NegativeQuery{.text = "sea", .mode = NegativeMode::filter}}},
      {.text = "land", .options = {.negative = away_from({1, 0})}}};
  embedder->calls = 0;
  embedder->asked.clear();
  const auto results = require_ok(notes.query_batch(requests));
  REQUIRE(embedder->calls == 1);
  REQUIRE(embedder->asked == std::vector<std::string>{"coast", "sea", "land"});
  REQUIRE(ids_of(results[0]) == std::vector<std::string>{"land", "coast", "sea"});
  REQUIRE(ids_of(results[1]) == std::vector<std::string>{"land"});
  REQUIRE(ids_of(results[2]) == std::vector<std::string>{"land", "coast", "sea"});
}

TEST_CASE_METHOD(
    TextFixture,
    "negative query: a negative text that the embedder does not know has no effect, and the stats say so") {
  const auto plain = require_ok(notes.query("sea"));
  REQUIRE_FALSE(plain.stats.negative_without_vector);
  for (const NegativeMode mode : {NegativeMode::subtract, NegativeMode::filter}) {
    const auto result = require_ok(notes.query("sea", {.negative = NegativeQuery{.text = "qwrt", .mode = mode}}));
    REQUIRE(ids_of(result) == ids_of(plain));
    REQUIRE(result[0].score == plain[0].score);
    REQUIRE(result.stats.negative_without_vector);
    REQUIRE_FALSE(result.stats.query_without_vector);
    REQUIRE(result.stats.negative_comparisons == 0);
  }
}

TEST_CASE_METHOD(TextFixture,
                 "negative query: a query that the embedder does not know finds nothing, whatever is subtracted") {
  const auto result = require_ok(notes.query("qwrt", {.negative = NegativeQuery{.text = "sea"}}));
  REQUIRE(result.empty());
  REQUIRE(result.stats.query_without_vector);
  REQUIRE_FALSE(result.stats.negative_without_vector);
}

TEST_CASE_METHOD(TextFixture, "negative query: a text with the direction of the query's is refused, naming the query") {
  require_error(notes.query("sea", {.negative = NegativeQuery{.text = "ocean"}}), ErrorCode::invalid_argument,
                {"negative", "nothing is left"});
  const std::vector<QueryRequest> requests = {{.text = "sea"},
                                              {.text = "sea", .options = {.negative = NegativeQuery{.text = "sea"}}}};
  require_error(notes.query_batch(requests), ErrorCode::invalid_argument, {"query 1", "negative"});
}

TEST_CASE("negative query: composes with filter, least score, batches and threads") {
  std::mt19937_64 random(47);
  const auto documents = random_documents(random, 900);
  for (const Metric metric : kMetrics) {
    INFO(to_string(metric));
    const Collection collection = with_documents(metric, documents);
    std::vector<QueryRequest> requests;
    for (std::size_t i = 0; i < 24; ++i) {
      QueryOptions options{.k = 1 + random() % 30, .threads = 1 + i % 3};
      if (i % 2 == 0) options.filter = field("n") < static_cast<std::int64_t>(random() % 100);
      if (i % 5 == 0) options.filter = options.filter && text().contains("storm");
      if (i % 3 == 0) options.min_score = metric == Metric::l2 ? -20.0 : 0.1;
      if (i % 4 != 3)
        options.negative = without(random_vector(random, kDimension), metric == Metric::l2 ? -25.0 : -0.1);
      requests.push_back({.vector = random_vector(random, kDimension), .options = std::move(options)});
    }
    const auto results = require_ok(collection.query_batch(requests));
    for (std::size_t i = 0; i < requests.size(); ++i) {
      INFO("query " << i);
      require_same(results[i], naive_query(metric, documents, requests[i].vector, requests[i].options));
    }
  }
}
