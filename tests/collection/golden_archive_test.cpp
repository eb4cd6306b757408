// Archives of the first format version, kept in tests/golden/archive: every later version reads them.
//
// The hidden case [golden-archive] writes them anew, into the folder that SCAUP_GOLDEN_FOLDER names; only for a new
// format version, under a new name.

#include <cstdlib>
#include <limits>

#include "collection/transfer_samples.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

EncryptionKey golden_key() {
  return passphrase("the passphrase of the golden archive");
}

Document full_document() {
  return {.id = "every type",
          .text = "Gr\xC3\xBC\xC3\x9F Gott, \xE6\xB8\xAF\n",
          .metadata = {{"string", "text"},
                       {"integer", std::numeric_limits<std::int64_t>::min()},
                       {"real", 0.1},
                       {"boolean", true},
                       {"strings", std::vector<std::string>{"a", ""}},
                       {"integers", std::vector<std::int64_t>{1, -1}},
                       {"reals", std::vector<double>{1.0, -0.0}},
                       {"booleans", std::vector<bool>{true, false}},
                       {"no reals", std::vector<double>{}}},
          .embedding = std::vector<float>{0.1F, -0.0F, std::numeric_limits<float>::denorm_min()},
          .origin = Origin{.source_id = "book.md",
                           .begin = 3,
                           .end = 17,
                           .chunk_index = 2,
                           .first_line = 4,
                           .last_line = 5,
                           .page = 9,
                           .section = {"Chapter", "Section"}}};
}

Sample golden_sample() {
  Sample sample(3);
  sample[0].about = {.name = "all", .schema = {.metric = Metric::l2, .dimension = 3}};
  sample[0].about.schema.embedder = EmbedderIdentity{"provider", "model", 3, true, "d: ", "q: "};
  sample[0].documents = {full_document(), {.id = "no vector", .text = "x"}};
  sample[1].about = {.name = "empty", .schema = {.metric = Metric::inner_product}};
  sample[2].about = {.name = "many", .schema = {.metric = Metric::cosine, .dimension = 3}};
  sample[2].documents = make_documents(0, 20);
  return sample;
}

std::filesystem::path golden_folder() {
  return std::filesystem::path(SCAUP_SOURCE_DIR) / "tests" / "golden" / "archive";
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
