// Databases in a folder: what is there after closing, after a crash, and for whom.

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <semaphore>
#include <thread>

#include "scaup/scaup.hpp"
#include "support/catch.hpp"
#include "support/fault_file_system.hpp"
#include "support/memory_file_system.hpp"
#include "support/temp_folder.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

Document make_document(int i) {
  const auto component = [&](int salt) { return static_cast<float>((i * 7 + salt * 13) % 29) - 14.0F; };
  return {.id = "id" + std::to_string(i),
          .text = "text of " + std::to_string(i),
          .metadata = {{"number", i}, {"even", i % 2 == 0}, {"tags", std::vector<std::string>{"a", "b"}}},
          .embedding = std::vector<float>{component(1), component(2), component(3), 1.0F},
          .origin = Origin{.source_id = "book", .begin = 3, .end = 9}};
}

std::vector<Document> make_documents(int begin, int end) {
  std::vector<Document> documents;
  for (int i = begin; i < end; ++i) documents.push_back(make_document(i));
  return documents;
}

std::vector<Document> all_of(const Collection& collection) {
  return require_ok(collection.scan({.limit = 10000, .with_embeddings = true})).documents;
}

std::filesystem::path only_file(const std::filesystem::path& folder, std::string_view prefix) {
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().filename().native().starts_with(prefix)) return entry.path();
  }
  FAIL("no file " << prefix);
  return {};
}

}  // namespace

TEST_CASE("durable database: what was written is there after reopening, closed or not") {
  const TempFolder folder;
  const bool closes = GENERATE(true, false);
  const bool checkpoints = GENERATE(true, false);
  std::vector<Document> before;
  {
    Database database = require_ok(Database::open(folder / "db"));
    Collection collection = require_ok(database.create_collection("notes", {.metric = Metric::l2}));
    require_ok(collection.add(make_documents(0, 50)));
    if (checkpoints) require_ok(database.checkpoint());
    require_ok(collection.upsert(make_documents(40, 60)));
    require_ok(collection.update_metadata("id3", {{"number", 300}}));
    require_ok(collection.remove({"id1", "id41"}));
    before = all_of(collection);
    if (closes) require_ok(database.close());
  }
  Database database = require_ok(Database::open(folder / "db"));
  REQUIRE(require_ok(database.list_collections()) == std::vector<std::string>{"notes"});
  Collection collection = require_ok(database.get_collection("notes"));
  REQUIRE(all_of(collection) == before);
  REQUIRE(require_ok(collection.info()).schema.metric == Metric::l2);
  const auto found = require_ok(collection.query(*make_document(50).embedding, {.k = 1}));
  REQUIRE(found.matches[0].score == 0.0);
  REQUIRE(require_ok(collection.count(field("number") == 300)) == 1);
  require_ok(collection.add(make_documents(100, 110)));
  REQUIRE(require_ok(collection.count()) == before.size() + 10);
}

TEST_CASE("durable database: a database without a trace of a collection, and removed collections, stay so") {
  const TempFolder folder;
  {
    Database database = require_ok(Database::open(folder / "db"));
    require_ok(require_ok(database.create_collection("a")).add(make_documents(0, 3)));
    require_ok(database.create_collection("b", {.dimension = 8}));
    require_ok(database.remove_collection("a"));
  }
  Database database = require_ok(Database::open(folder / "db"));
  REQUIRE(require_ok(database.list_collections()) == std::vector<std::string>{"b"});
  require_error(database.get_collection("a"), ErrorCode::not_found);
  REQUIRE(require_ok(require_ok(database.get_collection("b")).info()).schema.dimension == 8);
  REQUIRE(std::distance(std::filesystem::directory_iterator(folder / "db" / "collections"), {}) == 1);
}

TEST_CASE("durable database: a folder is open once at a time, and again after closing") {
  const TempFolder folder;
  Database first = require_ok(Database::open(folder / "db"));
  Collection collection = require_ok(first.create_collection("notes"));
  require_error(Database::open(folder / "db"), ErrorCode::locked);
  require_error(Database::open(folder / "db", {.access = Access::read_only}), ErrorCode::locked);
  require_ok(first.close());
  require_error(collection.count(), ErrorCode::invalid_argument);
  require_error(first.list_collections(), ErrorCode::invalid_argument);
  const Database reader = require_ok(Database::open(folder / "db", {.access = Access::read_only}));
  require_ok(Database::open(folder / "db", {.access = Access::read_only}));
  require_error(Database::open(folder / "db"), ErrorCode::locked);
}

