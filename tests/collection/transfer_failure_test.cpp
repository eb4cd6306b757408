// Export and import that fail, are cancelled, or go on beside writers: nothing half-done is ever seen.

#include <stdexcept>
#include <thread>

#include "collection/transfer_samples.hpp"

using namespace scaup;
using namespace scaup::test;

TEST_CASE("transfer: an archive that was cut off anywhere, or has more behind it, publishes nothing") {
  auto files = std::make_shared<MemoryFileSystem>();
  Database database = open_in(files);
  const auto key = GENERATE(std::optional<EncryptionKey>(), std::optional(raw_key('k')));
  auto archive = export_of(small_database(), {.key = key});
  for (std::size_t size = 0; size < archive.size(); ++size) {
    INFO(size << " of " << archive.size() << " bytes");
    const auto result = import_into(database, std::span(archive).first(size), {.key = key});
    REQUIRE_FALSE(result.has_value());
    REQUIRE(names_of(database).empty());
    REQUIRE(folders_in(*files) == 0);
  }
  archive.push_back(std::byte{0});
  require_error(import_into(database, archive, {.key = key}), ErrorCode::corruption);
  archive.pop_back();
  require_ok(import_into(database, archive, {.key = key}));
  REQUIRE(names_of(database).size() == 2);
  REQUIRE(folders_in(*files) == 2);
}

