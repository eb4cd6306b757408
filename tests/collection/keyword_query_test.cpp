// Queries by words, and by words and vectors together.

#include <cmath>

#include "scaup/scaup.hpp"
#include "support/catch.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

std::vector<std::string> ids_of(const QueryResult& result) {
  std::vector<std::string> ids;
  for (const Match& match : result) ids.push_back(match.document.id);
  return ids;
}

Document note(std::string id, std::string text, Metadata metadata = {}, std::vector<float> vector = {1.0F, 0.0F}) {
  return {
      .id = std::move(id), .text = std::move(text), .metadata = std::move(metadata), .embedding = std::move(vector)};
}

QueryOptions keyword(std::size_t k = 10) {
  return {.k = k, .mode = QueryMode::keyword};
}

Collection make_notes() {
  Collection notes = require_ok(Database::in_memory().create_collection("notes"));
  require_ok(notes.add({note("bear", "The brown bear sleeps in winter.", {{"title", "Bears"}, {"legs", 4}}),
                        note("bee", "Bees gather honey, and a bear steals honey.", {{"title", "Honey"}, {"legs", 6}}),
                        note("snake", "A snake has no legs.", {{"title", "Reptiles"}, {"legs", 0}}),
                        note("worm", "", {{"legs", 0}})}));
  return notes;
}

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE("keyword query: documents with the words come, the best first, and no others") {
  const Collection notes = make_notes();
  REQUIRE(ids_of(require_ok(notes.query("honey", keyword()))) == Ids{"bee"});
  REQUIRE(ids_of(require_ok(notes.query("bears and honey", keyword()))) == Ids{"bee", "bear"});
  REQUIRE(ids_of(require_ok(notes.query("BEAR", keyword(1)))) == Ids{"bear"});
  REQUIRE(require_ok(notes.query("elephant", keyword())).empty());
  REQUIRE(require_ok(notes.query("the of and", keyword())).empty());
}

TEST_CASE("keyword query: the score is that of BM25 worked by hand, of title and text together") {
  const Collection notes = make_notes();
  const QueryResult found = require_ok(notes.query("snake", keyword()));
  // Words: bears brown bear sleeps winter (5); honey bees gather honey bear steals honey (7); reptiles snake has legs
  // (4; "a" and "no" are stop words); none.
  const double average = (5.0 + 7.0 + 4.0) / 4.0;
  const double idf = std::log(1.0 + (4.0 - 1.0 + 0.5) / (1.0 + 0.5));
  const double expected = idf * 1.0 / (1.0 + 1.2 * (0.25 + 0.75 * 4.0 / average));
  REQUIRE(found.size() == 1);
  REQUIRE(found[0].score == Approx(expected).epsilon(1e-12));
  REQUIRE(found[0].rank == 1);
  REQUIRE(found[0].parts.keyword == found[0].score);
  REQUIRE_FALSE(found[0].parts.dense);
  REQUIRE(found.stats.postings == 1);
}

TEST_CASE("keyword query: writes are seen at once") {
  Collection notes = make_notes();
  REQUIRE(require_ok(notes.query("lion", keyword())).empty());
  SECTION("an added document") {
    require_ok(notes.add({note("lion", "lions roar")}));
    REQUIRE(ids_of(require_ok(notes.query("lion", keyword()))) == Ids{"lion"});
  }
  SECTION("another text") {
    require_ok(notes.upsert({note("bee", "lions roar")}));
    REQUIRE(ids_of(require_ok(notes.query("lion honey", keyword()))) == Ids{"bee"});
    REQUIRE(require_ok(notes.query("honey", keyword())).empty());
  }
  SECTION("another title") {
    require_ok(notes.update_metadata("snake", {{"title", "Lions"}}));
    REQUIRE(ids_of(require_ok(notes.query("lion", keyword()))) == Ids{"snake"});
    REQUIRE(require_ok(notes.query("reptile", keyword())).empty());
  }
  SECTION("a removal") {
    REQUIRE(require_ok(notes.remove({"bee"})) == 1);
    REQUIRE(require_ok(notes.query("honey", keyword())).empty());
  }
}

