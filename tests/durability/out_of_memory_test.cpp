// Every allocation of a call on a durable store fails once: the call answers out_of_memory, the store stays usable, and
// nothing acknowledged is lost. A program of its own, because it replaces the global operator new.

#include <functional>
#include <new>

#include "durability/rounds.hpp"
#include "scaup/scaup.hpp"
#include "support/catch.hpp"
#include "support/replaced_new.hpp"
#include "support/temp_folder.hpp"

namespace {

// Counts down on this thread's allocations; at 0 one allocation fails. Negative: none does.
thread_local long countdown = -1;

}  // namespace

bool scaup::test::next_allocation_succeeds() noexcept {
  return countdown < 0 || countdown-- != 0;
}

using namespace scaup;
using namespace scaup::test;

namespace {

constexpr long kMostAllocations = 1'000'000;

std::vector<Document> some_documents(int begin, int end) {
  std::vector<Document> documents;
  for (int i = begin; i < end; ++i) {
    documents.push_back({.id = "document with a long id " + std::to_string(i),
                         .text = "a text that is too long for the small string optimisation " + std::to_string(i),
                         .metadata = {{"number", i}, {"list", std::vector<std::string>{"one", "two"}}},
                         .embedding = std::vector<float>{1.0F, static_cast<float>(i), 3.0F, 4.0F},
                         .origin = Origin{.source_id = "a source with a long id", .section = {"heading"}}});
  }
  return documents;
}

template <typename T>
ErrorCode code_of(const Result<T>& result) {
  return result ? ErrorCode{} : result.error().code();
}

// Lets the n-th allocation of `attempt` fail, for n = 0, 1, ... until none is left; by default only each `step`-th.
// Some allocations are not needed: then the call succeeds without.
void fail_each_allocation(long step, const std::function<ErrorCode()>& attempt,
                          const std::function<void(bool succeeded)>& check) {
  if (test_rounds() != 0) step = 1;
  for (long n = 0;; n += step) {
    REQUIRE(n < kMostAllocations);
    countdown = n;
    const ErrorCode code = attempt();
    const bool was_reached = countdown < 0;
    countdown = -1;
    INFO("allocation " << n);
    if (code != ErrorCode{}) REQUIRE(to_string(code) == "out_of_memory");
    check(code == ErrorCode{});
    if (was_reached) continue;
    REQUIRE(code == ErrorCode{});
    REQUIRE(n > 0);
    return;
  }
}

std::vector<Document> all_of(const Collection& collection) {
  return require_ok(collection.scan({.limit = 10000, .with_embeddings = true})).documents;
}

// A database with one collection "notes", and what it should hold.
class Store {
 public:
  explicit Store(DatabaseOptions options = {}) : options_(std::move(options)) { reopen(); }

  void reopen() {
    collection_.reset();
    database_.reset();
    database_ = require_ok(Database::open(path_, options_));
    collection_ = require_ok(database_->get_or_create_collection("notes", {.metric = Metric::l2, .index = {}}));
  }
  void let_go() {
    collection_.reset();
    database_.reset();
  }
  Database& database() { return *database_; }
  Collection& collection() { return *collection_; }
  Result<Database> open() { return Database::open(path_, options_); }

  /// What is there now is what is there after a reopening.
  void expect_kept() {
    const auto before = all_of(collection());
    reopen();
    REQUIRE(all_of(collection()) == before);
  }

 private:
  TempFolder folder_;
  std::filesystem::path path_ = folder_ / "db";
  DatabaseOptions options_;
  std::optional<Database> database_;
  std::optional<Collection> collection_;
};

}  // namespace