TEST_CASE("transfer: an archive with documents that no collection takes is corrupt") {
  Sample sample(1);
  sample[0].about = {.name = "notes", .schema = {.metric = Metric::cosine, .dimension = 3, .embedder = {}}};
  sample[0].documents = make_documents(0, 40'000);
  Database database = Database::in_memory();
  const auto refused = [&](std::string_view why) {
    require_error(import_into(database, archive_of(sample)), ErrorCode::corruption, {why, "\"notes\""});
    REQUIRE(names_of(database).empty());
  };
  SECTION("an id twice, side by side") {
    sample[0].documents[1].id = "id0";
    refused("twice");
  }
  SECTION("an id twice, far apart") {
    sample[0].documents.back().id = "id0";
    refused("twice");
  }
  SECTION("documents where there is no dimension") {
    sample[0].about.schema.dimension.reset();
    sample[0].documents = {{.id = "x"}};
    refused("dimension");
  }
  SECTION("a zero vector under cosine") {
    sample[0].documents[7].embedding = std::vector<float>(3);
    refused("zero");
  }
}

TEST_CASE("transfer: what a user's stream reports comes back, and what it throws becomes an error") {
  auto files = std::make_shared<MemoryFileSystem>();
  Database database = open_in(files);
  const Database from = small_database();
  const auto archive = export_of(from);
  for (int calls = 0;; ++calls) {
    int left = calls;
    HookedSource failing(archive, [&] { return left-- > 0 ? Status() : Error(ErrorCode::rate_limited, "slow down"); });
    const auto result = database.import_from(failing);
    if (result) break;
    require_error(result, ErrorCode::rate_limited, {"import", "slow down"});
    REQUIRE(names_of(database).empty());
    REQUIRE(folders_in(*files) == 0);
  }
  HookedSource throwing(archive, []() -> Status { throw std::runtime_error("broken"); });
  require_error(database.import_from(throwing), ErrorCode::internal, {"broken"});
  for (int calls = 0;; ++calls) {
    int left = calls;
    HookedSink failing([&] { return left-- > 0 ? Status() : Error(ErrorCode::unauthorized, "go away"); });
    const auto result = from.export_to(failing);
    REQUIRE(failing.inner().finished() == (result ? 1 : 0));
    if (result) break;
    require_error(result, ErrorCode::unauthorized, {"export", "go away"});
  }
  HookedSink throwing_sink([]() -> Status { throw 7; });
  require_error(from.export_to(throwing_sink), ErrorCode::internal);
}

TEST_CASE("transfer: an export holds the state that was there when it began, whatever is written meanwhile") {
  auto files = std::make_shared<MemoryFileSystem>();
  Database database = open_in(files);
  require_ok(import_into(database, export_of(large_database())));
  const std::vector<Document> before = all_of(database, "a");
  Collection a = require_ok(database.get_collection("a"));
  int writes = 0;
  HookedSink sink([&]() -> Status {
    const int i = writes++;
    require_ok(a.upsert(make_documents(i, i + 3, 9)));
    require_ok(a.update_metadata("id" + std::to_string(19'000 + i), {{"changed", true}}));
    require_ok(a.remove({"id" + std::to_string(18'000 + i)}));
    require_ok(a.add(make_documents(50'000 + i, 50'001 + i)));
    if (i == 1) require_ok(database.remove_collection("b"));
    if (i == 2) require_ok(database.checkpoint());
    return {};
  });
  require_ok(database.export_to(sink));
  REQUIRE(writes > 3);
  Database copy = Database::in_memory();
  require_ok(import_into(copy, sink.inner().bytes()));
  REQUIRE(all_of(copy, "a") == before);
  REQUIRE(all_of(copy, "b") == make_documents(0, 5));
}

TEST_CASE("transfer: exports beside writers on other threads show whole batches, a prefix of them") {
  Database database = Database::in_memory();
  Collection notes = require_ok(database.create_collection("notes", {.metric = Metric::l2}));
  require_ok(notes.add(make_documents(0, 10)));
  std::jthread writer([&](const std::stop_token& stop) {
    constexpr int kVersions = 300;  // a writer that is faster than the exports would fill the memory
    for (int version = 1; version <= kVersions && !stop.stop_requested(); ++version) {
      require_ok(notes.upsert(make_documents(0, 10, version)));
      require_ok(notes.add(make_documents(10 * version, 10 * version + 10)));
    }
  });
  for (int round = 0; round < 30; ++round) {
    const Sample sample = require_ok(read_sample(export_of(database)));
    std::map<Value::Storage, int> versions;
    for (const Document& document : sample[0].documents) {
      const auto number = *document.metadata.at("number").get_if<std::int64_t>();
      if (number < 10) ++versions[document.metadata.at("version").storage()];
    }
    REQUIRE(versions.size() == 1);
    const auto version = std::get<std::int64_t>(versions.begin()->first);
    const auto batches = static_cast<std::int64_t>(sample[0].documents.size()) / 10 - 1;
    REQUIRE(sample[0].documents.size() % 10 == 0);
    REQUIRE((batches == version || batches == version - 1));
  }
}

TEST_CASE("transfer: a stop token ends both, and leaves nothing behind") {
  auto files = std::make_shared<MemoryFileSystem>();
  Database database = open_in(files);
  const Database from = large_database();
  const auto archive = export_of(from);
  std::stop_source stop;
  const auto ask = [&](const TransferProgress& progress) {
    if (progress.documents > 5'000) stop.request_stop();
  };
  MemorySource source(archive);
  require_error(database.import_from(source, {.on_progress = ask}, stop.get_token()), ErrorCode::cancelled);
  REQUIRE(stop.stop_requested());
  REQUIRE(names_of(database).empty());
  REQUIRE(folders_in(*files) == 0);
  stop = std::stop_source();
  MemorySink sink;
  require_error(from.export_to(sink, {.on_progress = ask}, stop.get_token()), ErrorCode::cancelled);
  REQUIRE(stop.stop_requested());
  REQUIRE(sink.finished() == 0);
  require_error(import_into(database, archive, {}, stop.get_token()), ErrorCode::cancelled);
  require_ok(import_into(database, archive));
}

TEST_CASE("transfer: progress grows to what the report says") {
  const Database from = large_database();
  std::vector<TransferProgress> seen;
  const auto note = [&](const TransferProgress& progress) { seen.push_back(progress); };
  const auto check = [&](const TransferReport& report) {
    REQUIRE(seen.size() >= 3);
    REQUIRE(seen.front().collection == "a");
    REQUIRE(seen.back().collection == "b");
    REQUIRE(seen.back().documents == report.documents);
    REQUIRE(seen.back().bytes <= report.bytes);
    const auto less = [](const auto& x, const auto& y) { return x.documents < y.documents && x.bytes <= y.bytes; };
    REQUIRE(std::ranges::adjacent_find(seen, [&](const auto& x, const auto& y) { return less(y, x); }) == seen.end());
    seen.clear();
  };
  MemorySink sink;
  check(require_ok(from.export_to(sink, {.on_progress = note})));
  Database to = Database::in_memory();
  check(require_ok(import_into(to, sink.bytes(), {.on_progress = note})));
}

TEST_CASE("transfer: a power cut during an import leaves no trace of it, or all of it") {
  const auto archive = export_of(small_database());
  auto files = std::make_shared<MemoryFileSystem>();
  Database database = open_in(files);
  require_ok(require_ok(database.create_collection("a", {.metric = Metric::l2})).add(make_documents(3, 10, 1)));
  std::vector<std::shared_ptr<MemoryFileSystem>> images;
  files->on_change([&](std::uint64_t) {
    for (std::uint64_t variant = 0; variant < 4; ++variant) images.push_back(files->crash_image(variant));
  });
  require_ok(import_into(database, archive, {.existing = ExistingCollection::replace}));
  files->on_change({});
  REQUIRE(images.size() > 40);
  std::size_t imported = 0;
  for (const auto& image : images) {
    const Database after = open_in(image);
    const std::size_t collections = names_of(after).size();
    const bool published = collections == 2;
    imported += published ? 1U : 0U;
    REQUIRE(folders_in(*image) == collections);
    REQUIRE(all_of(after, "a") == (published ? make_documents(0, 5) : make_documents(3, 10, 1)));
    if (published) REQUIRE(all_of(after, "b") == make_documents(5, 8));
  }
  REQUIRE(imported > 0);
  REQUIRE(imported < images.size());
}

TEST_CASE("transfer: closing the database ends an import, which then touches nothing any more") {
  auto files = std::make_shared<MemoryFileSystem>();
  const auto archive = export_of(large_database());
  Database database = open_in(files);
  std::optional<Database> next;
  const auto close = [&](const TransferProgress&) {
    if (next) return;
    require_ok(database.close());
    next = open_in(files);
    require_ok(require_ok(next->create_collection("mine")).add(make_documents(0, 3)));
  };
  require_error(import_into(database, archive, {.on_progress = close}), ErrorCode::invalid_argument, {"closed"});
  REQUIRE(all_of(*next, "mine") == make_documents(0, 3));
  REQUIRE(folders_in(*files) == 1);
}

TEST_CASE("transfer: a database opened for reading exports, and refuses imports") {
  auto files = std::make_shared<MemoryFileSystem>();
  const auto archive = export_of(small_database());
  {
    Database database = open_in(files);
    require_ok(import_into(database, archive));
  }
  Database reader = require_ok(Database::open("/db", {.access = Access::read_only, .file_system = files}));
  REQUIRE(require_ok(read_sample(export_of(reader))) == require_ok(read_sample(archive)));
  require_error(import_into(reader, archive, {.existing = ExistingCollection::replace}), ErrorCode::read_only);
}
