// Parents, windows and auto-merging: small chunks are found, larger passages come back.

#include <string>
#include <vector>

#include "scaup/database.hpp"
#include "scaup/retrievers.hpp"
#include "scripted_retriever.hpp"
#include "support/catch.hpp"

using namespace scaup;
using scaup::test::ids_of;
using scaup::test::require_error;
using scaup::test::require_ok;
using scaup::test::scripted;
using scaup::test::scripted_match;

namespace {

using Names = std::vector<std::string>;

Match child(std::string id, double score, const std::string& parent) {
  return scripted_match(std::move(id), score, {{"parent_id", parent}});
}

Collection make_collection_of(const std::vector<Document>& documents) {
  Database database = Database::in_memory();
  Collection collection = require_ok(database.create_collection("c", {.embedder = require_ok(make_hash_embedder())}));
  require_ok(collection.add(documents));
  return collection;
}

const std::vector<Document> kParents = {{.id = "p1", .text = "the first parent"},
                                        {.id = "p2", .text = "the second parent"}};

// Line 2 has the sentence in the middle.
const std::string kSource = "One \xC3\xA4.\nTwo. Three.\nFour.";

Match sentence(std::size_t begin, std::size_t end, Metadata metadata) {
  Match match = scripted_match("s#" + std::to_string(begin), 1, std::move(metadata));
  match.document.text = kSource.substr(begin, end - begin);
  match.document.origin = Origin{.source_id = "s", .begin = begin, .end = end, .first_line = 2, .last_line = 2};
  return match;
}

Collection sources() {
  return make_collection_of({{.id = "s", .text = kSource}});
}

}  // namespace

TEST_CASE("parent retriever: gives each parent once, in the order of its best chunk") {
  const auto below = scripted({child("b1", 0.9, "p2"), child("a1", 0.8, "p1"), child("b2", 0.7, "p2"),
                               scripted_match("alone", 0.6), child("lost", 0.5, "gone"), child("self", 0.4, "self")});
  const auto retriever = make_parent_retriever(below, make_collection_of(kParents));
  const QueryResult found = require_ok(retriever->retrieve("q"));
  REQUIRE(ids_of(found) == Names{"p2", "p1", "alone", "lost", "self"});
  REQUIRE(found[0].score == 0.9);
  REQUIRE(found[0].document.text == "the second parent");
  REQUIRE_FALSE(found[0].document.embedding);
  REQUIRE(found[4].rank == 5);
  REQUIRE(below->last_options().k == 100);
  REQUIRE(ids_of(require_ok(retriever->retrieve("q", {.k = 2}))) == Names{"p2", "p1"});
  REQUIRE(require_ok(retriever->retrieve("q", {.k = 1, .with_embeddings = true}))[0].document.embedding);
}

TEST_CASE("parent retriever: a parent that is found by itself comes once") {
  const auto below = scripted({scripted_match("p1", 0.9), child("a1", 0.8, "p1")});
  const auto retriever = make_parent_retriever(below, make_collection_of(kParents));
  REQUIRE(ids_of(require_ok(retriever->retrieve("q"))) == Names{"p1"});
}

