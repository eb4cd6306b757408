// What a collection does for a user: documents in, out, changed, found. Bad input has a file of its own.

#include <algorithm>
#include <random>
#include <set>

#include "scaup/database.hpp"
#include "support/catch.hpp"
#include "support/vectors.hpp"

using namespace scaup;
using scaup::test::require_error;
using scaup::test::require_ok;

namespace {

Collection collection_of(std::initializer_list<Document> documents) {
  auto db = Database::in_memory();
  auto collection =
      require_ok(db.create_collection("c", {.embedder = require_ok(make_hash_embedder({.dimension = 64}))}));
  require_ok(collection.add(documents));
  return collection;
}

std::vector<std::string> ids_of(const QueryResult& result) {
  std::vector<std::string> ids;
  for (const Match& match : result) ids.push_back(match.document.id);
  return ids;
}

}  // namespace

TEST_CASE("collection: a document comes back as it was added") {
  const Document given{
      .id = "a",
      .text = "some text",
      .metadata = {{"year", 2020}, {"tags", std::vector<std::string>{"x", "y"}}, {"ratio", 0.5}, {"ok", true}},
      .embedding = std::vector<float>{1, 2, 3},
      .origin = Origin{.source_id = "s", .begin = 3, .end = 12, .chunk_index = 1, .section = {"Top", "Sub"}}};
  auto db = Database::in_memory();
  auto collection = require_ok(db.create_collection("c"));
  const WriteReport report = require_ok(collection.add({given}));
  REQUIRE(report.added == 1);
  REQUIRE(require_ok(collection.get("a")) == given);
}

TEST_CASE("collection: texts are embedded and found by a query") {
  const auto collection =
      collection_of({{.id = "sky", .text = "the sky is blue today"}, {.id = "leaf", .text = "green leaves grow"}});
  const QueryResult result = require_ok(collection.query("why is the sky blue", {.k = 1}));
  REQUIRE(ids_of(result) == std::vector<std::string>{"sky"});
  REQUIRE(result[0].rank == 1);
  REQUIRE(result[0].parts.dense == result[0].score);
  REQUIRE(result[0].document.text == "the sky is blue today");
  REQUIRE_FALSE(result[0].document.embedding.has_value());
}

TEST_CASE("collection: matches carry their vectors when asked to") {
  const auto collection = collection_of({{.id = "a", .text = "words"}});
  const QueryResult result = require_ok(collection.query("words", {.with_embeddings = true}));
  REQUIRE(result[0].document.embedding->size() == 64);
}

TEST_CASE("collection: k larger than what is there gives what is there") {
  const auto collection = collection_of({{.id = "a", .text = "one"}, {.id = "b", .text = "two"}});
  REQUIRE(require_ok(collection.query("one", {.k = 1000000})).size() == 2);
}

TEST_CASE("collection: an empty collection gives an empty list") {
  auto db = Database::in_memory();
  SECTION("with an embedder") {
    auto collection = require_ok(db.create_collection("c", {.embedder = require_ok(make_hash_embedder())}));
    const QueryResult result = require_ok(collection.query("anything"));
    REQUIRE(result.empty());
    REQUIRE(result.stats.plan == QueryPlan::none);
  }
  SECTION("whose dimension is not known yet") {
    auto collection = require_ok(db.create_collection("c"));
    REQUIRE(require_ok(collection.query(std::vector<float>{1, 2})).empty());
    REQUIRE(require_ok(collection.scan()).documents.empty());
    REQUIRE(require_ok(collection.count()) == 0);
    REQUIRE(require_ok(collection.remove({"a"})) == 0);
    REQUIRE_FALSE(require_ok(collection.get_many(std::vector<std::string>{"a"}))[0].has_value());
  }
}

