// Every allocation of a call fails once: the call must answer out_of_memory and leave things as they were.
// A program of its own, because it replaces the global operator new.

#include <atomic>
#include <cstdlib>
#include <functional>
#include <new>

#include "scaup/scaup.hpp"
#include "support/catch.hpp"
#include "support/replaced_new.hpp"

namespace {

// Counts down on this thread's allocations; at 0 one allocation fails. Negative: none does.
thread_local long countdown = -1;

bool fails_now() {
  return countdown >= 0 && countdown-- == 0;
}

}  // namespace

bool scaup::test::next_allocation_succeeds() noexcept {
  return !fails_now();
}

using namespace scaup;
using scaup::test::require_ok;

namespace {

std::vector<Document> some_documents() {
  std::vector<Document> documents;
  for (int i = 0; i < 20; ++i) {
    documents.push_back({.id = "document with a long id " + std::to_string(i),
                         .text = "a text that is too long for the small string optimisation " + std::to_string(i),
                         .metadata = {{"number", i}, {"list", std::vector<std::string>{"one", "two"}}},
                         .origin = Origin{.source_id = "a source with a long id", .section = {"heading"}}});
  }
  return documents;
}

// Lets the n-th allocation of `attempt` fail, for n = 0, 1, ... until it succeeds.
// Some allocations are not needed: the call succeeds without them, and `undo` takes its effect back.
void fail_each_allocation(
    const std::function<ErrorCode()>& attempt, const std::function<void()>& expect_unchanged,
    const std::function<void()>& undo = [] {}) {
  constexpr auto kSuccess = ErrorCode{};
  for (long n = 0;; ++n) {
    REQUIRE(n < 100000);
    countdown = n;
    const ErrorCode code = attempt();
    const bool was_reached = countdown < 0;
    countdown = -1;
    if (!was_reached) {
      REQUIRE(code == kSuccess);
      REQUIRE(n > 0);
      return;
    }
    if (code == kSuccess) {
      undo();
      continue;
    }
    INFO("allocation " << n);
    REQUIRE(to_string(code) == "out_of_memory");
    expect_unchanged();
  }
}

template <typename T>
ErrorCode code_of(const Result<T>& result) {
  return result ? ErrorCode{} : result.error().code();
}

}  // namespace

TEST_CASE("out of memory: every public call answers out_of_memory and changes nothing") {
  auto db = Database::in_memory();
  const auto embedder = require_ok(make_hash_embedder({.dimension = 16}));
  auto collection = require_ok(db.create_collection("collection with a long name", {.embedder = embedder}));
  const auto documents = some_documents();
  const auto count = [&] { return require_ok(collection.count()); };
  const Filter filter = field("number") >= 5 && text().contains("small string");

  SECTION("add") {
    fail_each_allocation([&] { return code_of(collection.add(documents)); }, [&] { REQUIRE(count() == 0); },
                         [&] { REQUIRE(require_ok(collection.remove(field("number").exists())) == 20); });
    REQUIRE(count() == 20);
    REQUIRE(require_ok(collection.count(filter)) == 15);
    REQUIRE(require_ok(collection.query("text")).size() == 10);
  }
  SECTION("on twenty documents") {
    require_ok(collection.add(documents));
    const auto before = require_ok(collection.scan());
    const auto expect_same = [&] { REQUIRE(require_ok(collection.scan()).documents == before.documents); };
    SECTION("upsert") {
      fail_each_allocation([&] { return code_of(collection.upsert(documents)); }, expect_same);
    }
    SECTION("update_metadata") {
      const Metadata set = {{"a long new key for metadata", 1}};
      fail_each_allocation([&] { return code_of(collection.update_metadata(documents[3].id, set)); }, expect_same);
    }
    SECTION("exchange") {
      const std::vector<std::string> removed = {documents[1].id, documents[2].id};
      const std::vector<Document> added = {{.id = "a new document with a long id", .text = documents[1].text}};
      fail_each_allocation([&] { return code_of(collection.exchange(removed, added)); }, expect_same,
                           [&] {
                             require_ok(collection.exchange(std::vector<std::string>{added[0].id}, documents));
                             expect_same();
                           });
      REQUIRE(count() == 19);
    }
    SECTION("remove by id and by filter") {
      const std::vector<std::string> ids = {documents[1].id, documents[2].id};
      fail_each_allocation([&] { return code_of(collection.remove(ids)); }, expect_same);
      const auto less = require_ok(collection.scan());
      fail_each_allocation([&] { return code_of(collection.remove(filter)); },
                           [&] { REQUIRE(require_ok(collection.scan()).documents == less.documents); });
      REQUIRE(count() == 3);
    }
    SECTION("query, get, scan, count") {
      const QueryOptions query_options{.filter = filter};
      const ScanOptions scan_options{.filter = filter};
      fail_each_allocation([&] { return code_of(collection.query("small string", query_options)); }, expect_same);
      fail_each_allocation([&] { return code_of(collection.get(documents[0].id)); }, expect_same);
      fail_each_allocation([&] { return code_of(collection.scan(scan_options)); }, expect_same);
      fail_each_allocation([&] { return code_of(collection.count(filter)); }, expect_same);
    }
    SECTION("query in groups, with a negative query") {
      const QueryOptions less{.negative = NegativeQuery{.text = "negative text"}, .group_by = "number"};
      const QueryOptions without{.negative = NegativeQuery{.text = "negative text", .mode = NegativeMode::filter},
                                 .group_by = "number"};
      fail_each_allocation([&] { return code_of(collection.query("small string", less)); }, expect_same);
      fail_each_allocation([&] { return code_of(collection.query("small string", without)); }, expect_same);
    }
    SECTION("reembed") {
      const auto other = require_ok(make_hash_embedder({.dimension = 32}));
      fail_each_allocation([&] { return code_of(collection.reembed(other)); }, expect_same);
      REQUIRE(require_ok(collection.info()).schema.dimension == 32U);
    }
  }
  SECTION("creating and listing collections, parsing filters") {
    fail_each_allocation([&] { return code_of(db.create_collection("another collection with a long name")); },
                         [&] { REQUIRE(require_ok(db.list_collections()).size() == 1); });
    fail_each_allocation([&] { return code_of(db.list_collections()); }, [] {});
    // simdjson 3.0.1 allocates in a noexcept function at its very first use, which no caller can survive.
    require_ok(Filter::parse("{}"));
    fail_each_allocation(
        [&] { return code_of(Filter::parse(R"({"some key": {"$in": ["one long value to find", "two"]}})")); }, [] {});
  }
}
