// exchange: some documents go and others come, in one step.

#include <atomic>
#include <map>
#include <random>
#include <thread>

#include "scaup/database.hpp"
#include "support/catch.hpp"
#include "support/temp_folder.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

Document document(const std::string& id, float value, const std::string& source = "s") {
  return {
      .id = id, .text = "text of " + id, .metadata = {{"source", source}}, .embedding = std::vector<float>{value, 1}};
}

std::vector<std::string> ids_of(const Collection& collection) {
  std::vector<std::string> ids;
  for (const Document& one : require_ok(collection.scan()).documents) ids.push_back(one.id);
  return ids;
}

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE("exchange: documents go, come and are replaced in one call") {
  auto notes = require_ok(Database::in_memory().create_collection("notes"));
  require_ok(notes.add({document("a", 1), document("b", 2), document("c", 3)}));
  const Ids removed{"a", "c", "not there"};
  const std::vector<Document> given{document("b", 7), document("c", 8), document("d", 9)};
  const auto report = require_ok(notes.exchange(removed, given));
  REQUIRE(report.added == 1);
  REQUIRE(report.replaced == 2);
  REQUIRE(report.removed == 1);
  REQUIRE(ids_of(notes) == Ids{"b", "c", "d"});
  REQUIRE(require_ok(notes.get("c")).embedding == std::vector<float>{8, 1});
  REQUIRE(require_ok(notes.count(field("source") == "s")) == 3);
}

TEST_CASE("exchange: without documents it removes, without ids it replaces, with nothing it does nothing") {
  auto notes = require_ok(Database::in_memory().create_collection("notes"));
  const Ids ids{"a"};
  const std::vector<Document> documents{document("a", 1)};
  REQUIRE(require_ok(notes.exchange(ids, {})).removed == 0);
  REQUIRE(require_ok(notes.exchange({}, documents)).added == 1);
  REQUIRE(require_ok(notes.exchange({}, {})).added == 0);
  REQUIRE(require_ok(notes.exchange(ids, {})).removed == 1);
  REQUIRE(ids_of(notes).empty());
}

TEST_CASE("exchange: a document that is refused changes nothing") {
  auto notes = require_ok(Database::in_memory().create_collection("notes"));
  require_ok(notes.add({document("a", 1)}));
  const Ids ids{"a"};
  const std::vector<Document> bad{{.id = "b", .text = "t", .embedding = std::vector<float>{1, 2, 3}}};
  require_error(notes.exchange(ids, bad), ErrorCode::dimension_mismatch);
  REQUIRE(ids_of(notes) == Ids{"a"});
}

TEST_CASE("exchange: ids that no document can have are refused, those that come twice are not") {
  auto notes = require_ok(Database::in_memory().create_collection("notes"));
  require_ok(notes.add({document("a", 1)}));
  for (const std::string& bad : {std::string(), std::string("caf\xE9"), std::string(65'537, 'x')}) {
    const Ids ids{"a", bad};
    require_error(notes.exchange(ids, {}), ErrorCode::invalid_argument, {"id 1"});
  }
  REQUIRE(ids_of(notes) == Ids{"a"});
  const Ids twice{"a", "a"};
  REQUIRE(require_ok(notes.exchange(twice, {})).removed == 1);
}

TEST_CASE("exchange: no reader sees the one half without the other") {
  auto notes = require_ok(Database::in_memory().create_collection("notes"));
  require_ok(notes.add({document("0", 0, "x"), document("1", 1, "x")}));
  std::atomic<bool> ended = false;
  std::jthread writer([&] {
    for (int i = 2; i < 400; i += 2) {
      const Ids old{std::to_string(i - 2), std::to_string(i - 1)};
      const std::vector<Document> fresh{document(std::to_string(i), 1, "x"), document(std::to_string(i + 1), 2, "x")};
      static_cast<void>(notes.exchange(old, fresh));
    }
    ended = true;
  });
  while (!ended) {
    REQUIRE(require_ok(notes.count(field("source") == "x")) == 2);
    const auto found = require_ok(notes.query(std::vector<float>{1, 0}, {.k = 10})).matches;
    REQUIRE(found.size() == 2);
    REQUIRE(std::stoi(found[0].document.id) / 2 == std::stoi(found[1].document.id) / 2);
  }
}

TEST_CASE("exchange: any history of exchanges is what a map would be, also after reopening") {
  const TempFolder folder;
  std::map<std::string, float> expected;
  std::mt19937_64 random(11);
  auto database = require_ok(Database::open(folder / "db", {.sync = SyncMode::off}));
  auto notes = require_ok(database.create_collection("notes"));
  for (int round = 0; round < 300; ++round) {
    Ids removed;
    std::vector<Document> given;
    for (int i = 0; i < 8; ++i) {
      const std::string id = std::to_string(random() % 40);
      if (random() % 2 == 0) {
        removed.push_back(id);
      } else if (std::ranges::find(given, id, &Document::id) == given.end()) {
        given.push_back(document(id, static_cast<float>(round)));
      }
    }
    require_ok(notes.exchange(removed, given));
    for (const std::string& id : removed) expected.erase(id);
    for (const Document& one : given) expected[one.id] = (*one.embedding)[0];
    if (round % 50 == 49) {
      if (round % 100 == 99) require_ok(database.checkpoint());
      require_ok(database.close());
      database = require_ok(Database::open(folder / "db", {.sync = SyncMode::off}));
      notes = require_ok(database.get_collection("notes"));
    }
    std::map<std::string, float> found;
    ScanOptions all{.limit = 1000, .with_embeddings = true};
    for (const Document& one : require_ok(notes.scan(all)).documents) found[one.id] = (*one.embedding)[0];
    REQUIRE(found == expected);
  }
}
