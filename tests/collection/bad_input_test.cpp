// Every public function of Collection and Database refuses what it must, says what, where and which value,
// and leaves the collection as it was.

#include <limits>

#include "scaup/database.hpp"
#include "support/catch.hpp"

using namespace scaup;
using scaup::test::require_error;
using scaup::test::require_ok;

namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

// A collection of one document, and the check that a refused call did not change it.
struct Fixture {
  Database db = Database::in_memory();
  Collection vectors = require_ok(db.create_collection("vectors"));
  Collection texts =
      require_ok(db.create_collection("texts", {.embedder = require_ok(make_hash_embedder({.dimension = 8}))}));

  Fixture() {
    require_ok(
        vectors.add({{.id = "a", .text = "t", .metadata = {{"k", 1}}, .embedding = std::vector<float>{1, 2, 3}}}));
    require_ok(texts.add({{.id = "a", .text = "word"}}));
  }
  void expect_unchanged() const {
    REQUIRE(require_ok(vectors.count()) == 1);
    REQUIRE(require_ok(vectors.get("a")).metadata == Metadata{{"k", 1}});
    REQUIRE(require_ok(texts.count()) == 1);
  }
  void expect_write_refused(const Document& document, ErrorCode code, std::initializer_list<std::string_view> parts) {
    const Document good{.id = "good", .embedding = std::vector<float>{1, 1, 1}};
    require_error(vectors.add({good, document}), code, parts);
    require_error(vectors.upsert({good, document}), code, parts);
    expect_unchanged();
  }
};

Document with_vector(std::vector<float> vector) {
  return {.id = "new", .embedding = std::move(vector)};
}

}  // namespace

TEST_CASE_METHOD(Fixture, "bad input: an empty id is refused") {
  expect_write_refused({.id = "", .embedding = std::vector<float>{1, 1, 1}}, ErrorCode::invalid_argument,
                       {"\"vectors\"", "document 1", "id"});
  require_error(vectors.get(""), ErrorCode::invalid_argument, {"get", "id"});
  require_error(vectors.remove({""}), ErrorCode::invalid_argument, {"remove", "id 0"});
  require_error(vectors.get_many(std::vector<std::string>{"a", ""}), ErrorCode::invalid_argument, {"id 1"});
  require_error(vectors.update_metadata("", {{"k", 2}}), ErrorCode::invalid_argument, {"update 0"});
  expect_unchanged();
}

TEST_CASE_METHOD(Fixture, "bad input: an id twice in one call is refused") {
  expect_write_refused({.id = "good", .embedding = std::vector<float>{1, 1, 1}}, ErrorCode::invalid_argument,
                       {"document 1 (\"good\")", "twice"});
  require_error(vectors.remove({"a", "a"}), ErrorCode::invalid_argument, {"id 1 (\"a\")", "twice"});
  const std::vector<MetadataUpdate> updates = {{.id = "a", .set = {{"k", 5}}}, {.id = "a", .set = {{"k", 6}}}};
  require_error(vectors.update_metadata(updates), ErrorCode::invalid_argument, {"update 1 (\"a\")", "twice"});
  expect_unchanged();
}

TEST_CASE_METHOD(Fixture, "bad input: a vector of another dimension is refused, naming both") {
  expect_write_refused(with_vector({1, 2}), ErrorCode::dimension_mismatch, {"document 1", "2 components", "3"});
  require_error(vectors.query(std::vector<float>{1, 2, 3, 4}), ErrorCode::dimension_mismatch,
                {"query", "4 components", "3"});
  expect_unchanged();
}

TEST_CASE_METHOD(Fixture, "bad input: vectors of two dimensions in the first batch are refused") {
  auto fresh = require_ok(db.create_collection("fresh"));
  require_error(fresh.add({with_vector({1, 2}), {.id = "b", .embedding = std::vector<float>{1, 2, 3}}}),
                ErrorCode::dimension_mismatch, {"document 1"});
  REQUIRE(require_ok(fresh.count()) == 0);
  require_ok(fresh.add({with_vector({1, 2, 3, 4})}));
}

