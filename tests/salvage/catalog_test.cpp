// A catalog that is damaged or gone, made anew from the collections.

#include <algorithm>

#include "salvage/stored.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

Document make_document(int number) {
  return {.id = "id" + std::to_string(number),
          .text = "text " + std::to_string(number),
          .embedding = std::vector<float>{static_cast<float>(number), 1.0F}};
}

// Two collections, of which "second" has a checkpoint beyond that of its making, and one that was removed.
Tree stored() {
  const auto files = std::make_shared<MemoryFileSystem>();
  Database database = require_ok(open_database(files));
  for (const char* const name : {"first", "gone", "second"}) {
    Collection collection = require_ok(database.create_collection(name));
    require_ok(collection.add({make_document(1), make_document(2)}));
  }
  require_ok(database.checkpoint());
  require_ok(database.remove_collection("gone"));
  require_ok(database.close());
  return tree_of(*files);
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("salvage: a catalog that is damaged or gone is made anew, with the names of the collections") {
  Tree tree = stored();
  const Bytes undamaged = tree.at("CATALOG");
  bool is_gone = false;
  SECTION("damaged") {
    flip(tree.at("CATALOG"), 80);
  }
  SECTION("its header damaged") {
    flip(tree.at("CATALOG"), 40);
  }
  SECTION("cut off") {
    tree.at("CATALOG").resize(30);
  }
  SECTION("gone") {
    tree.erase("CATALOG");
    is_gone = true;
  }
  const auto files = file_system_of(tree);
  require_error(open_database(files), ErrorCode::corruption);
  {
    Database database = require_ok(open_database(files, Recovery::salvage));
    REQUIRE(require_ok(database.list_collections()) == Names{"first", "second"});
    for (const char* const name : {"first", "second"}) {
      REQUIRE(require_ok(require_ok(database.get_collection(name)).count()) == 2);
    }
    REQUIRE_FALSE(recovery_of(database, "").notes.empty());
    REQUIRE(recovery_of(database, "").lost.empty());
    REQUIRE(recovery_of(database, "first").notes.empty());
    require_ok(database.create_collection("third"));
    require_ok(database.close());
  }
  REQUIRE(tree_of(*files).contains("quarantine/CATALOG") == !is_gone);
  if (!is_gone) REQUIRE(tree_of(*files).at("quarantine/CATALOG") == tree.at("CATALOG"));
  Database database = require_ok(open_database(files));
  REQUIRE(require_ok(database.list_collections()) == Names{"first", "second", "third"});
  REQUIRE(database.recoveries().empty());
}

TEST_CASE("salvage: a collection whose name nobody knows gets one, and names are given once") {
  Tree tree = stored();
  tree.erase("CATALOG");
  SECTION("no checkpoint says it") {
    tree.at(only_file(tree, "collections/1/checkpoint-")).resize(50);
    Database database = require_ok(open_database(file_system_of(tree), Recovery::salvage));
    REQUIRE(require_ok(database.list_collections()) == Names{"collection-1", "second"});
    require_error(database.get_collection("collection-1"), ErrorCode::corruption);
    REQUIRE(require_ok(require_ok(database.get_collection("second")).count()) == 2);
  }
  SECTION("two collections had it") {
    // As after a removal that was interrupted, and the making of a collection of the same name.
    const auto files = std::make_shared<MemoryFileSystem>();
    Tree before;
    {
      Database database = require_ok(open_database(files));
      require_ok(require_ok(database.create_collection("notes")).add({make_document(1)}));
      before = tree_of(*files);
      require_ok(database.remove_collection("notes"));
      require_ok(require_ok(database.create_collection("notes")).add({make_document(2)}));
    }
    Tree both = tree_of(*files);
    both.insert(before.begin(), before.end());
    both.erase("CATALOG");
    Database database = require_ok(open_database(file_system_of(both), Recovery::salvage));
    REQUIRE(require_ok(database.list_collections()) == Names{"collection-1", "notes"});
    REQUIRE(documents_of(require_ok(database.get_collection("notes"))).contains("id2"));
    REQUIRE(documents_of(require_ok(database.get_collection("collection-1"))).contains("id1"));
  }
}

TEST_CASE("salvage: files of another database are told, and do not change which database it is") {
  Tree tree = stored();
  const Tree other = stored();
  const std::string log = only_file(tree, "collections/1/log-");
  tree.at(log) = other.at(log);
  tree.erase("CATALOG");
  Database database = require_ok(open_database(file_system_of(tree), Recovery::salvage));
  REQUIRE(require_ok(database.list_collections()) == Names{"first", "second"});
  const CollectionRecovery recovery = recovery_of(database, "");
  REQUIRE(recovery.lost.size() == 1);
  REQUIRE(recovery.lost[0].file == log);
  REQUIRE(documents_of(require_ok(database.get_collection("first"))).size() == 2);  // of the checkpoint
}

TEST_CASE("salvage: where no file says which database it is, nothing is touched") {
  Tree tree = stored();
  for (auto& [name, bytes] : tree) bytes.resize(20);
  const auto files = file_system_of(tree);
  require_error(open_database(files, Recovery::salvage), ErrorCode::corruption, {"which database"});
  REQUIRE(tree_of(*files) == tree);
}