TEST_CASE("collection: a filter narrows a query, a count and a scan") {
  const auto collection = collection_of({{.id = "a", .text = "storm at sea", .metadata = {{"year", 2019}}},
                                         {.id = "b", .text = "storm at sea", .metadata = {{"year", 2021}}},
                                         {.id = "c", .text = "storm at sea, draft", .metadata = {{"year", 2022}}}});
  const Filter filter = field("year") >= 2020 && text().not_contains("draft");
  const QueryResult result = require_ok(collection.query("storm", {.filter = filter}));
  REQUIRE(ids_of(result) == std::vector<std::string>{"b"});
  REQUIRE(result.stats.filter_evaluations == 2);  // the index knows the years
  REQUIRE(require_ok(collection.count(filter)) == 1);
  REQUIRE(require_ok(collection.scan({.filter = filter})).documents[0].id == "b");
}

TEST_CASE("collection: add refuses an id that is there and changes nothing") {
  auto collection = collection_of({{.id = "a", .text = "first"}});
  require_error(collection.add({{.id = "b", .text = "new"}, {.id = "a", .text = "second"}}), ErrorCode::already_exists,
                {"\"a\"", "upsert"});
  REQUIRE(require_ok(collection.count()) == 1);
  REQUIRE(require_ok(collection.get("a")).text == "first");
}

TEST_CASE("collection: upsert replaces a document whole and reports how many") {
  auto collection = collection_of({{.id = "a", .text = "first", .metadata = {{"k", 1}}}});
  const WriteReport report = require_ok(collection.upsert({{.id = "a", .text = "second"}, {.id = "b", .text = "new"}}));
  REQUIRE(report.added == 1);
  REQUIRE(report.replaced == 1);
  const Document document = require_ok(collection.get("a"));
  REQUIRE(document.text == "second");
  REQUIRE(document.metadata.empty());
  REQUIRE(require_ok(collection.count()) == 2);
  REQUIRE(require_ok(collection.query("second", {.k = 5})).size() == 2);
}

TEST_CASE("collection: metadata changes without touching text or vector") {
  auto collection =
      collection_of({{.id = "a", .text = "words", .metadata = {{"keep", 1}, {"drop", 2}, {"change", 3}}}});
  const Document before = require_ok(collection.get("a"));
  const std::vector<MetadataUpdate> updates = {
      {.id = "a", .set = {{"change", "now a string"}, {"new", true}}, .erase = {"drop", "unknown"}}};
  require_ok(collection.update_metadata(updates));
  const Document after = require_ok(collection.get("a"));
  REQUIRE(after.metadata == Metadata{{"keep", 1}, {"change", "now a string"}, {"new", true}});
  REQUIRE(after.text == before.text);
  REQUIRE(after.embedding == before.embedding);
  require_ok(collection.update_metadata("a", {{"keep", 5}}));
  REQUIRE(require_ok(collection.count(field("keep") == 5)) == 1);
}

TEST_CASE("collection: a batch of metadata changes with an unknown id changes nothing") {
  auto collection = collection_of({{.id = "a", .text = "words", .metadata = {{"k", 1}}}});
  const std::vector<MetadataUpdate> updates = {{.id = "a", .set = {{"k", 2}}}, {.id = "nobody", .set = {{"k", 2}}}};
  require_error(collection.update_metadata(updates), ErrorCode::not_found, {"nobody"});
  REQUIRE(require_ok(collection.get("a")).metadata == Metadata{{"k", 1}});
}

TEST_CASE("collection: documents go by id or by filter, and unknown ids are ignored") {
  auto collection = collection_of({{.id = "a", .text = "one", .metadata = {{"draft", true}}},
                                   {.id = "b", .text = "two"},
                                   {.id = "c", .text = "three", .metadata = {{"draft", true}}},
                                   {.id = "d", .text = "four"}});
  REQUIRE(require_ok(collection.remove({"b", "nobody"})) == 1);
  REQUIRE(require_ok(collection.remove(field("draft") == true)) == 2);
  REQUIRE(require_ok(collection.count()) == 1);
  require_error(collection.get("a"), ErrorCode::not_found, {"\"a\""});
  REQUIRE(ids_of(require_ok(collection.query("one two three four"))) == std::vector<std::string>{"d"});
}