TEST_CASE_METHOD(Fixture, "bad input: NaN and infinity are refused, naming the component") {
  expect_write_refused(with_vector({1, kNan, 3}), ErrorCode::invalid_argument, {"component 1", "nan"});
  expect_write_refused(with_vector({1, 2, kInfinity}), ErrorCode::invalid_argument, {"component 2", "inf"});
  expect_write_refused(with_vector({-kInfinity, 2, 3}), ErrorCode::invalid_argument, {"component 0", "-inf"});
  require_error(vectors.query(std::vector<float>{kNan, 1, 1}), ErrorCode::invalid_argument, {"component 0"});
}

TEST_CASE_METHOD(Fixture, "bad input: a zero vector is refused under cosine and welcome otherwise") {
  expect_write_refused(with_vector({0, 0, 0}), ErrorCode::invalid_argument, {"zero", "cosine"});
  require_error(vectors.query(std::vector<float>{0, -0.0F, 0}), ErrorCode::invalid_argument, {"zero"});
  auto l2 = require_ok(db.create_collection("l2", {.metric = Metric::l2}));
  require_ok(l2.add({with_vector({0, 0, 0})}));
  REQUIRE(require_ok(l2.query(std::vector<float>{0, 0, 0}))[0].score == 0.0);
}

TEST_CASE_METHOD(Fixture, "bad input: an empty vector is refused") {
  expect_write_refused(with_vector({}), ErrorCode::invalid_argument, {"0 components"});
}

TEST_CASE_METHOD(Fixture, "bad input: k of 0 is refused") {
  require_error(vectors.query(std::vector<float>{1, 1, 1}, {.k = 0}), ErrorCode::invalid_argument, {"k is 0"});
  require_error(texts.query("word", {.k = 0}), ErrorCode::invalid_argument, {"k is 0"});
  const std::vector<QueryRequest> requests = {{.text = "word"}, {.text = "word", .options = {.k = 0}}};
  require_error(texts.query_batch(requests), ErrorCode::invalid_argument, {"query 1", "k is 0"});
}

TEST_CASE_METHOD(Fixture, "bad input: text that is not UTF-8 is refused, saying where") {
  require_error(texts.add({{.id = "b", .text = "ab\xFF"}}), ErrorCode::invalid_argument,
                {"document 0 (\"b\")", "text", "offset 2"});
  require_error(texts.query("abc\xC3"), ErrorCode::invalid_argument, {"UTF-8", "offset 3"});
  require_error(texts.add({{.id = "x\xFE", .text = "ab"}}), ErrorCode::invalid_argument, {"id", "offset 1"});
  expect_write_refused({.id = "m", .metadata = {{"k", "\x80"}}, .embedding = std::vector<float>{1, 1, 1}},
                       ErrorCode::invalid_argument, {"metadata", "offset 0"});
}

TEST_CASE_METHOD(Fixture, "bad input: metadata keys and values that a filter could not name are refused") {
  const std::vector<float> vector = {1, 1, 1};
  expect_write_refused({.id = "m", .metadata = {{"$k", 1}}, .embedding = vector}, ErrorCode::invalid_argument, {"$k"});
  expect_write_refused({.id = "m", .metadata = {{"", 1}}, .embedding = vector}, ErrorCode::invalid_argument, {"key"});
  expect_write_refused({.id = "m", .metadata = {{"#document", 1}}, .embedding = vector}, ErrorCode::invalid_argument,
                       {"#document"});
  expect_write_refused({.id = "m", .metadata = {{"x", std::numeric_limits<double>::quiet_NaN()}}, .embedding = vector},
                       ErrorCode::invalid_argument, {"\"x\""});
  require_error(vectors.update_metadata("a", {{"$k", 1}}), ErrorCode::invalid_argument, {"$k"});
  expect_unchanged();
}

TEST_CASE_METHOD(Fixture, "bad input: an invalid filter is refused by every call that takes one") {
  const Filter filter = field("k") == std::vector<std::string>{"a list"};
  require_error(vectors.query(std::vector<float>{1, 1, 1}, {.filter = filter}), ErrorCode::invalid_argument,
                {"filter"});
  require_error(vectors.count(filter), ErrorCode::invalid_argument, {"filter"});
  require_error(vectors.scan({.filter = filter}), ErrorCode::invalid_argument, {"filter"});
  require_error(vectors.remove(filter), ErrorCode::invalid_argument, {"filter"});
  expect_unchanged();
}

