// Ingestor: documents and files become chunks with vectors, and what fails says so.

#include "scaup/ingest.hpp"

#include <atomic>
#include <thread>

#include "rag/ingest_samples.hpp"
#include "rag/progress_meter.hpp"
#include "scaup/format_chunkers.hpp"
#include "support/temp_folder.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

using Names = std::vector<std::string>;

std::vector<Document> numbered_documents(std::size_t count) {
  std::vector<Document> documents;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string number = std::to_string(i);
    documents.push_back({.id = "d" + number, .text = "line " + number + "\nother " + number});
  }
  return documents;
}

Ingestor open_ingestor(const IngestOptions& options) {
  return require_ok(Ingestor::open(Database::in_memory(), "notes", options));
}

}  // namespace

TEST_CASE("ingest: a document becomes chunks with vectors, and its text is kept beside them") {
  const auto embedder = std::make_shared<CountingEmbedder>();
  auto ingestor = open_ingestor(line_options(embedder));
  const std::vector<Document> sources{{.id = "a", .text = "one\ntwo", .metadata = {{"author", "Ann"}}}};
  const auto report = require_ok(ingestor.add(sources));
  REQUIRE(report.sources_added == 1);
  REQUIRE(report.chunks_embedded == 2);
  REQUIRE(report.bytes == 7);
  REQUIRE(report.tokens > 0);
  REQUIRE(report.skipped.empty());
  const Document chunk = require_ok(ingestor.chunks().get("a#1"));
  REQUIRE(chunk.text == "two");
  REQUIRE(chunk.embedding.has_value());
  REQUIRE(chunk.origin->source_id == "a");
  REQUIRE(chunk.metadata == Metadata{{"author", "Ann"}, {"source_id", "a"}, {"source_version", 1}});
  const Document source = require_ok(ingestor.sources().get("a"));
  REQUIRE(source.text == "one\ntwo");
  REQUIRE(source.metadata ==
          Metadata{{"author", "Ann"}, {"content_hash", content_id("one\ntwo")}, {"chunks", 2}, {"version", 1}});
  REQUIRE(ingestor.sources().name() == "notes-sources");
}

TEST_CASE("ingest: the same documents again make no embedding call and no write") {
  const auto embedder = std::make_shared<CountingEmbedder>();
  auto ingestor = open_ingestor(line_options(embedder));
  const auto sources = numbered_documents(20);
  require_ok(ingestor.add(sources));
  const auto calls = embedder->calls();
  const auto before = revisions(ingestor);
  const auto report = require_ok(ingestor.add(sources));
  REQUIRE(report.sources_unchanged == 20);
  REQUIRE(report.sources_added + report.sources_changed + report.chunks_embedded == 0);
  REQUIRE(embedder->calls() == calls);
  REQUIRE(revisions(ingestor) == before);
}

TEST_CASE("ingest: other metadata is a change that embeds nothing") {
  const auto embedder = std::make_shared<CountingEmbedder>();
  auto ingestor = open_ingestor(line_options(embedder));
  std::vector<Document> sources{{.id = "a", .text = "one\ntwo", .metadata = {{"author", "Ann"}}}};
  require_ok(ingestor.add(sources));
  const auto calls = embedder->calls();
  sources[0].metadata.at("author") = "Ben";
  const auto report = require_ok(ingestor.add(sources));
  REQUIRE(report.sources_changed == 1);
  REQUIRE(report.chunks_kept == 2);
  REQUIRE(embedder->calls() == calls);
  REQUIRE(require_ok(ingestor.chunks().get("a#0")).metadata.at("author") == Value("Ben"));
  REQUIRE(version_of(ingestor, "a") == 2);
}

TEST_CASE("ingest: a changed document embeds the new lines alone, and moved ones keep their vectors") {
  const auto embedder = std::make_shared<CountingEmbedder>();
  auto ingestor = open_ingestor(line_options(embedder));
  const std::vector<Document> before{{.id = "a", .text = "one\ntwo\nthree\ntwo"}};
  const std::vector<Document> after{{.id = "a", .text = "zero\ntwo\none\ntwo\ntwo"}};
  require_ok(ingestor.add(before));
  const auto vector_of_one = require_ok(ingestor.chunks().get("a#0")).embedding;
  embedder->take_texts();
  const auto report = require_ok(ingestor.add(after));
  REQUIRE(embedder->take_texts() == Names{"zero"});
  REQUIRE(report.chunks_embedded == 1);
  REQUIRE(report.chunks_kept == 4);
  REQUIRE(report.chunks_removed == 1);
  const Document one = require_ok(ingestor.chunks().get("a#2"));
  REQUIRE(one.text == "one");
  REQUIRE(one.embedding == vector_of_one);
  REQUIRE(one.metadata.at("source_version") == Value(2));
  REQUIRE(texts_of(ingestor.chunks()) == Names{"zero", "two", "one", "two", "two"});
}

