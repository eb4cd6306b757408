// sync: the collections follow a folder, at the cost of what changed.

#include <atomic>
#include <fstream>
#include <random>
#include <set>

#include "rag/ingest_samples.hpp"
#include "support/fault_file_system.hpp"
#include "support/memory_file_system.hpp"
#include "support/temp_folder.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

// A folder whose files are an hour old, so that their time of change says something.
class OldFolder {
 public:
  void write(std::string_view name, std::string_view text) {
    const fs::path file = folder_.write(name, text);
    // Each write a second later than the one before, as if it had been so.
    fs::last_write_time(file, begin_ + std::chrono::milliseconds(1'001 * ++writes_));
  }
  void remove(std::string_view name) const { fs::remove_all(folder_ / name); }
  [[nodiscard]] const fs::path& path() const { return folder_.path(); }
  [[nodiscard]] fs::path operator/(std::string_view name) const { return folder_ / name; }

 private:
  TempFolder folder_;
  int writes_ = 0;
  fs::file_time_type begin_ = fs::file_time_type::clock::now() - std::chrono::hours(1);
};

struct Setup {
  std::shared_ptr<CountingEmbedder> embedder = std::make_shared<CountingEmbedder>();
  std::shared_ptr<FaultFileSystem> files = std::make_shared<FaultFileSystem>(posix_file_system());
  Database database = Database::in_memory();
  IngestOptions options = make_options();

  IngestOptions make_options() {
    IngestOptions made = line_options(embedder);
    made.load.file_system = files;
    return made;
  }
  [[nodiscard]] Ingestor open() const { return require_ok(Ingestor::open(database, "notes", options)); }
};

}  // namespace

TEST_CASE("sync: files come, change and go, and their chunks with them") {
  OldFolder folder;
  const Setup setup;
  auto ingestor = setup.open();
  folder.write("a.txt", "one\ntwo");
  folder.write("sub/b.txt", "three");
  auto report = require_ok(ingestor.sync(folder.path()));
  REQUIRE(report.sources_added == 2);
  REQUIRE(texts_of(ingestor.chunks()) == Names{"one", "two", "three"});

  folder.write("a.txt", "two\nfour");
  folder.remove("sub");
  folder.write("c.txt", "five");
  setup.embedder->take_texts();
  report = require_ok(ingestor.sync(folder.path()));
  REQUIRE(report.sources_added == 1);
  REQUIRE(report.sources_changed == 1);
  REQUIRE(report.sources_removed == 1);
  REQUIRE(report.chunks_kept == 1);
  REQUIRE(report.chunks_removed == 2);
  const auto embedded = setup.embedder->take_texts();
  REQUIRE(std::set<std::string>(embedded.begin(), embedded.end()) == std::set<std::string>{"five", "four"});
  REQUIRE(texts_of(ingestor.chunks()) == Names{"two", "four", "five"});
  REQUIRE(ids_of(ingestor.sources()) == Names{"a.txt", "c.txt"});
  REQUIRE(version_of(ingestor, "a.txt") == 2);
}

TEST_CASE("sync: a second time it reads no file, embeds nothing and writes nothing") {
  OldFolder folder;
  const Setup setup;
  auto ingestor = setup.open();
  for (int i = 0; i < 30; ++i) folder.write(std::to_string(i) + ".txt", "text " + std::to_string(i));
  require_ok(ingestor.sync(folder.path()));
  const auto before = revisions(ingestor);
  const auto calls = setup.embedder->calls();
  // The same object knows the records, a new one reads them.
  auto again = GENERATE(false, true) ? setup.open() : ingestor;
  setup.files->set_plan({});
  const auto report = require_ok(again.sync(folder.path()));
  REQUIRE(report.sources_unchanged == 30);
  REQUIRE(report.bytes == 0);
  REQUIRE(setup.files->calls(CallKind::open) == 0);
  REQUIRE(setup.embedder->calls() == calls);
  REQUIRE(revisions(ingestor) == before);
}

TEST_CASE("sync: by content it reads every file, and still embeds and writes nothing") {
  OldFolder folder;
  Setup setup;
  setup.options.compare = FileComparison::content;
  auto ingestor = setup.open();
  folder.write("a.txt", "one");
  folder.write("b.md", "# two\n\nthree");
  require_ok(ingestor.sync(folder.path()));
  const auto before = revisions(ingestor);
  const auto report = require_ok(ingestor.sync(folder.path()));
  REQUIRE(report.sources_unchanged == 2);
  REQUIRE(report.bytes == 15);
  REQUIRE(revisions(ingestor) == before);
  SECTION("and sees a change that size and time hide") {
    const auto time = fs::last_write_time(folder / "a.txt");
    folder.write("a.txt", "two");
    fs::last_write_time(folder / "a.txt", time);
    REQUIRE(require_ok(ingestor.sync(folder.path())).sources_changed == 1);
  }
}

TEST_CASE("sync: a file that was touched is read, and nothing is embedded or written") {
  OldFolder folder;
  const Setup setup;
  auto ingestor = setup.open();
  folder.write("a.txt", "one");
  require_ok(ingestor.sync(folder.path()));
  const auto before = revisions(ingestor);
  folder.write("a.txt", "one");
  const auto report = require_ok(ingestor.sync(folder.path()));
  REQUIRE(report.sources_unchanged == 1);
  REQUIRE(report.bytes == 3);
  REQUIRE(revisions(ingestor) == before);
}

TEST_CASE("sync: a file that was too new for its time to say anything is read again") {
  const TempFolder folder;
  const Setup setup;
  auto ingestor = setup.open();
  const auto time = fs::file_time_type::clock::now() + std::chrono::hours(1);
  for (const std::string text : {"one", "two"}) {
    fs::last_write_time(folder.write("a.txt", text), time);
    require_ok(ingestor.sync(folder.path()));
    REQUIRE(texts_of(ingestor.chunks()) == Names{text});
  }
}

TEST_CASE("sync: two folders leave each other's sources alone") {
  OldFolder first;
  OldFolder second;
  const Setup setup;
  auto ingestor = setup.open();
  first.write("a.txt", "one");
  second.write("b.txt", "two");
  require_ok(ingestor.add(std::vector<Document>{{.id = "given", .text = "three"}}));
  require_ok(ingestor.sync(first.path()));
  require_ok(ingestor.sync(second.path()));
  REQUIRE(ids_of(ingestor.sources()) == Names{"a.txt", "b.txt", "given"});
  second.remove("b.txt");
  REQUIRE(require_ok(ingestor.sync(first.path())).sources_removed == 0);
  REQUIRE(require_ok(ingestor.sync(second.path() / ".")).sources_removed == 1);
  REQUIRE(ids_of(ingestor.sources()) == Names{"a.txt", "given"});

  SECTION("a file of the same name is skipped in the second one") {
    second.write("a.txt", "other");
    const auto report = require_ok(ingestor.sync(second.path()));
    REQUIRE(skipped_ids(report) == Names{"a.txt"});
    REQUIRE(report.skipped[0].error.code() == ErrorCode::already_exists);
    REQUIRE(texts_of(ingestor.chunks()) == Names{"one", "three"});
  }
  SECTION("a folder that was moved is the same one") {
    fs::create_directories(second / "moved");
    fs::rename(first / "a.txt", second / "moved" / "a.txt");
    REQUIRE(require_ok(ingestor.sync(second / "moved")).sources_changed == 1);
    REQUIRE(require_ok(ingestor.sync(first.path())).sources_removed == 0);
    REQUIRE(texts_of(ingestor.chunks()) == Names{"one", "three"});
  }
}

TEST_CASE("sync: add_folder removes nothing") {
  OldFolder folder;
  const Setup setup;
  auto ingestor = setup.open();
  folder.write("a.txt", "one");
  folder.write("b.txt", "two");
  require_ok(ingestor.add_folder(folder.path()));
  folder.remove("a.txt");
  const auto report = require_ok(ingestor.add_folder(folder.path()));
  REQUIRE(report.sources_unchanged == 1);
  REQUIRE(report.sources_removed == 0);
  REQUIRE(ids_of(ingestor.sources()) == Names{"a.txt", "b.txt"});
}

TEST_CASE("sync: what cannot be read this time keeps what is stored") {
  OldFolder folder;
  const Setup setup;
  auto ingestor = setup.open();
  folder.write("a.txt", "one");
  folder.write("sub/deep/b.txt", "two");
  folder.write("sub/c.txt", "three");
  require_ok(ingestor.sync(folder.path()));
  SECTION("a file") {
    folder.write("a.txt", std::string("zero \0 byte", 11));
    const auto report = require_ok(ingestor.sync(folder.path()));
    REQUIRE(skipped_ids(report) == Names{"a.txt"});
    REQUIRE(report.sources_unchanged == 2);
  }
  SECTION("a folder") {
    setup.files->set_plan({.call = 2, .kinds = {CallKind::list}});
    const auto report = require_ok(ingestor.sync(folder.path()));
    REQUIRE(skipped_ids(report) == Names{"sub"});
    REQUIRE(report.sources_removed == 0);
  }
  SECTION("a source that its chunker refuses") {
    folder.write("a.txt", "refuse");
    REQUIRE(skipped_ids(require_ok(ingestor.sync(folder.path()))) == Names{"a.txt"});
  }
  REQUIRE(texts_of(ingestor.chunks()) == Names{"one", "three", "two"});
  setup.files->set_plan({});
  folder.write("a.txt", "four");
  require_ok(ingestor.sync(folder.path()));
  REQUIRE(texts_of(ingestor.chunks()) == Names{"four", "three", "two"});
}

TEST_CASE("sync: a folder that is not there is an error, and removes nothing") {
  OldFolder folder;
  const Setup setup;
  auto ingestor = setup.open();
  folder.write("docs/a.txt", "one");
  require_ok(ingestor.sync(folder / "docs"));
  folder.remove("docs");
  require_error(ingestor.sync(folder / "docs"), ErrorCode::not_found, {"sync"});
  REQUIRE(ids_of(ingestor.chunks()) == Names{"a.txt#0"});
}

TEST_CASE("sync: rows of one file come and go one by one") {
  OldFolder folder;
  const Setup setup;
  auto ingestor = setup.open();
  folder.write("a.csv", "name\nfog\nice\nwind\n");
  REQUIRE(require_ok(ingestor.sync(folder.path())).sources_added == 3);
  setup.files->set_plan({});
  REQUIRE(require_ok(ingestor.sync(folder.path())).sources_unchanged == 3);
  REQUIRE(setup.files->calls(CallKind::open) == 0);
  setup.embedder->take_texts();
  folder.write("a.csv", "name\nfog\nhail\n");
  const auto report = require_ok(ingestor.sync(folder.path()));
  REQUIRE(report.sources_unchanged == 1);
  REQUIRE(report.sources_changed == 1);
  REQUIRE(report.sources_removed == 1);
  REQUIRE(setup.embedder->take_texts() == Names{"name: hail"});
  REQUIRE(texts_of(ingestor.chunks()) == Names{"name: fog", "name: hail"});
}

TEST_CASE("sync: records of one id stay with the file that had it first") {
  OldFolder folder;
  Setup setup;
  setup.options.load.fields.id = "id";
  auto ingestor = setup.open();
  folder.write("b.csv", "id,name\nx,fog\n");
  require_ok(ingestor.sync(folder.path()));
  folder.write("a.csv", "id,name\nx,ice\ny,wind\n");
  for (int i = 0; i < 3; ++i) {
    const auto report = require_ok(ingestor.sync(folder.path()));
    REQUIRE(skipped_ids(report) == Names{"x"});
    REQUIRE(report.sources_changed == 0);
    REQUIRE(texts_of(ingestor.chunks()) == Names{"name: fog", "name: wind"});
  }
  SECTION("until that file is gone") {
    folder.remove("b.csv");
    REQUIRE(require_ok(ingestor.sync(folder.path())).skipped.empty());
  }
  SECTION("until that file has it no more") {
    folder.write("b.csv", "id,name\n");
    REQUIRE(require_ok(ingestor.sync(folder.path())).sources_removed == 1);
    REQUIRE(require_ok(ingestor.sync(folder.path())).sources_added == 1);
  }
  REQUIRE(texts_of(ingestor.chunks()) == Names{"name: ice", "name: wind"});
}

TEST_CASE("sync: a crash after the chunks were written is made good by the next one") {
  OldFolder folder;
  const Setup setup;
  folder.write("a.txt", "one\ntwo");
  folder.write("b.txt", "three");
  require_ok(setup.open().sync(folder.path()));
  const auto expected = chunks_of(setup.open());
  auto chunks = setup.open().chunks();
  auto sources = setup.open().sources();
  SECTION("the new chunks are there, the record is the old one, and the file is as it was at first") {
    auto torn = all_documents(chunks);
    torn[0].text = "torn";
    torn[0].metadata.insert_or_assign(std::string(kSourceVersionKey), 2);
    torn[1].metadata.insert_or_assign(std::string(kSourceVersionKey), 2);
    require_ok(chunks.upsert({torn[0], torn[1]}));
    require_ok(setup.open().sync(folder.path()));
  }
  SECTION("the chunks of a new source are there, and no record") {
    require_ok(sources.remove({"a.txt"}));
    setup.embedder->take_texts();
    const auto report = require_ok(setup.open().sync(folder.path()));
    REQUIRE(report.sources_added == 1);
    REQUIRE(report.chunks_kept == 2);
    REQUIRE(setup.embedder->take_texts().empty());
  }
  SECTION("the chunks of a source that was to be removed are gone, and the file is back") {
    require_ok(chunks.remove(field(std::string(kSourceIdKey)) == "a.txt"));
    require_ok(setup.open().sync(folder.path()));
  }
  SECTION("the chunks are those of a new source, which is gone by now") {
    require_ok(
        chunks.add({{.id = "lost#0", .text = "lost", .metadata = {{"source_id", "lost"}, {"source_version", 1}}}}));
    REQUIRE(require_ok(setup.open().sync(folder.path())).chunks_removed == 1);
  }
  SECTION("a source without chunks has got some, and no record of them") {
    folder.write("c.txt", "");
    require_ok(setup.open().sync(folder.path()));
    require_ok(
        chunks.add({{.id = "c.txt#0", .text = "c", .metadata = {{"source_id", "c.txt"}, {"source_version", 2}}}}));
    require_ok(setup.open().sync(folder.path()));
  }
  REQUIRE(chunks_of(setup.open()) == expected);
  REQUIRE(require_ok(setup.open().sync(folder.path())).chunks_embedded == 0);
}

TEST_CASE("sync: whichever write to the disk fails, the next sync makes it good") {
  OldFolder folder;
  folder.write("a.txt", "one\ntwo");
  folder.write("b.txt", "three");
  folder.write("c.txt", "four");
  for (std::uint64_t call = 1;; ++call) {
    const auto disk = std::make_shared<FaultFileSystem>(std::make_shared<MemoryFileSystem>());
    IngestOptions options = line_options(std::make_shared<CountingEmbedder>());
    {
      auto database = require_ok(Database::open("/db", {.file_system = disk}));
      auto ingestor = require_ok(Ingestor::open(database, "notes", options));
      folder.write("a.txt", "one\ntwo");
      folder.write("b.txt", "three");
      require_ok(ingestor.sync(folder.path()));
      folder.write("a.txt", "two\nfive");
      folder.remove("b.txt");
      disk->set_plan({.call = call, .repeat = Repeat::from_then_on, .kinds = {CallKind::write, CallKind::sync}});
      const bool failed = !ingestor.sync(folder.path());
      REQUIRE(failed == (disk->failures() > 0));
      if (!failed) break;
      disk->set_plan({});
    }
    auto database = require_ok(Database::open("/db", {.file_system = disk}));
    auto ingestor = require_ok(Ingestor::open(database, "notes", options));
    require_ok(ingestor.sync(folder.path()));
    REQUIRE(texts_of(ingestor.chunks()) == Names{"two", "five", "four"});
    REQUIRE(ids_of(ingestor.sources()) == Names{"a.txt", "c.txt"});
    REQUIRE(call < 100);
  }
}

TEST_CASE("sync: after any edits the chunks are those of a fresh ingestion, and only unknown lines were embedded") {
  std::mt19937_64 random(GENERATE(1U, 2U, 3U, 4U));
  OldFolder folder;
  Setup setup;
  setup.options.batch_chunks = 1 + random() % 20;
  setup.options.max_queued_bytes = 1 + random() % 200;
  auto ingestor = setup.open();
  std::map<std::string, Names> files;
  std::map<std::string, std::set<std::string>> known;  // the lines of each source before a sync
  for (int round = 0; round < 25; ++round) {
    for (std::size_t edits = random() % 4; edits > 0; --edits) {
      const std::string name = (random() % 2 == 0 ? "" : "sub/") + std::to_string(random() % 8) + ".txt";
      Names& lines = files[name];
      const std::string line = "line " + std::to_string(random() % 30);
      switch (random() % 6) {
        case 0: files.erase(name); break;
        case 1: std::ranges::shuffle(lines, random); break;
        case 2: lines.erase(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(lines.size() / 2)); break;
        case 3: lines.insert(lines.begin(), line); break;
        default: lines.push_back(line); break;
      }
      folder.remove(name);
      if (!files.contains(name)) continue;
      std::string text;
      for (const std::string& each : lines) text += each + "\n";
      folder.write(name, text);
    }
    if (random() % 5 == 0) ingestor = setup.open();
    std::size_t unknown = 0;
    for (const auto& [name, lines] : files) {
      for (const std::string& line : lines) unknown += known[name].contains(line) ? 0U : 1U;
    }
    setup.embedder->take_texts();
    const auto report = require_ok(ingestor.sync(folder.path()));
    REQUIRE(report.skipped.empty());
    REQUIRE(report.chunks_embedded == unknown);
    REQUIRE(setup.embedder->take_texts().size() == unknown);
    known.clear();
    for (const auto& [name, lines] : files) known[name].insert(lines.begin(), lines.end());

    auto fresh = require_ok(Ingestor::open(Database::in_memory(), "notes", setup.options));
    require_ok(fresh.sync(folder.path()));
    REQUIRE(chunks_of(ingestor) == chunks_of(fresh));
    REQUIRE(texts_of(ingestor.sources()) == texts_of(fresh.sources()));
  }
}

TEST_CASE("sync: a file that is gone when its turn comes is skipped, and removed the next time") {
  OldFolder folder;
  const Setup setup;
  auto ingestor = setup.open();
  folder.write("a.txt", "one");
  folder.write("b.txt", "two");
  require_ok(ingestor.sync(folder.path()));
  folder.write("a.txt", "three");
  setup.files->on_call([&](CallKind kind, const fs::path& path) {
    if (kind == CallKind::open && path.filename() == "a.txt") folder.remove("a.txt");
  });
  REQUIRE(skipped_ids(require_ok(ingestor.sync(folder.path()))) == Names{"a.txt"});
  REQUIRE(texts_of(ingestor.chunks()) == Names{"one", "two"});
  setup.files->on_call({});
  REQUIRE(require_ok(ingestor.sync(folder.path())).sources_removed == 1);
  REQUIRE(texts_of(ingestor.chunks()) == Names{"two"});
}