TEST_CASE("parent retriever: a parent's name that can be no id is no parent") {
  const auto below = scripted(
      {child("a", 1, ""), child("b", 1, std::string(70'000, 'x')), scripted_match("c", 1, {{"parent_id", 7}})});
  const auto retriever = make_parent_retriever(below, make_collection_of(kParents));
  REQUIRE(ids_of(require_ok(retriever->retrieve("q"))) == Names{"a", "b", "c"});
}

TEST_CASE("window retriever: gives the text around a chunk, and says where it is") {
  // "Three." is at 13 to 19; the window begins in the line above.
  const auto below = scripted({sentence(13, 19, {{"window_begin", 0}, {"window_end", 19}})});
  const QueryResult found = require_ok(make_window_retriever(below, sources())->retrieve("q"));
  REQUIRE(found[0].document.id == "s#13");
  REQUIRE(found[0].document.text == "One \xC3\xA4.\nTwo. Three.");
  REQUIRE(found[0].document.origin->begin == 0);
  REQUIRE(found[0].document.origin->end == 19);
  REQUIRE(found[0].document.origin->first_line == 1);
  REQUIRE(found[0].document.origin->last_line == 2);
}

TEST_CASE("window retriever: a window that begins on an earlier page names that page") {
  const std::string text = "One.\fTwo. Three.";
  const Collection pages = make_collection_of({{.id = "s", .text = text}});
  Match match = scripted_match("s#1", 1, {{"window_begin", 0}, {"window_end", 16}});
  match.document.text = "Three.";
  match.document.origin = Origin{.source_id = "s", .begin = 10, .end = 16, .page = 2};
  const QueryResult found = require_ok(make_window_retriever(scripted({match}), pages)->retrieve("q"));
  REQUIRE(found[0].document.text == text);
  REQUIRE(found[0].document.origin->page == std::size_t{1});
}

TEST_CASE("window retriever: the same window comes once, other keys name other ranges") {
  const Metadata both = {{"window_begin", 8}, {"window_end", 19}, {"parent_begin", 0}, {"parent_end", 25}};
  const auto below = scripted({sentence(8, 12, both), sentence(13, 19, both)});
  const QueryResult found = require_ok(make_window_retriever(below, sources())->retrieve("q"));
  REQUIRE(ids_of(found) == Names{"s#8"});
  REQUIRE(found[0].document.text == "Two. Three.");
  const WindowRetrieverOptions options{.begin_key = "parent_begin", .end_key = "parent_end"};
  REQUIRE(require_ok(make_window_retriever(below, sources(), options)->retrieve("q"))[0].document.text == kSource);
}

TEST_CASE("window retriever: leaves a chunk as it is where the window is not one of its source") {
  const auto unchanged = [](const Match& match) {
    const QueryResult found = require_ok(make_window_retriever(scripted({match}), sources())->retrieve("q"));
    REQUIRE(found.size() == 1);
    REQUIRE(found[0].document == match.document);
  };
  unchanged(sentence(13, 19, {}));
  unchanged(sentence(13, 19, {{"window_begin", 0}}));
  unchanged(sentence(13, 19, {{"window_begin", "0"}, {"window_end", 19}}));
  unchanged(sentence(13, 19, {{"window_begin", -1}, {"window_end", 19}}));
  unchanged(sentence(13, 19, {{"window_begin", 14}, {"window_end", 19}}));
  unchanged(sentence(13, 19, {{"window_begin", 13}, {"window_end", 18}}));
  unchanged(sentence(13, 19, {{"window_begin", 13}, {"window_end", 26}}));
  unchanged(sentence(13, 19, {{"window_begin", 5}, {"window_end", 19}}));  // inside a character
  unchanged(sentence(13, 19, {{"window_begin", 0}, {"window_end", std::int64_t{1} << 62}}));
  Match moved = sentence(13, 19, {{"window_begin", 0}, {"window_end", 19}});
  moved.document.text = "Thr33.";
  unchanged(moved);
  Match elsewhere = sentence(13, 19, {{"window_begin", 0}, {"window_end", 19}});
  elsewhere.document.origin->source_id = "gone";
  unchanged(elsewhere);
  elsewhere.document.origin->source_id = "";
  unchanged(elsewhere);
  elsewhere.document.origin.reset();
  unchanged(elsewhere);
}

TEST_CASE("auto-merging retriever: a parent stands for its children where most of them were found") {
  std::vector<Document> children;
  for (const std::string& id : Names{"a1", "a2", "a3"}) children.push_back(child(id, 0, "p1").document);
  for (const std::string& id : Names{"b1", "b2"}) children.push_back(child(id, 0, "p2").document);
  const Collection chunks = make_collection_of(children);
  const auto below = scripted({child("a1", 0.9, "p1"), child("b1", 0.8, "p2"), child("a3", 0.5, "p1")});
  const auto retriever = make_auto_merging_retriever(below, chunks, make_collection_of(kParents));
  // Two of three are more than half; one of two is not.
  const QueryResult found = require_ok(retriever->retrieve("q"));
  REQUIRE(ids_of(found) == Names{"b1", "p1"});
  REQUIRE(found[1].score == Approx(0.7));
  REQUIRE(found[1].rank == 2);
  REQUIRE(found[1].document.text == "the first parent");
  const auto eager = make_auto_merging_retriever(below, chunks, make_collection_of(kParents), {.ratio = 0.4});
  REQUIRE(ids_of(require_ok(eager->retrieve("q"))) == Names{"p2", "p1"});
  const auto never = make_auto_merging_retriever(below, chunks, make_collection_of(kParents), {.ratio = 1});
  REQUIRE(ids_of(require_ok(never->retrieve("q"))) == Names{"a1", "b1", "a3"});
  require_error(make_auto_merging_retriever(below, chunks, chunks, {.ratio = 2})->retrieve("q"),
                ErrorCode::invalid_argument, {"ratio"});
}

TEST_CASE("auto-merging retriever: merges level by level, also in one collection, and leaves orphans") {
  const Collection all = make_collection_of({child("leaf1", 0, "mid").document,
                                             child("leaf2", 0, "mid").document,
                                             child("mid", 0, "top").document,
                                             {.id = "top", .text = "all of it"},
                                             child("orphan", 0, "gone").document});
  const auto below = scripted({child("leaf1", 0.9, "mid"), child("leaf2", 0.7, "mid"), child("orphan", 0.6, "gone")});
  const QueryResult found = require_ok(make_auto_merging_retriever(below, all, all)->retrieve("q"));
  REQUIRE(ids_of(found) == Names{"top", "orphan"});
  REQUIRE(found[0].score == Approx(0.8));
}

TEST_CASE("auto-merging retriever: parents that name each other come to an end") {
  const Collection all = make_collection_of({child("a", 0, "b").document, child("b", 0, "a").document});
  const auto below = scripted({child("a", 1, "b")});
  REQUIRE(require_ok(make_auto_merging_retriever(below, all, all)->retrieve("q")).size() == 1);
}
