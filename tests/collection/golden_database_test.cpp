// A database of the first format version, kept in tests/golden/database-1: every later version opens it.
//
// It has all kinds of files: a checkpoint, a graph, and a log. The hidden case
// [golden-database] writes it anew, into the folder that SCAUP_GOLDEN_FOLDER names; only for a new format version.

#include <cstdlib>

#include "collection/golden_samples.hpp"
#include "support/temp_folder.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

// What comes after the checkpoint, so that it stands in the log.
void add_later_writes(Database& database) {
  Collection many = require_ok(database.get_collection("many"));
  require_ok(many.upsert(make_documents(18, 25, 1)));
  const std::vector<MetadataUpdate> updates = {{.id = "id3", .set = {{"later", true}}, .erase = {"version"}}};
  require_ok(many.update_metadata(updates));
  require_ok(many.remove({"id0", "id7"}));
}

Sample expected() {
  Database database = Database::in_memory();
  require_ok(import_into(database, archive_of(golden_sample())));
  add_later_writes(database);
  return require_ok(read_sample(export_of(database)));
}

void copy_golden(const std::filesystem::path& to) {
  std::filesystem::copy(golden_path("database-1"), to, std::filesystem::copy_options::recursive);
}

void check(const std::filesystem::path& folder, const DatabaseOptions& options) {
  Database database = require_ok(Database::open(folder, options));
  REQUIRE(require_ok(read_sample(export_of(database))) == expected());
  for (const CollectionRecovery& recovery : database.recoveries()) {
    REQUIRE(recovery.writes_replayed == (recovery.collection == "many" ? 3 : 0));
    REQUIRE(recovery.torn_bytes == 0);
    REQUIRE(recovery.notes.empty());
  }
  const Collection many = require_ok(database.get_collection("many", {.index = {.graph_from = 8}}));
  require_ok(many.wait_until_indexed());
  const QueryResult found = require_ok(many.query(make_document(9).embedding.value(), {.k = 1}));
  REQUIRE(found[0].document.id == "id9");
}

}  // namespace

TEST_CASE("golden database: the one of version 1 is read and written") {
  const TempFolder folder;
  copy_golden(folder.path() / "copy");
  check(folder.path() / "copy", {.access = Access::read_only});
  check(folder.path() / "copy", {});
  check(folder.path() / "copy", {.verify = VerifyLevel::lazy});
  REQUIRE(require_ok(Database::verify(folder.path() / "copy")).ok());
}

TEST_CASE("golden database: writes the folder anew", "[.][golden-database]") {
  const char* const folder = std::getenv("SCAUP_GOLDEN_FOLDER");
  REQUIRE(folder != nullptr);
  const std::filesystem::path path = std::filesystem::path(folder) / "database-1";
  Database made = require_ok(Database::open(path));
  require_ok(import_into(made, archive_of(golden_sample())));
  require_ok(made.close());
  Database database = require_ok(Database::open(path));
  const Collection many = require_ok(database.get_collection("many", {.index = {.graph_from = 8}}));
  require_ok(many.wait_until_indexed());
  require_ok(database.checkpoint());
  add_later_writes(database);
  require_ok(database.close());
}