TEST_CASE("ingest: documents without a chunk are kept as sources, and may get chunks later and lose them again") {
  auto ingestor = open_ingestor(line_options(std::make_shared<CountingEmbedder>()));
  require_ok(ingestor.add(std::vector<Document>{{.id = "a", .text = ""}}));
  REQUIRE(ids_of(ingestor.sources()) == Names{"a"});
  REQUIRE(ids_of(ingestor.chunks()).empty());
  require_ok(ingestor.add(std::vector<Document>{{.id = "a", .text = "one"}}));
  REQUIRE(ids_of(ingestor.chunks()) == Names{"a#0"});
  require_ok(ingestor.add(std::vector<Document>{{.id = "a", .text = "\n"}}));
  REQUIRE(ids_of(ingestor.chunks()).empty());
  REQUIRE(version_of(ingestor, "a") == 3);
}

TEST_CASE("ingest: remove takes a source with its chunks") {
  auto ingestor = open_ingestor(line_options(std::make_shared<CountingEmbedder>()));
  require_ok(ingestor.add(numbered_documents(3)));
  require_ok(ingestor.remove("d1"));
  REQUIRE(ids_of(ingestor.chunks()) == Names{"d0#0", "d0#1", "d2#0", "d2#1"});
  REQUIRE(ids_of(ingestor.sources()) == Names{"d0", "d2"});
  require_error(ingestor.remove("d1"), ErrorCode::not_found, {"remove", "\"d1\""});
  REQUIRE(require_ok(ingestor.add(numbered_documents(3))).sources_added == 1);
}

TEST_CASE("ingest: what one source does wrong is reported, and the others are stored") {
  auto ingestor = open_ingestor(line_options(std::make_shared<CountingEmbedder>()));
  const std::vector<Document> sources{{.id = "a", .text = "one"},
                                      {.id = "b", .text = "\xff"},
                                      {.id = "c", .text = "refuse"},
                                      {.id = "", .text = "no id"},
                                      {.id = "d", .text = "two", .metadata = {{"$bad", 1}}}};
  const auto report = require_ok(ingestor.add(sources));
  REQUIRE(report.sources_added == 1);
  REQUIRE(skipped_ids(report) == Names{"", "b", "c", "d"});
  REQUIRE(ids_of(ingestor.sources()) == Names{"a"});
}

TEST_CASE("ingest: an id that comes twice is refused") {
  auto ingestor = open_ingestor(line_options(std::make_shared<CountingEmbedder>()));
  require_error(ingestor.add(std::vector<Document>{{.id = "a", .text = "1"}, {.id = "a", .text = "2"}}),
                ErrorCode::invalid_argument, {"add", "\"a\"", "twice"});
  REQUIRE(ids_of(ingestor.sources()).empty());
}

TEST_CASE("ingest: a chunk never takes the place of a document that is not of its source") {
  auto database = Database::in_memory();
  const auto options = line_options(std::make_shared<CountingEmbedder>());
  auto ingestor = require_ok(Ingestor::open(database, "notes", options));
  auto notes = ingestor.chunks();
  require_ok(notes.add({{.id = "a#0", .text = "the user's own"}}));
  const auto report =
      require_ok(ingestor.add(std::vector<Document>{{.id = "a", .text = "1"}, {.id = "b", .text = "2"}}));
  REQUIRE(skipped_ids(report) == Names{"a"});
  REQUIRE(report.skipped[0].error.code() == ErrorCode::already_exists);
  REQUIRE(texts_of(ingestor.chunks()) == Names{"the user's own", "2"});
}

