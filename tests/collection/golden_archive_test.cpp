// Archives of the first format version, kept in tests/golden/archive: every later version reads them.
//
// The hidden case [golden-archive] writes them anew, into the folder that SCAUP_GOLDEN_FOLDER names; only for a new
// format version, under a new name.

#include <cstdlib>

#include "collection/golden_samples.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

EncryptionKey golden_key() {
  return passphrase("the passphrase of the golden archive");
}

std::filesystem::path golden_folder() {
  return golden_path("archive");
}

void check_golden(const std::filesystem::path& path, const std::optional<EncryptionKey>& key) {
  Database database = Database::in_memory();
  const TransferReport report = require_ok(database.import_from_file(path, {.key = key}));
  REQUIRE(report == TransferReport{3, 22, 1, std::filesystem::file_size(path)});
  REQUIRE(require_ok(read_sample(export_of(database))) == golden_sample());
}

}  // namespace

TEST_CASE("golden archive: the plain one of version 1 is read") {
  check_golden(golden_folder() / "plain-1.archive", {});
}

TEST_CASE("golden archive: the encrypted one of version 1 is read with its passphrase") {
  check_golden(golden_folder() / "encrypted-1.archive", golden_key());
}

TEST_CASE("golden archive: writes the files anew", "[.][golden-archive]") {
  const char* const folder = std::getenv("SCAUP_GOLDEN_FOLDER");
  REQUIRE(folder != nullptr);
  Database database = Database::in_memory();
  require_ok(import_into(database, archive_of(golden_sample())));
  require_ok(database.export_to_file(std::filesystem::path(folder) / "plain-1.archive"));
  require_ok(database.export_to_file(std::filesystem::path(folder) / "encrypted-1.archive", {.key = golden_key()}));
}