TEST_CASE("collection: an id can be added again after it was removed") {
  auto collection = collection_of({{.id = "a", .text = "old"}});
  REQUIRE(require_ok(collection.remove({"a"})) == 1);
  require_ok(collection.add({{.id = "a", .text = "new"}}));
  REQUIRE(require_ok(collection.get("a")).text == "new");
}

TEST_CASE("collection: an empty list of ids or documents does nothing") {
  auto collection = collection_of({{.id = "a", .text = "one"}});
  REQUIRE(require_ok(collection.remove(std::span<const std::string>())) == 0);
  REQUIRE(require_ok(collection.add(std::span<const Document>())).added == 0);
  REQUIRE(require_ok(collection.query_batch({})).empty());
  REQUIRE(require_ok(collection.get_many({})).empty());
  REQUIRE(require_ok(collection.count()) == 1);
}

TEST_CASE("collection: get_many answers in the order of the ids and says which are missing") {
  const auto collection = collection_of({{.id = "a", .text = "one"}, {.id = "b", .text = "two"}});
  const std::vector<std::string> ids = {"b", "nobody", "a"};
  const auto documents = require_ok(collection.get_many(ids));
  REQUIRE(documents.size() == 3);
  REQUIRE(documents[0]->id == "b");
  REQUIRE_FALSE(documents[1].has_value());
  REQUIRE(documents[2]->id == "a");
}

TEST_CASE("collection: a scan gives every document once, in order of id, page by page") {
  auto db = Database::in_memory();
  auto collection = require_ok(db.create_collection("c"));
  std::vector<Document> documents;
  for (int i = 0; i < 1000; ++i) {
    documents.push_back({.id = std::to_string(i * 7919 % 1000),
                         .metadata = {{"odd", i % 2 == 1}},
                         .embedding = std::vector<float>{1, 2}});
  }
  require_ok(collection.add(documents));
  const std::size_t limit = GENERATE(1U, 7U, 100U, 999U, 1000U, 5000U);
  const Filter filter = GENERATE(Filter(), field("odd") == true);
  std::vector<std::string> seen;
  std::optional<std::string> cursor;
  do {
    const ScanPage page = require_ok(collection.scan({.filter = filter, .limit = limit, .after = cursor}));
    REQUIRE(page.documents.size() <= limit);
    REQUIRE((page.documents.size() == limit || !page.next));
    for (const Document& document : page.documents) seen.push_back(document.id);
    cursor = page.next;
  } while (cursor);
  REQUIRE(std::ranges::is_sorted(seen));
  REQUIRE(std::set<std::string>(seen.begin(), seen.end()).size() == seen.size());
  REQUIRE(seen.size() == require_ok(collection.count(filter)));
}

TEST_CASE("collection: a scan is not disturbed by writes between its pages") {
  auto db = Database::in_memory();
  auto collection = require_ok(db.create_collection("c"));
  const auto number_id = [](int i) { return std::to_string(100000 + i); };
  for (int i = 0; i < 3000; i += 2)
    require_ok(collection.add({{.id = number_id(i), .embedding = std::vector<float>{1}}}));
  std::mt19937_64 random(11);
  std::multiset<std::string> seen;
  std::set<std::string> untouched;
  for (int i = 0; i < 3000; i += 2) untouched.insert(number_id(i));
  std::optional<std::string> cursor;
  do {
    const ScanPage page = require_ok(collection.scan({.limit = 100, .after = cursor}));
    for (const Document& document : page.documents) seen.insert(document.id);
    cursor = page.next;
    for (int write = 0; write < 60; ++write) {
      const std::string id = number_id(static_cast<int>(random() % 3000));
      untouched.erase(id);
      if (random() % 2 == 0) {
        require_ok(collection.remove({id}));
      } else {
        require_ok(collection.upsert({{.id = id, .embedding = std::vector<float>{2}}}));
      }
    }
  } while (cursor);
  for (const std::string& id : untouched) REQUIRE(seen.count(id) == 1);
  for (const std::string& id : seen) REQUIRE(seen.count(id) == 1);
}

