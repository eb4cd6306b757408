// Export and import of whole collections: what comes back, and under which names.

#include "collection/transfer_samples.hpp"
#include "support/temp_folder.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

// Collections as they can be: there are no documents before the dimension is known.
Sample possible_sample(std::mt19937_64& random) {
  Sample sample = random_sample(random, 1 + random() % 5, random() % 60);
  for (SampleCollection& collection : sample) {
    if (!collection.about.schema.dimension) collection.documents.clear();
  }
  return sample;
}

}  // namespace

TEST_CASE("transfer: what is imported is what was exported, bit for bit, in memory and on disk") {
  std::mt19937_64 random(1);
  const auto key = GENERATE(std::optional<EncryptionKey>(), std::optional(raw_key('k')));
  const bool durable = GENERATE(false, true);
  for (int round = 0; round < 10; ++round) {
    const Sample sample = possible_sample(random);
    auto files = std::make_shared<MemoryFileSystem>();
    std::size_t without_vector = 0;
    for (const auto& collection : sample) {
      for (const Document& document : collection.documents) without_vector += document.embedding ? 0U : 1U;
    }
    Database database = durable ? open_in(files) : Database::in_memory();
    const std::vector<std::byte> archive = archive_of(sample, key);
    const TransferReport in = require_ok(import_into(database, archive, {.key = key}));
    REQUIRE(in.collections == sample.size());
    REQUIRE(in.without_vector == without_vector);
    REQUIRE(in.bytes == archive.size());
    if (durable) {
      database = Database::in_memory();  // lets go of the folder without closing
      database = open_in(files);
    }
    MemorySink sink;
    const TransferReport out = require_ok(database.export_to(sink, {.key = key}));
    REQUIRE(out == TransferReport{in.collections, in.documents, without_vector, sink.bytes().size()});
    REQUIRE(require_ok(read_sample(sink.bytes(), key)) == sample);
  }
}

TEST_CASE("transfer: imported collections are found by queries and filters, and take documents") {
  auto files = std::make_shared<MemoryFileSystem>();
  Database database = GENERATE(true, false) ? open_in(files) : Database::in_memory();
  require_ok(import_into(database, export_of(small_database())));
  REQUIRE(names_of(database) == std::vector<std::string>{"a", "b"});
  Collection a = require_ok(database.get_collection("a"));
  REQUIRE(require_ok(a.info()).schema.metric == Metric::l2);
  REQUIRE(require_ok(a.query(*make_document(3).embedding, {.k = 1})).matches[0].document.id == "id3");
  REQUIRE(require_ok(a.count(field("number") >= 3)) == 2);
  require_error(a.add(make_documents(3, 4)), ErrorCode::already_exists);
  require_ok(a.add(make_documents(100, 101)));
  REQUIRE(require_ok(a.count()) == 6);
}

TEST_CASE("transfer: the embedder's identity goes with the vectors, and guards them") {
  const auto embedder = make_hash_embedder({.dimension = 16}).value();
  Database from = Database::in_memory();
  Collection notes = require_ok(from.create_collection("notes", {.embedder = embedder}));
  require_ok(notes.add({{.id = "sky", .text = "the sky is blue"}, {.id = "leaf", .text = "leaves are green"}}));
  Database to = Database::in_memory();
  require_ok(import_into(to, export_of(from)));
  const auto other = make_hash_embedder({.dimension = 32}).value();
  require_error(to.get_collection("notes", {.embedder = other}), ErrorCode::embedder_mismatch);
  const Collection imported = require_ok(to.get_collection("notes", {.embedder = embedder}));
  REQUIRE(require_ok(imported.query("the sky is blue", {.k = 1})).matches[0].document.id == "sky");
}

TEST_CASE("transfer: files, with and without a passphrase") {
  const TempFolder folder;
  const bool encrypted = GENERATE(false, true);
  const auto key = encrypted ? std::optional(passphrase("open sesame")) : std::nullopt;
  const auto path = folder / "backup.scaup";
  const Database from = small_database();
  const TransferReport saved = require_ok(from.export_to_file(path, {.key = key}));
  REQUIRE(saved.bytes == std::filesystem::file_size(path));
  Database to = require_ok(Database::open(folder / "db"));
  if (encrypted) {
    require_error(to.import_from_file(path), ErrorCode::unauthorized);
    require_error(to.import_from_file(path, {.key = passphrase("open barley")}), ErrorCode::unauthorized);
  }
  REQUIRE(names_of(to).empty());
  REQUIRE(require_ok(to.import_from_file(path, {.key = key})).documents == 8);
  REQUIRE(all_of(to, "b") == make_documents(5, 8));
  require_error(to.import_from_file(folder / "none"), ErrorCode::not_found);
  require_error(from.export_to_file(folder / "no" / "folder"), ErrorCode::not_found);
  require_error(from.export_to_file(folder / "x", {.compression_level = 50}), ErrorCode::invalid_argument);
  REQUIRE(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 2);  // nothing half-made is left
}