TEST_CASE("out of memory: a write to a durable collection changes nothing, in memory or on disk") {
  Store store;
  require_ok(store.collection().add(some_documents(0, 20)));
  if (GENERATE(false, true)) {
    require_ok(store.database().checkpoint());
    store.reopen();
  }
  auto before = all_of(store.collection());
  std::function<ErrorCode()> attempt;
  SECTION("add") {
    // Other documents each time: an attempt may succeed without the memory that was refused.
    auto more = some_documents(20, 25);
    attempt = [&store, more] { return code_of(store.collection().add(more)); };
  }
  SECTION("upsert") {
    attempt = [&] {
      const long left = std::exchange(countdown, -1);
      const auto documents = some_documents(5, 25);
      countdown = left;
      return code_of(store.collection().upsert(documents));
    };
  }
  SECTION("update_metadata") {
    const Metadata set = {{"a long new key for metadata", 1}};
    const std::string id = before[3].id;
    attempt = [&store, set, id] { return code_of(store.collection().update_metadata(id, set)); };
  }
  SECTION("exchange") {
    const std::vector<std::string> ids = {before[3].id, before[4].id};
    auto more = some_documents(20, 25);
    attempt = [&store, ids, more] { return code_of(store.collection().exchange(ids, more)); };
  }
  SECTION("remove") {
    const std::vector<std::string> ids = {before[3].id, before[4].id};
    attempt = [&store, ids] { return code_of(store.collection().remove(ids)); };
  }
  int round = 0;
  fail_each_allocation(3, attempt, [&](bool succeeded) {
    if (!succeeded) REQUIRE(all_of(store.collection()) == before);
    if (++round % 25 == 0) store.expect_kept();
    if (succeeded) {
      require_ok(store.collection().remove(field("number") >= 20));
      require_ok(store.collection().upsert(before));
    }
    REQUIRE(all_of(store.collection()) == before);
  });
  store.expect_kept();
}

TEST_CASE("out of memory: a checkpoint leaves the store as it was, and writes go on") {
  Store store;
  require_ok(store.collection().add(some_documents(0, 50)));
  int next = 50;
  fail_each_allocation(
      5, [&] { return code_of(store.database().checkpoint()); },
      [&](bool /*succeeded*/) {
        require_ok(store.collection().upsert(some_documents(next % 70, next % 70 + 2)));
        if (++next % 20 == 0) store.expect_kept();
      });
  store.expect_kept();
}

TEST_CASE("out of memory: opening answers out_of_memory, and the next opening finds everything") {
  const VerifyLevel verify = GENERATE(VerifyLevel::full, VerifyLevel::lazy);
  Store store({.verify = verify});
  require_ok(store.collection().add(some_documents(0, 20)));
  require_ok(store.database().checkpoint());
  require_ok(store.collection().upsert(some_documents(15, 30)));
  const auto before = all_of(store.collection());
  store.let_go();
  const auto attempt = [&] {
    auto opened = store.open();
    if (!opened) return opened.error().code();
    return code_of(opened->get_collection("notes"));
  };
  int round = 0;
  fail_each_allocation(3, attempt, [&](bool /*succeeded*/) {
    if (++round % 5 != 0) return;
    store.reopen();
    REQUIRE(all_of(store.collection()) == before);
    store.let_go();
  });
}

TEST_CASE("out of memory: collections are made and removed whole") {
  Store store;
  require_ok(store.collection().add(some_documents(0, 5)));
  const std::string name = "another collection with a long name";
  const auto names = [&] { return require_ok(store.database().list_collections()).size(); };
  SECTION("made") {
    fail_each_allocation(
        3, [&] { return code_of(store.database().create_collection(name)); },
        [&](bool succeeded) {
          REQUIRE(names() == (succeeded ? 2 : 1));
          if (succeeded) require_ok(store.database().remove_collection(name));
          store.expect_kept();
          REQUIRE(names() == 1);
        });
  }
  SECTION("removed") {
    require_ok(store.database().create_collection(name));
    fail_each_allocation(
        3, [&] { return code_of(store.database().remove_collection(name)); },
        [&](bool succeeded) {
          REQUIRE(names() == (succeeded ? 1 : 2));
          store.expect_kept();
          REQUIRE(names() == (succeeded ? 1 : 2));
          if (succeeded) require_ok(store.database().create_collection(name));
        });
  }
}