TEST_CASE("keyword query: filter, group, least score and embeddings are as in other queries") {
  const Collection notes = make_notes();
  QueryOptions options = keyword();
  SECTION("filter") {
    options.filter = field("legs") > 4;
    REQUIRE(ids_of(require_ok(notes.query("bear", options))) == Ids{"bee"});
    options.filter = field("legs") > 100;
    REQUIRE(require_ok(notes.query("bear", options)).empty());
    options.filter = text().contains("winter");
    REQUIRE(ids_of(require_ok(notes.query("bear", options))) == Ids{"bear"});
  }
  SECTION("group") {
    options.group_by = "legs";
    REQUIRE(ids_of(require_ok(notes.query("bear honey snake legs", options))).size() == 3);
    options.k = 1;
    REQUIRE(require_ok(notes.query("bear", options)).size() == 1);
  }
  SECTION("least score") {
    const double best = require_ok(notes.query("bear", options))[0].score;
    options.min_score = best;
    REQUIRE(require_ok(notes.query("bear", options)).size() == 1);
    options.min_score = best + 1;
    REQUIRE(require_ok(notes.query("bear", options)).empty());
  }
  SECTION("embeddings") {
    options.with_embeddings = true;
    REQUIRE(require_ok(notes.query("honey", options))[0].document.embedding == std::vector<float>{1.0F, 0.0F});
  }
}

TEST_CASE("keyword query: groups are filled from far down the list") {
  Collection notes = require_ok(Database::in_memory().create_collection("notes"));
  std::vector<Document> documents;
  for (int i = 0; i < 400; ++i) {
    documents.push_back(note("a" + std::to_string(i), "word word word", {{"author", "most"}}));
  }
  documents.push_back(note("z", "word in a much longer text than that of the others there", {{"author", "rare"}}));
  require_ok(notes.add(documents));
  QueryOptions options = keyword(2);
  options.group_by = "author";
  REQUIRE(ids_of(require_ok(notes.query("word", options))) == Ids{"a0", "z"});
}

TEST_CASE("keyword query: the analysis is that of the collection") {
  const auto found = [](const char* analysis, const char* question) {
    Collection notes = require_ok(Database::in_memory().create_collection("notes", {.analysis = analysis}));
    require_ok(notes.add({note("a", "running \xE6\x9D\xB1\xE4\xBA\xAC\xE9\x83\xBD")}));
    return require_ok(notes.query(question, keyword())).size();
  };
  REQUIRE(found("english", "runs") == 1);
  REQUIRE(found("simple", "runs") == 0);
  REQUIRE(found("simple", "RUNNING") == 1);
  REQUIRE(found("multilingual", "\xE6\x9D\xB1\xE4\xBA\xAC") == 1);
  require_error(Database::in_memory().create_collection("notes", {.analysis = "klingon"}), ErrorCode::invalid_argument,
                {"klingon", "english"});
}

TEST_CASE("keyword query: what makes no sense is refused") {
  const Collection notes = make_notes();
  const std::vector<float> vector = {1.0F, 0.0F};
  const auto refused = [&](QueryRequest request, const char* word) {
    const std::vector<QueryRequest> requests = {std::move(request)};
    require_error(notes.query_batch(requests), ErrorCode::invalid_argument, {word});
  };
  refused({.text = "", .vector = {}, .options = keyword()}, "no text");
  refused({.text = "bear", .vector = vector, .options = keyword()}, "vector");
  refused({.text = "bear", .vector = {}, .options = {.mode = QueryMode::hybrid}}, "embedder");
  refused({.text = "\xFF", .vector = {}, .options = keyword()}, "UTF-8");
  refused({.text = "bear", .vector = {}, .options = {.mode = static_cast<QueryMode>(7)}}, "mode");
  QueryOptions negative = keyword();
  negative.negative = NegativeQuery{.text = "bee"};
  refused({.text = "bear", .vector = {}, .options = negative}, "negative");
  QueryOptions weight{.mode = QueryMode::hybrid};
  weight.hybrid.dense_weight = std::nan("");
  refused({.text = "bear", .vector = vector, .options = weight}, "dense_weight");
  QueryOptions neighbours{.mode = QueryMode::hybrid};
  neighbours.hybrid.neighbour_weight = -0.1;
  refused({.text = "bear", .vector = vector, .options = neighbours}, "neighbour_weight");
}

TEST_CASE("hybrid query: a document is found by either side, and says what each gave") {
  Collection notes = require_ok(Database::in_memory().create_collection("notes"));
  require_ok(notes.add({note("word", "honey", {}, {0.0F, 1.0F}), note("near", "sweet", {}, {1.0F, 0.0F}),
                        note("both", "honey sweet", {{"title", "honey"}}, {0.9F, 0.1F}),
                        note("none", "stone", {}, {-1.0F, 0.0F})}));
  std::vector<QueryRequest> requests = {
      {.text = "honey", .vector = {1.0F, 0.0F}, .options = {.k = 4, .mode = QueryMode::hybrid}}};
  const auto check = [&] {
    const QueryResult found = require_ok(notes.query_batch(requests))[0];
    REQUIRE(found.size() == 4);
    REQUIRE(found[0].document.id == "both");
    REQUIRE(found[0].parts.keyword);
    REQUIRE(found[0].parts.title);
    REQUIRE(*found[0].parts.dense == Approx(0.9 / std::hypot(0.9, 0.1)));
    REQUIRE(found[3].document.id == "none");
    REQUIRE_FALSE(found[3].parts.keyword);
  };
  SECTION("summed") {
    check();
  }
  SECTION("fused") {
    for (const Fusion fusion : {Fusion::reciprocal_rank, Fusion::relative_score, Fusion::distribution_based}) {
      requests[0].options.hybrid.fusion = fusion;
      const QueryResult found = require_ok(notes.query_batch(requests))[0];
      REQUIRE(found.size() == 4);
      REQUIRE(found[3].document.id == "none");
      REQUIRE(found[0].document.id != "near");
    }
  }
  SECTION("adapted to the question") {
    requests[0].options.hybrid.adaptive = true;
    check();
  }
}