TEST_CASE("ingest: documents of the user that name a source stay, whatever becomes of sources") {
  auto database = Database::in_memory();
  const auto options = line_options(std::make_shared<CountingEmbedder>());
  auto ingestor = require_ok(Ingestor::open(database, "notes", options));
  auto notes = ingestor.chunks();
  require_ok(notes.add({{.id = "own 1", .text = "mine", .metadata = {{"source_id", "a"}}},
                        {.id = "own 2", .text = "mine too", .metadata = {{"source_id", "elsewhere"}}}}));
  require_ok(ingestor.add(std::vector<Document>{{.id = "a", .text = "1"}, {.id = "b", .text = "2"}}));
  const auto changed = require_ok(ingestor.add(std::vector<Document>{{.id = "a", .text = "3"}}));
  REQUIRE(changed.chunks_removed == 1);
  REQUIRE(texts_of(notes) == Names{"3", "2", "mine", "mine too"});
  require_ok(ingestor.remove("a"));
  REQUIRE(require_ok(ingestor.add({})).chunks_removed == 0);
  REQUIRE(texts_of(notes) == Names{"2", "mine", "mine too"});
}

TEST_CASE("ingest: a document of the user that names a source is not overwritten by its chunk of the same id") {
  auto ingestor = open_ingestor(line_options(std::make_shared<CountingEmbedder>()));
  auto notes = ingestor.chunks();
  require_ok(notes.add({{.id = "a#0", .text = "the user's own", .metadata = {{"source_id", "a"}}}}));
  REQUIRE(skipped_ids(require_ok(ingestor.add(std::vector<Document>{{.id = "a", .text = "1"}}))) == Names{"a"});
  REQUIRE(texts_of(notes) == Names{"the user's own"});
}