TEST_CASE_METHOD(Fixture, "bad input: removing with the empty filter is refused") {
  require_error(vectors.remove(Filter()), ErrorCode::invalid_argument, {"empty", "every document"});
  expect_unchanged();
}

TEST_CASE_METHOD(Fixture, "bad input: a text without an embedder is refused") {
  require_error(vectors.add({{.id = "b", .text = "no vector"}}), ErrorCode::invalid_argument,
                {"document 0 (\"b\")", "embedder"});
  require_error(vectors.query("a text"), ErrorCode::invalid_argument, {"embedder"});
}

TEST_CASE_METHOD(Fixture, "bad input: an empty query, or one with text and vector, is refused") {
  require_error(texts.query(""), ErrorCode::invalid_argument, {"empty"});
  require_error(texts.query(std::span<const float>()), ErrorCode::invalid_argument, {"empty"});
  const std::vector<QueryRequest> both = {{.text = "word", .vector = std::vector<float>(8, 1.0F)}};
  require_error(texts.query_batch(both), ErrorCode::invalid_argument, {"text and a vector"});
}

TEST_CASE_METHOD(Fixture, "bad input: a page limit out of range is refused") {
  require_error(vectors.scan({.limit = 0}), ErrorCode::invalid_argument, {"limit", "0"});
  require_error(vectors.scan({.limit = 100001}), ErrorCode::invalid_argument, {"limit", "100001"});
}

TEST_CASE_METHOD(Fixture, "bad input: collections that do not exist, or exist already, are errors") {
  require_error(db.get_collection("nobody"), ErrorCode::not_found, {"\"nobody\""});
  require_error(db.remove_collection("nobody"), ErrorCode::not_found, {"\"nobody\""});
  require_error(db.create_collection("texts"), ErrorCode::already_exists, {"\"texts\""});
}

TEST_CASE_METHOD(Fixture, "bad input: collection names and options out of range are refused") {
  require_error(db.create_collection(""), ErrorCode::invalid_argument, {"name", "empty"});
  require_error(db.create_collection(std::string(256, 'x')), ErrorCode::invalid_argument, {"256", "255"});
  require_error(db.create_collection("a\nb"), ErrorCode::invalid_argument, {"control", "offset 1"});
  require_error(db.get_or_create_collection("a\xFF"), ErrorCode::invalid_argument, {"UTF-8", "offset 1"});
  require_error(db.create_collection("d", {.dimension = 0}), ErrorCode::invalid_argument, {"dimension", "0"});
  require_error(db.create_collection("d", {.dimension = 65537}), ErrorCode::invalid_argument, {"65537", "65536"});
  REQUIRE(require_ok(db.list_collections()) == std::vector<std::string>{"texts", "vectors"});
}

TEST_CASE_METHOD(Fixture, "bad input: a handle to a removed collection answers not_found") {
  require_ok(db.remove_collection("texts"));
  require_error(texts.count(), ErrorCode::not_found, {"\"texts\"", "removed"});
  require_error(texts.add({{.id = "z", .text = "z"}}), ErrorCode::not_found, {"removed"});
}

TEST_CASE_METHOD(Fixture, "bad input: a moved-from handle is an error, not a crash") {
  const Collection moved = std::move(texts);
  require_error(texts.count(), ErrorCode::invalid_argument, {"moved"});  // NOLINT(bugprone-use-after-move)
  REQUIRE(texts.name().empty());                                         // NOLINT(bugprone-use-after-move)
  const Database moved_db = std::move(db);
  require_error(db.list_collections(), ErrorCode::invalid_argument, {"handle"});  // NOLINT(bugprone-use-after-move)
}

TEST_CASE_METHOD(Fixture, "bad input: a null store or embedder is refused") {
  require_error(make_collection("c", nullptr), ErrorCode::invalid_argument, {"null"});
  require_error(texts.reembed(nullptr), ErrorCode::invalid_argument, {"null"});
}