TEST_CASE("durable database: opened for reading it changes nothing") {
  const TempFolder folder;
  require_error(Database::open(folder / "none", {.access = Access::read_only}), ErrorCode::not_found);
  {
    Database database = require_ok(Database::open(folder / "db"));
    require_ok(require_ok(database.create_collection("notes")).add(make_documents(0, 3)));
  }
  Database database = require_ok(Database::open(folder / "db", {.access = Access::read_only}));
  Collection collection = require_ok(database.get_collection("notes"));
  REQUIRE(require_ok(collection.count()) == 3);
  require_error(collection.add(make_documents(5, 6)), ErrorCode::read_only);
  require_error(database.create_collection("other"), ErrorCode::read_only);
  require_error(database.checkpoint(), ErrorCode::read_only);
  require_error(database.remove_collection("notes"), ErrorCode::read_only);
}

TEST_CASE("durable database: a folder with other files is left alone") {
  const TempFolder folder;
  folder.write("photos/holiday.jpg", "x");
  require_error(Database::open(folder / "photos"), ErrorCode::invalid_argument);
  require_error(Database::open(""), ErrorCode::invalid_argument);
}

TEST_CASE("durable database: options out of range, and files larger than allowed, are refused") {
  const TempFolder folder;
  require_error(Database::open(folder / "db", {.sync_interval = std::chrono::milliseconds(-3)}),
                ErrorCode::invalid_argument, {"sync_interval", "-3 ms"});
  require_error(Database::open(folder / "db", {.checkpoint_log_bytes = 17}), ErrorCode::invalid_argument,
                {"checkpoint_log_bytes", "17"});
  {
    Database database = require_ok(Database::open(folder / "db"));
    require_ok(require_ok(database.create_collection("notes")).add(make_documents(0, 3)));
  }
  const Database database = require_ok(Database::open(folder / "db", {.max_file_bytes = 1000}));
  require_error(database.get_collection("notes"), ErrorCode::invalid_argument);
}

TEST_CASE("durable database: a torn tail is cut off and kept, damage in the middle is refused") {
  const TempFolder folder;
  {
    Database database = require_ok(Database::open(folder / "db"));
    Collection collection = require_ok(database.create_collection("notes"));
    for (int i = 0; i < 5; ++i) require_ok(collection.add(make_documents(i, i + 1)));
  }
  const auto log = only_file(folder / "db" / "collections" / "1", "log-");
  std::string bytes;
  {
    std::ifstream in(log, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(in), {});
  }
  const std::size_t end = bytes.find_last_not_of('\0');
  const auto damage = [&](std::size_t offset) {
    std::fstream out(log, std::ios::binary | std::ios::in | std::ios::out);
    out.seekp(static_cast<std::streamoff>(offset));
    out.put(static_cast<char>(bytes[offset] ^ 1));
  };
  SECTION("in the last write") {
    damage(end - 10);
    Database database = require_ok(Database::open(folder / "db"));
    REQUIRE(require_ok(require_ok(database.get_collection("notes")).count()) == 4);
    REQUIRE(database.recoveries()[0].torn_bytes > 0);
    REQUIRE(std::distance(std::filesystem::directory_iterator(folder / "db" / "quarantine"), {}) == 1);
  }
  SECTION("before it") {
    damage(end / 2);
    Database database = require_ok(Database::open(folder / "db"));
    require_error(database.get_collection("notes"), ErrorCode::corruption);
    require_ok(database.close());
    REQUIRE_FALSE(require_ok(Database::verify(folder / "db", {.access = Access::read_only})).ok());
  }
}