TEST_CASE("transfer: only the chosen collections leave, and only the chosen ones come in") {
  const Database from = small_database();
  REQUIRE(require_ok(read_sample(export_of(from, {.collections = {"b"}}))).size() == 1);
  MemorySink sink;
  require_error(from.export_to(sink, {.collections = {"b", "c"}}), ErrorCode::not_found, {"\"c\""});
  require_error(from.export_to(sink, {.collections = {"b", "b"}}), ErrorCode::invalid_argument, {"\"b\"", "twice"});
  REQUIRE(sink.bytes().empty());
  const auto archive = export_of(from);
  Database to = Database::in_memory();
  require_error(import_into(to, archive, {.collections = {"a", "c"}}), ErrorCode::not_found, {"\"c\""});
  require_error(import_into(to, archive, {.collections = {"a", "a"}}), ErrorCode::invalid_argument);
  REQUIRE(names_of(to).empty());
  const TransferReport report = require_ok(import_into(to, archive, {.collections = {"a"}}));
  REQUIRE(report.collections == 1);
  REQUIRE(report.documents == 5);
  REQUIRE(names_of(to) == std::vector<std::string>{"a"});
}

TEST_CASE("transfer: a name that is taken fails, is replaced, or is merged into, as asked") {
  Database database = Database::in_memory();
  Collection a = require_ok(database.create_collection("a", {.metric = Metric::l2}));
  require_ok(a.add(make_documents(3, 10, 1)));
  const auto archive = export_of(small_database());
  SECTION("fail") {
    require_error(import_into(database, archive), ErrorCode::already_exists, {"\"a\""});
    REQUIRE(names_of(database) == std::vector<std::string>{"a"});
    REQUIRE(all_of(database, "a") == make_documents(3, 10, 1));
  }
  SECTION("replace") {
    require_ok(import_into(database, archive, {.existing = ExistingCollection::replace}));
    REQUIRE(names_of(database) == std::vector<std::string>{"a", "b"});
    REQUIRE(all_of(database, "a") == make_documents(0, 5));
    require_error(a.count(), ErrorCode::not_found);
  }
  SECTION("merge") {
    const TransferReport report = require_ok(import_into(database, archive, {.existing = ExistingCollection::merge}));
    REQUIRE(report.collections == 2);
    REQUIRE(report.documents == 8);
    std::vector<Document> expected = make_documents(0, 5);
    for (const Document& document : make_documents(5, 10, 1)) expected.push_back(document);
    REQUIRE(all_of(database, "a") == expected);
    REQUIRE(require_ok(a.count()) == 10);
    REQUIRE(all_of(database, "b") == make_documents(5, 8));
  }
}

TEST_CASE("transfer: collections that do not agree are not merged, and nothing is changed") {
  Database from = Database::in_memory();
  const auto embedder = make_hash_embedder({.dimension = 16}).value();
  require_ok(require_ok(from.create_collection("notes", {.embedder = embedder})).add({{.id = "x", .text = "a word"}}));
  const auto archive = export_of(from);
  Database database = Database::in_memory();
  const auto refused = [&](const CollectionOptions& options, ErrorCode code) {
    const Collection notes = require_ok(database.create_collection("notes", options));
    require_error(import_into(database, archive, {.existing = ExistingCollection::merge}), code,
                  {"\"notes\"", "merge"});
    REQUIRE(require_ok(notes.count()) == 0);
  };
  SECTION("metric") {
    refused({.metric = Metric::l2}, ErrorCode::invalid_argument);
  }
  SECTION("dimension") {
    refused({.dimension = 8}, ErrorCode::dimension_mismatch);
  }
  SECTION("embedder") {
    refused({.embedder = make_hash_embedder({.dimension = 32}).value()}, ErrorCode::embedder_mismatch);
  }
  SECTION("an embedder that nobody noted here is noted") {
    const Collection notes = require_ok(database.create_collection("notes"));
    require_ok(import_into(database, archive, {.existing = ExistingCollection::merge}));
    REQUIRE(require_ok(notes.info()).schema.embedder == embedder->identity());
    REQUIRE(require_ok(notes.count()) == 1);
  }
}

TEST_CASE("transfer: a merge on disk survives, and damage at the archive's end leaves the collection as it was") {
  auto files = std::make_shared<MemoryFileSystem>();
  const auto archive = export_of(small_database());
  const ImportOptions merge{.existing = ExistingCollection::merge};
  {
    Database database = open_in(files);
    Collection a = require_ok(database.create_collection("a", {.metric = Metric::l2}));
    require_ok(a.add(make_documents(3, 10, 1)));
    require_error(import_into(database, std::span(archive).first(archive.size() - 1), merge), ErrorCode::corruption);
    REQUIRE(all_of(database, "a") == make_documents(3, 10, 1));
    require_ok(import_into(database, archive, merge));
  }
  const Database reopened = open_in(files);
  REQUIRE(require_ok(require_ok(reopened.get_collection("a")).count()) == 10);
  REQUIRE(all_of(reopened, "b") == make_documents(5, 8));
}