TEST_CASE("ingest: options out of range are refused") {
  auto options = line_options(std::make_shared<CountingEmbedder>());
  const auto require_refused = [&](std::string_view name) {
    require_error(Ingestor::open(Database::in_memory(), "notes", options), ErrorCode::invalid_argument, {name});
  };
  SECTION("embedder") {
    options.collection.embedder = nullptr;
    require_refused("embedder");
  }
  SECTION("batch_chunks") {
    options.batch_chunks = GENERATE(0U, 100'001U);
    require_refused("batch_chunks");
  }
  SECTION("max_queued_bytes") {
    options.max_queued_bytes = 0;
    require_refused("max_queued_bytes");
  }
  SECTION("price") {
    options.price_per_million_tokens = -1;
    require_refused("price_per_million_tokens");
  }
}

TEST_CASE("ingest: chunks of HTML name their range in the text that the sources collection has") {
  auto options = line_options(std::make_shared<CountingEmbedder>());
  options.chunker = nullptr;
  auto ingestor = open_ingestor(options);
  const std::string html = "<h1>Fog &amp; ice</h1><p>Slow down.</p><h2>Horn</h2><p>Every two minutes.</p>";
  const std::vector<Document> sources{{.id = "rules", .text = html, .metadata = {{"format", "html"}}}};
  require_ok(ingestor.add(sources));
  const std::string text = require_ok(ingestor.sources().get("rules")).text;
  REQUIRE(text == require_ok(extract_html(html)).text);
  const auto chunks = all_documents(ingestor.chunks());
  REQUIRE(chunks.size() == 2);
  for (const Document& chunk : chunks) {
    REQUIRE(chunk.origin->source_id == "rules");
    REQUIRE(text.substr(chunk.origin->begin, chunk.origin->end - chunk.origin->begin) == chunk.text);
  }
  REQUIRE(chunks[1].origin->section == Names{"Fog & ice", "Horn"});
  REQUIRE(require_ok(ingestor.add(sources)).sources_unchanged == 1);
}

TEST_CASE("ingest: without a chunker, the format of a source says how it is cut") {
  auto options = line_options(std::make_shared<CountingEmbedder>());
  options.chunker = nullptr;
  auto ingestor = open_ingestor(options);
  const std::vector<Document> sources{
      {.id = "md", .text = "# A\n\nx\n\n# B\n\ny", .metadata = {{"format", "markdown"}}},
      {.id = "pdf", .text = "p1\fp2", .metadata = {{"format", "pdf"}}},
      {.id = "plain", .text = "# A\n\nx\n\n# B\n\ny"},
      {.id = "odd", .text = "p1\fp2", .metadata = {{"format", 7}}}};
  require_ok(ingestor.add(sources));
  REQUIRE(ids_of(ingestor.chunks()) == Names{"md#0", "md#1", "odd#0", "pdf#0", "pdf#1", "plain#0"});
  REQUIRE(require_ok(ingestor.chunks().get("pdf#1")).origin->page == 2);
}

TEST_CASE("ingest: progress grows, and ends with everything") {
  std::vector<IngestProgress> seen;
  const auto caller = std::this_thread::get_id();
  bool on_caller = true;
  auto options = line_options(std::make_shared<CountingEmbedder>([](std::size_t) -> Status {
    std::this_thread::sleep_for(std::chrono::milliseconds(60));
    return {};
  }));
  options.batch_chunks = 4;
  options.price_per_million_tokens = 2;
  options.on_progress = [&](const IngestProgress& progress) {
    on_caller = on_caller && std::this_thread::get_id() == caller;
    seen.push_back(progress);
  };
  auto ingestor = open_ingestor(options);
  const auto report = require_ok(ingestor.add(numbered_documents(20)));
  REQUIRE(on_caller);
  REQUIRE(seen.size() >= 2);
  for (std::size_t i = 1; i < seen.size(); ++i) {
    REQUIRE(seen[i].files_done >= seen[i - 1].files_done);
    REQUIRE(seen[i].chunks >= seen[i - 1].chunks);
    REQUIRE(seen[i].tokens >= seen[i - 1].tokens);
    REQUIRE(seen[i].bytes >= seen[i - 1].bytes);
    REQUIRE(seen[i].elapsed >= seen[i - 1].elapsed);
  }
  const IngestProgress& last = seen.back();
  REQUIRE(last.files_done == 20);
  REQUIRE(last.files_total == 20);
  REQUIRE(last.chunks == 40);
  REQUIRE(last.tokens == report.tokens);
  REQUIRE(last.bytes == report.bytes);
  REQUIRE(last.cost == Approx(static_cast<double>(report.tokens) * 2e-6));
  REQUIRE(last.left == std::chrono::nanoseconds(0));
}

TEST_CASE("ingest: the time left is never more than can be counted") {
  ProgressMeter meter(std::size_t{1} << 60U, 0, 0);
  meter.add_files(1, 1);
  REQUIRE(*meter.snapshot().left > std::chrono::hours(1));
}

TEST_CASE("ingest: an error of the embedder ends it, what was stored before stays, and the next one goes on") {
  std::atomic<bool> fails = true;
  const auto embedder = std::make_shared<CountingEmbedder>([&](std::size_t call) -> Status {
    if (fails && call == 3) return Error(ErrorCode::unauthorized, "the key is wrong");
    return {};
  });
  auto options = line_options(embedder);
  options.batch_chunks = 4;
  auto ingestor = open_ingestor(options);
  require_error(ingestor.add(numbered_documents(20)), ErrorCode::unauthorized, {"add", "the key is wrong"});
  const auto stored = ids_of(ingestor.chunks());
  REQUIRE(stored.size() >= 8);
  REQUIRE(stored.size() < 40);
  REQUIRE(ids_of(ingestor.sources()).size() * 2 == stored.size());
  fails = false;
  embedder->take_texts();
  const auto report = require_ok(ingestor.add(numbered_documents(20)));
  REQUIRE(report.sources_unchanged * 2 == stored.size());
  REQUIRE(embedder->take_texts().size() == 40 - stored.size());
  REQUIRE(ids_of(ingestor.chunks()).size() == 40);
}

TEST_CASE("ingest: what a callback throws becomes an error") {
  auto options = line_options(std::make_shared<CountingEmbedder>());
  SECTION("the embedder: the ingestion fails") {
    options.collection.embedder =
        std::make_shared<CountingEmbedder>([](std::size_t) -> Status { throw std::runtime_error("thrown"); });
    require_error(open_ingestor(options).add(numbered_documents(3)), ErrorCode::internal, {"thrown"});
  }
  SECTION("on_progress: the ingestion fails") {
    options.on_progress = [](const IngestProgress&) { throw std::runtime_error("thrown"); };
    require_error(open_ingestor(options).add(numbered_documents(3)), ErrorCode::internal, {"thrown"});
  }
  SECTION("the chunker: the source is skipped") {
    options.chunker = std::make_shared<LineChunker>([](const std::string& id) {
      if (id == "d1") throw std::runtime_error("thrown");
    });
    const auto report = require_ok(open_ingestor(options).add(numbered_documents(3)));
    REQUIRE(report.sources_added == 2);
    REQUIRE(skipped_ids(report) == Names{"d1"});
    REQUIRE(report.skipped[0].error.message().find("thrown") != std::string::npos);
  }
}

TEST_CASE("ingest: it can be cancelled in the middle, and the next one goes on from there") {
  std::stop_source stop;
  const auto embedder = std::make_shared<CountingEmbedder>([&](std::size_t call) -> Status {
    if (call == 3) stop.request_stop();
    return {};
  });
  auto options = line_options(embedder);
  options.batch_chunks = 4;
  auto ingestor = open_ingestor(options);
  require_error(ingestor.add(numbered_documents(50), stop.get_token()), ErrorCode::cancelled, {"add"});
  const auto stored = ids_of(ingestor.chunks()).size();
  REQUIRE(stored < 100);
  const auto report = require_ok(ingestor.add(numbered_documents(50)));
  REQUIRE(report.sources_unchanged * 2 == stored);
  REQUIRE(ids_of(ingestor.chunks()).size() == 100);
}

TEST_CASE("ingest: cancelled before it begins, it does nothing") {
  const auto embedder = std::make_shared<CountingEmbedder>();
  auto ingestor = open_ingestor(line_options(embedder));
  std::stop_source stop;
  stop.request_stop();
  require_error(ingestor.add(numbered_documents(3), stop.get_token()), ErrorCode::cancelled);
  require_error(ingestor.sync("/nowhere", stop.get_token()), ErrorCode::cancelled);
  require_error(ingestor.remove("d0", stop.get_token()), ErrorCode::cancelled);
  REQUIRE(embedder->calls() == 0);
}

TEST_CASE("ingest: a slow embedder holds back the loading") {
  // Sources of 1,000 bytes and one chunk each. What was cut and is not embedded holds its bytes, so at each call of the
  // embedder at most five can have been cut beyond those of the calls before.
  std::atomic<int> cut = 0;
  int most = 0;
  std::size_t embedded_before = 0;
  std::shared_ptr<CountingEmbedder> embedder;
  embedder = std::make_shared<CountingEmbedder>([&](std::size_t) -> Status {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    embedded_before += embedder->take_texts().size();
    most = std::max(most, cut - static_cast<int>(embedded_before));
    return {};
  });
  auto options = line_options(embedder);
  options.chunker = std::make_shared<LineChunker>([&](const std::string&) { ++cut; });
  options.batch_chunks = 2;
  options.max_queued_bytes = 5'000;
  auto ingestor = open_ingestor(options);
  std::vector<Document> sources;
  for (int i = 0; i < 60; ++i) {
    sources.push_back({.id = std::to_string(i), .text = std::string(1'000, static_cast<char>('a' + i % 26))});
  }
  REQUIRE(require_ok(ingestor.add(sources)).sources_added == 60);
  REQUIRE(most >= 2);
  REQUIRE(most <= 5);
}

TEST_CASE("ingest: two ingestions of one object run one after the other") {
  std::atomic<int> inside = 0;
  std::atomic<bool> alone = true;
  auto options = line_options(std::make_shared<CountingEmbedder>([&](std::size_t) -> Status {
    alone = alone && ++inside == 1;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    --inside;
    return {};
  }));
  options.batch_chunks = 2;
  auto ingestor = open_ingestor(options);
  {
    std::jthread other([copy = ingestor]() mutable { require_ok(copy.add(numbered_documents(20))); });
    require_ok(ingestor.add(numbered_documents(20)));
  }
  REQUIRE(alone);
  REQUIRE(ids_of(ingestor.chunks()).size() == 40);
  REQUIRE(version_of(ingestor, "d7") == 1);
}

TEST_CASE("ingest: one who waits for his turn can be cancelled") {
  std::stop_source stop;
  std::atomic<bool> is_running = false;
  std::atomic<bool> may_go_on = false;
  auto ingestor = open_ingestor(line_options(std::make_shared<CountingEmbedder>([&](std::size_t) -> Status {
    is_running = true;
    while (!may_go_on) std::this_thread::yield();
    return {};
  })));
  std::jthread other([copy = ingestor]() mutable { require_ok(copy.add(numbered_documents(1))); });
  while (!is_running) std::this_thread::yield();
  std::jthread canceller([&] { stop.request_stop(); });
  require_error(ingestor.add(numbered_documents(1), stop.get_token()), ErrorCode::cancelled);
  may_go_on = true;
}

TEST_CASE("ingest: a store that fails ends it") {
  auto database = Database::in_memory();
  auto ingestor = require_ok(Ingestor::open(database, "notes", line_options(std::make_shared<CountingEmbedder>())));
  require_ok(database.remove_collection("notes-sources"));
  require_error(ingestor.add(numbered_documents(3)), ErrorCode::not_found);
}