TEST_CASE("durable database: a child process may not use what its parent opened, and does not disturb it") {
  const TempFolder folder;
  Database database = require_ok(Database::open(folder / "db"));
  Collection collection = require_ok(database.create_collection("notes"));
  require_ok(collection.add(make_documents(0, 3)));
  const pid_t child = fork();
  if (child == 0) {
    const bool refused = !collection.count() && !collection.add(make_documents(5, 6)) && !database.list_collections();
    {
      const Collection gone = std::move(collection);
      const Database also_gone = std::move(database);
    }
    _exit(refused ? 0 : 1);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  REQUIRE(WEXITSTATUS(status) == 0);
  require_ok(collection.add(make_documents(5, 6)));
  require_error(Database::open(folder / "db"), ErrorCode::locked);
}

TEST_CASE("durable database: every sync mode keeps what was written through a reopening, and checkpoints by itself") {
  const TempFolder folder;
  const SyncMode sync = GENERATE(SyncMode::every_write, SyncMode::interval, SyncMode::off);
  const DatabaseOptions options{
      .sync = sync, .sync_interval = std::chrono::milliseconds(2), .checkpoint_log_bytes = std::uint64_t{64} << 10U};
  {
    Database database = require_ok(Database::open(folder / "db", options));
    Collection collection = require_ok(database.create_collection("notes"));
    for (int i = 0; i < 40; ++i) require_ok(collection.add(make_documents(i * 50, i * 50 + 50)));
    while (std::filesystem::exists(folder / "db" / "collections" / "1" / "checkpoint-1")) std::this_thread::yield();
  }
  Database database = require_ok(Database::open(folder / "db", options));
  REQUIRE(require_ok(require_ok(database.get_collection("notes")).count()) == 2000);
}

TEST_CASE("durable database: writers beside each other share their syncs, and every write is there afterwards") {
  const TempFolder folder;
  constexpr int kWriters = 4;
  {
    Database database = require_ok(Database::open(folder / "db"));
    Collection collection = require_ok(database.create_collection("notes", {.dimension = 4}));
    std::vector<std::thread> writers;
    std::atomic<int> failures = 0;
    for (int writer = 0; writer < kWriters; ++writer) {
      writers.emplace_back([&, writer] {
        for (int i = 0; i < 50; ++i) {
          const int id = writer * 1000 + i;
          if (!collection.add(make_documents(id, id + 1))) ++failures;
          if (i % 5 == 0 && !collection.remove({"id" + std::to_string(id)})) ++failures;
          if (i % 5 == 1 && !collection.update_metadata("id" + std::to_string(id), {{"number", -1}})) ++failures;
        }
      });
    }
    for (std::thread& writer : writers) writer.join();
    REQUIRE(failures == 0);
  }
  Database database = require_ok(Database::open(folder / "db"));
  const Collection collection = require_ok(database.get_collection("notes"));
  REQUIRE(require_ok(collection.count()) == kWriters * 40);
  REQUIRE(require_ok(collection.count(field("number") == -1)) == kWriters * 10);
}

TEST_CASE("durable database: after a reopening filters are right before, while and after the index is made") {
  const TempFolder folder;
  {
    Database database = require_ok(Database::open(folder / "db"));
    require_ok(require_ok(database.create_collection("notes")).add(make_documents(0, 5000)));
    require_ok(database.close());
  }
  Database database = require_ok(Database::open(folder / "db"));
  Collection collection = require_ok(database.get_collection("notes"));
  for (int round = 0; round < 20; ++round) {
    require_ok(collection.update_metadata("id" + std::to_string(round), {{"even", false}, {"round", round}}));
    require_ok(collection.remove({"id" + std::to_string(4000 + 2 * round)}));
    const std::size_t odd_before = static_cast<std::size_t>(round / 2 + 1);
    REQUIRE(require_ok(collection.count(field("even") == true)) ==
            2500 - odd_before - static_cast<std::size_t>(round) - 1);
    REQUIRE(require_ok(collection.count(field("round").exists())) == static_cast<std::size_t>(round) + 1);
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

TEST_CASE("durable database: closing what nobody changed writes no new checkpoint, though its graph was loaded") {
  const TempFolder folder;
  const CollectionOptions options = {.metric = Metric::l2, .index = {.graph_from = 200, .build_threads = 1}};
  {
    Database database = require_ok(Database::open(folder / "db"));
    Collection collection = require_ok(database.create_collection("notes", options));
    require_ok(collection.add(make_documents(0, 1000)));
    require_ok(collection.wait_until_indexed());
    require_ok(database.checkpoint());
    require_ok(database.close());
  }
  const std::filesystem::path collections = folder / "db" / "collections";
  const auto graph_of = [&] { return only_file(std::filesystem::directory_iterator(collections)->path(), "graph-"); };
  const std::filesystem::path graph = graph_of();
  {
    Database database = require_ok(Database::open(folder / "db"));
    const Collection collection = require_ok(database.get_collection("notes", options));
    require_ok(collection.wait_until_indexed());
    REQUIRE(require_ok(collection.info()).graph_rows == 1000);
    require_ok(database.close());
  }
  REQUIRE(graph_of() == graph);
}

TEST_CASE("durable database: words that cannot be read are made anew, which is told, and saved on closing") {
  const TempFolder folder;
  const auto ask = [](const Collection& collection) {
    const auto found = require_ok(collection.query("text of 7", {.k = 1, .mode = QueryMode::keyword}));
    REQUIRE(found[0].document.id == "id7");
  };
  {
    Database database = require_ok(Database::open(folder / "db"));
    Collection collection = require_ok(database.create_collection("notes", {.analysis = "simple"}));
    require_ok(collection.add(make_documents(0, 20)));
    ask(collection);
    require_ok(database.close());
  }
  const std::filesystem::path collections = folder / "db" / "collections";
  const std::filesystem::path words = only_file(std::filesystem::directory_iterator(collections)->path(), "words-");
  {
    std::fstream file(words, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4096 + 5);
    file.put('!');
  }
  for (const bool damaged : {true, false}) {
    Database database = require_ok(Database::open(folder / "db"));
    ask(require_ok(database.get_collection("notes")));
    const auto recoveries = database.recoveries();
    REQUIRE(recoveries.size() == 1);
    REQUIRE(recoveries[0].notes.empty() == !damaged);
    if (damaged) REQUIRE(recoveries[0].notes[0].find("the words are indexed anew: ") == 0);
    require_ok(database.close());
  }
}

TEST_CASE("durable database: words are saved and read again where the last document with a vector was removed") {
  const TempFolder folder;
  const CollectionOptions options{.embedder = require_ok(make_hash_embedder({.dimension = 8}))};
  const auto found = [](const Collection& collection) {
    return require_ok(collection.query("sky", {.k = 5, .mode = QueryMode::keyword})).matches.size();
  };
  {
    Database database = require_ok(Database::open(folder / "db"));
    Collection collection = require_ok(database.create_collection("notes", options));
    require_ok(collection.add({{.id = "a", .text = "sky"}, {.id = "b", .text = "!"}}));
    REQUIRE(found(collection) == 1);
    require_ok(collection.remove({"a"}));
    REQUIRE(found(collection) == 0);
    require_ok(database.close());
  }
  Database database = require_ok(Database::open(folder / "db"));
  REQUIRE(found(require_ok(database.get_collection("notes", options))) == 0);
  REQUIRE(database.recoveries().at(0).notes.empty());
}

TEST_CASE("durable database: closing waits for a checkpoint that somebody asked for, also after the log failed") {
  const auto files = std::make_shared<FaultFileSystem>(std::make_shared<MemoryFileSystem>());
  Database database = require_ok(Database::open("db", {.file_system = files}));
  Collection collection = require_ok(database.create_collection("notes"));
  require_ok(collection.add(make_documents(0, 3)));
  std::binary_semaphore reached(0), go_on(0);
  std::atomic<bool> holding = true;
  files->on_call([&](CallKind kind, const std::filesystem::path& path) {
    if (kind != CallKind::rename || !path.filename().native().starts_with("checkpoint-")) return;
    if (!holding.exchange(false)) return;
    reached.release();
    go_on.acquire();
  });
  std::jthread checkpoint([&] { static_cast<void>(database.checkpoint()); });
  reached.acquire();
  files->set_plan({.call = 1, .kinds = {CallKind::sync}});
  REQUIRE_FALSE(collection.add(make_documents(3, 4)));
  std::atomic<bool> closed = false;
  std::jthread closing([&] {
    static_cast<void>(database.close());
    closed = true;
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  const bool closed_early = closed;
  go_on.release();
  closing.join();
  checkpoint.join();
  REQUIRE_FALSE(closed_early);
  REQUIRE(closed);
}

TEST_CASE("durable database: a verification that was cancelled says so, however far it came") {
  const auto files = std::make_shared<FaultFileSystem>(std::make_shared<MemoryFileSystem>());
  {
    Database database = require_ok(Database::open("db", {.file_system = files}));
    require_ok(require_ok(database.create_collection("notes")).add(make_documents(0, 3)));
    require_ok(database.close());
  }
  int calls = 0;
  std::stop_source stop;
  int stop_at = 0;
  files->on_call([&](CallKind, const std::filesystem::path&) {
    if (++calls == stop_at) stop.request_stop();
  });
  REQUIRE(require_ok(Database::verify("db", {.file_system = files})).ok());
  const int all = calls;
  for (stop_at = 1; stop_at <= all; ++stop_at) {
    calls = 0;
    stop = std::stop_source();
    const auto verified = Database::verify("db", {.file_system = files}, stop.get_token());
    INFO("stopped at call " << stop_at);
    require_error(verified, ErrorCode::cancelled);
  }
}
