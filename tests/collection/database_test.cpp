#include <thread>

#include "scaup/database.hpp"
#include "support/catch.hpp"

using namespace scaup;
using scaup::test::require_ok;

TEST_CASE("database: collections are created, listed in order, handed out and removed") {
  auto db = Database::in_memory();
  REQUIRE(require_ok(db.list_collections()).empty());
  require_ok(db.create_collection("b"));
  require_ok(db.create_collection("a"));
  REQUIRE(require_ok(db.list_collections()) == std::vector<std::string>{"a", "b"});
  require_ok(db.remove_collection("b"));
  REQUIRE(require_ok(db.list_collections()) == std::vector<std::string>{"a"});
  require_ok(db.create_collection("b"));
}

TEST_CASE("database: get_or_create gives the same collection to all") {
  auto db = Database::in_memory();
  auto first = require_ok(db.get_or_create_collection("c"));
  require_ok(first.add({{.id = "a", .embedding = std::vector<float>{1}}}));
  REQUIRE(require_ok(require_ok(db.get_or_create_collection("c")).count()) == 1);
  REQUIRE(require_ok(require_ok(db.get_collection("c")).count()) == 1);
}

TEST_CASE("database: a collection made again after removal is empty, and the old handle stays dead") {
  auto db = Database::in_memory();
  auto old = require_ok(db.create_collection("c"));
  require_ok(old.add({{.id = "a", .embedding = std::vector<float>{1}}}));
  require_ok(db.remove_collection("c"));
  auto fresh = require_ok(db.create_collection("c"));
  REQUIRE(require_ok(fresh.count()) == 0);
  REQUIRE_FALSE(old.count().has_value());
}

TEST_CASE("database: copies of the handle are the same database, two databases are not") {
  auto db = Database::in_memory();
  auto copy = db;
  require_ok(copy.create_collection("c"));
  REQUIRE(require_ok(db.list_collections()).size() == 1);
  REQUIRE(require_ok(Database::in_memory().list_collections()).empty());
}

TEST_CASE("database: two threads that get or create at once meet in one collection") {
  for (int round = 0; round < 50; ++round) {
    auto db = Database::in_memory();
    const auto add = [&](const char* id) {
      (void)db.get_or_create_collection("c").value().add({{.id = id, .embedding = std::vector<float>{1}}});
    };
    {
      std::jthread one(add, "one");
      std::jthread two(add, "two");
    }
    REQUIRE(require_ok(require_ok(db.get_collection("c")).count()) == 2);
  }
}