TEST_CASE("hybrid query: the sum is that of the definition") {
  Collection notes = require_ok(Database::in_memory().create_collection("notes"));
  require_ok(notes.add({note("a", "honey", {}, {1.0F, 0.0F}), note("b", "stone", {}, {0.6F, 0.8F}),
                        note("c", "tree", {}, {0.0F, 2.0F})}));
  const std::vector<QueryRequest> requests = {
      {.text = "honey", .vector = {3.0F, 0.0F}, .options = {.mode = QueryMode::hybrid}}};
  const QueryResult found = require_ok(notes.query_batch(requests))[0];
  const double mean = (1.0 + 0.6 + 0.0) / 3.0;
  REQUIRE(ids_of(found) == Ids{"a", "b", "c"});
  REQUIRE(found[0].score == Approx(1.0 + 0.4));
  REQUIRE(found[1].score == Approx(0.4 * (0.6 - mean) / (1.0 - mean)));
  REQUIRE(found[2].score == Approx(0.4 * (0.0 - mean) / (1.0 - mean)));
}

TEST_CASE("hybrid query: once there are neighbour lists, each document gets a share of what its neighbours got") {
  Collection notes = require_ok(Database::in_memory().create_collection("notes"));
  require_ok(notes.add({note("a", "honey jar", {}, {1.0F, 0.0F}), note("b", "stone jar", {}, {0.6F, 0.8F}),
                        note("c", "tree", {}, {0.0F, 2.0F})}));
  const std::vector<QueryRequest> requests = {
      {.text = "honey", .vector = {3.0F, 0.0F}, .options = {.mode = QueryMode::hybrid}}};
  const double mean = (1.0 + 0.6 + 0.0) / 3.0;
  const double a = 1.0 + 0.4;
  const double b = 0.4 * (0.6 - mean) / (1.0 - mean);
  const double c = 0.4 * (0.0 - mean) / (1.0 - mean);
  const QueryResult first = require_ok(notes.query_batch(requests))[0];
  REQUIRE(first[0].score == Approx(a));
  REQUIRE(first[1].score == Approx(b));
  require_ok(notes.wait_until_indexed());
  const QueryResult found = require_ok(notes.query_batch(requests))[0];
  REQUIRE(ids_of(found) == Ids{"a", "b", "c"});
  REQUIRE(found[0].score == Approx(a + 0.2 * b));
  REQUIRE(found[1].score == Approx(b + 0.2 * a));
  REQUIRE(found[2].score == Approx(c));
}

TEST_CASE("hybrid query: a question without a vector finds what has its words") {
  Collection notes =
      require_ok(Database::in_memory().create_collection("notes", {.embedder = require_ok(make_static_embedder())}));
  require_ok(notes.add(
      {{.id = "word", .text = "the code \xE2\x98\x83\xE2\x98\x83 xqzv17"}, {.id = "other", .text = "a tree"}}));
  const QueryResult found = require_ok(notes.query("xqzv17", {.mode = QueryMode::hybrid}));
  REQUIRE(found[0].document.id == "word");
  const QueryResult mixed = require_ok(notes.query("what is a tree", {.mode = QueryMode::hybrid}));
  REQUIRE(mixed[0].document.id == "other");
}

TEST_CASE("hybrid query: one call may ask in all modes") {
  const Collection notes = make_notes();
  const std::vector<float> vector = {1.0F, 0.0F};
  const std::vector<QueryRequest> requests = {
      {.text = "honey", .vector = {}, .options = keyword()},
      {.text = {}, .vector = vector, .options = {.k = 2}},
      {.text = "snake", .vector = vector, .options = {.k = 1, .mode = QueryMode::hybrid}}};
  const auto found = require_ok(notes.query_batch(requests));
  REQUIRE(ids_of(found[0]) == Ids{"bee"});
  REQUIRE(ids_of(found[1]) == Ids{"bear", "bee"});
  REQUIRE(ids_of(found[2]) == Ids{"snake"});
}