TEST_CASE("collection: a batch of queries answers each with its own text, vector, filter and k") {
  auto db = Database::in_memory();
  const auto embedder = require_ok(make_hash_embedder({.dimension = 32}));
  auto collection = require_ok(db.create_collection("c", {.embedder = embedder}));
  require_ok(collection.add({{.id = "a", .text = "red apple", .metadata = {{"n", 1}}},
                             {.id = "b", .text = "green pear", .metadata = {{"n", 2}}}}));
  const std::vector<float> vector = *require_ok(collection.get("b")).embedding;
  const std::vector<QueryRequest> requests = {{.text = "red apple", .options = {.k = 1}},
                                              {.vector = vector, .options = {.k = 1}},
                                              {.text = "red apple", .options = {.filter = field("n") == 2}}};
  const auto results = require_ok(collection.query_batch(requests));
  REQUIRE(results.size() == 3);
  REQUIRE(ids_of(results[0]) == std::vector<std::string>{"a"});
  REQUIRE(ids_of(results[1]) == std::vector<std::string>{"b"});
  REQUIRE(ids_of(results[2]) == std::vector<std::string>{"b"});
}

TEST_CASE("collection: a text that the embedder does not know is kept but not found by vector") {
  auto db = Database::in_memory();
  auto collection =
      require_ok(db.create_collection("c", {.embedder = require_ok(make_hash_embedder({.dimension = 64}))}));
  const WriteReport report = require_ok(
      collection.add({{.id = "nothing", .text = "...", .metadata = {{"k", 1}}}, {.id = "word", .text = "word"}}));
  REQUIRE(report.added == 2);
  REQUIRE(report.without_vector == 1);
  REQUIRE(require_ok(collection.info()).without_vector == 1);
  REQUIRE(require_ok(collection.count(field("k") == 1)) == 1);
  REQUIRE_FALSE(require_ok(collection.get("nothing")).embedding.has_value());
  REQUIRE(ids_of(require_ok(collection.query("word"))) == std::vector<std::string>{"word"});
  const QueryResult unknown = require_ok(collection.query("!!!"));
  REQUIRE(unknown.empty());
  REQUIRE(unknown.stats.query_without_vector);
  require_ok(collection.upsert({{.id = "nothing", .text = "now words"}}));
  REQUIRE(require_ok(collection.info()).without_vector == 0);
  require_ok(collection.upsert({{.id = "nothing", .text = "?"}}));
  REQUIRE(require_ok(collection.remove({"nothing"})) == 1);
  REQUIRE(require_ok(collection.info()).without_vector == 0);
}

TEST_CASE("collection: scores are what the metric says") {
  auto db = Database::in_memory();
  const std::vector<float> a = {3, 4};
  const std::vector<float> b = {4, 3};
  const auto score_with = [&](Metric metric) {
    auto collection = require_ok(db.create_collection(to_string(metric), {.metric = metric}));
    require_ok(collection.add({{.id = "a", .embedding = a}}));
    return require_ok(collection.query(b))[0].score;
  };
  REQUIRE(score_with(Metric::cosine) == Approx(24.0 / 25.0));
  REQUIRE(score_with(Metric::inner_product) == 24.0);
  REQUIRE(score_with(Metric::l2) == -2.0);
}

TEST_CASE("collection: handles are copies of one collection and outlive the database") {
  std::optional<Collection> kept;
  {
    auto db = Database::in_memory();
    auto collection = require_ok(db.create_collection("c"));
    kept = collection;
    require_ok(collection.add({{.id = "a", .embedding = std::vector<float>{1}}}));
  }
  REQUIRE(require_ok(kept->count()) == 1);
  REQUIRE(kept->name() == "c");
}

TEST_CASE("collection: a stop token that asks before the call makes it cancelled") {
  auto collection = collection_of({{.id = "a", .text = "one"}});
  std::stop_source stop;
  stop.request_stop();
  require_error(collection.query("one", {}, stop.get_token()), ErrorCode::cancelled);
  require_error(collection.add({{.id = "b", .text = "two"}}, stop.get_token()), ErrorCode::cancelled);
  require_error(collection.remove({"a"}, stop.get_token()), ErrorCode::cancelled);
  require_error(collection.scan({}, stop.get_token()), ErrorCode::cancelled);
  REQUIRE(require_ok(collection.count()) == 1);
}

TEST_CASE("collection: heavy churn leaves the collection exactly as a map would be") {
  std::mt19937_64 random(5);
  auto db = Database::in_memory();
  auto collection = require_ok(db.create_collection("c", {.metric = Metric::l2}));
  std::map<std::string, Document> model;
  for (int step = 0; step < 4000; ++step) {
    const std::string id = std::to_string(random() % 500);
    const int action = static_cast<int>(random() % 10);
    if (action < 6) {
      const Document document{.id = id,
                              .text = std::to_string(step),
                              .metadata = {{"n", static_cast<int>(random() % 50)}},
                              .embedding = test::random_vector(random, 8)};
      require_ok(collection.upsert({document}));
      model[id] = document;
    } else if (action < 8) {
      REQUIRE(require_ok(collection.remove({id})) == model.erase(id));
    } else if (action == 8 && model.contains(id)) {
      require_ok(collection.update_metadata(id, {{"n", step % 50}}));
      model[id].metadata.insert_or_assign("n", step % 50);
    } else if (step % 100 == 99) {
      const auto removed = std::erase_if(
          model, [](const auto& entry) { return *entry.second.metadata.at("n").template get_if<std::int64_t>() < 5; });
      REQUIRE(require_ok(collection.remove(field("n") < 5)) == removed);
    }
  }
  const ScanPage page = require_ok(collection.scan({.limit = 1000, .with_embeddings = true}));
  REQUIRE(page.documents.size() == model.size());
  for (const Document& document : page.documents) REQUIRE(document == model.at(document.id));
  std::vector<test::NamedVector> rows;
  for (const auto& [id, document] : model) rows.push_back({id, *document.embedding});
  const auto query = test::random_vector(random, 8);
  const auto expected = test::brute_force(Metric::l2, rows, query, 25);
  const QueryResult result = require_ok(collection.query(query, {.k = 25}));
  REQUIRE(result.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) REQUIRE(result[i].document.id == expected[i].id);
}

TEST_CASE("collection: most rows removed are compacted away and the rest is found as before") {
  std::mt19937_64 random(9);
  auto db = Database::in_memory();
  auto collection = require_ok(db.create_collection("c"));
  std::vector<Document> documents;
  for (int i = 0; i < 12000; ++i) {
    documents.push_back(
        {.id = std::to_string(i), .metadata = {{"keep", i % 100 == 0}}, .embedding = test::random_vector(random, 4)});
  }
  require_ok(collection.add(documents));
  REQUIRE(require_ok(collection.remove(field("keep") == false)) == 11880);
  const QueryResult result = require_ok(collection.query(documents[0].embedding.value(), {.k = 200}));
  REQUIRE(result.size() == 120);
  REQUIRE(result.stats.codes_compared == 120);
  REQUIRE(require_ok(collection.get("11900")) == documents[11900]);
  require_ok(collection.upsert({documents[1]}));
  REQUIRE(require_ok(collection.count()) == 121);
}
