// JSON Lines out of collections and into them.

#include <stdexcept>

#include "collection/transfer_samples.hpp"
#include "engine/local_store.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

std::string lines_of(const Collection& collection, const JsonLinesOptions& options = {}) {
  MemorySink sink;
  const TransferReport report = require_ok(collection.export_json_lines(sink, options));
  REQUIRE(sink.finished() == 1);
  REQUIRE(report.bytes == sink.bytes().size());
  return std::string(sink.text());
}

Result<TransferReport> import_lines(Collection& collection, std::string_view lines,
                                    const JsonLinesOptions& options = {}) {
  MemorySource source(lines, 1000);
  return collection.import_json_lines(source, options);
}

Collection new_collection(const CollectionOptions& options = {.metric = Metric::l2}) {
  return require_ok(Database::in_memory().create_collection("notes", options));
}

std::vector<Document> documents_of(const Collection& collection) {
  return require_ok(collection.scan({.limit = 10000, .with_embeddings = true})).documents;
}

// A line for each number, with its vector.
std::string numbered_lines(int begin, int end) {
  std::string lines;
  for (int i = begin; i < end; ++i) {
    lines += "{\"id\": \"id" + std::to_string(i) + "\", \"embedding\": [" + std::to_string(i) + ", 1]}\n";
  }
  return lines;
}

// A user's store, as far as this test needs one: it reads pages of another, and writes to it.
class ForeignStore final : public VectorStore {
 public:
  StoreCapabilities capabilities() const noexcept override { return inner_.capabilities(); }
  Result<StoreInfo> info(std::stop_token stop) const override { return inner_.info(stop); }
  Result<WriteCounts> write(std::span<const StoreRecord> records, WriteMode mode, std::uint64_t version,
                            std::stop_token stop) override {
    return inner_.write(records, mode, version, stop);
  }
  Result<ScanPage> scan(const ScanOptions& options, std::stop_token stop) const override {
    return inner_.scan(options, stop);
  }
  Status update_metadata(std::span<const MetadataUpdate>, std::stop_token) override { return unused(); }
  Result<std::size_t> remove_ids(std::span<const std::string>, std::stop_token) override { return unused(); }
  Result<std::size_t> remove_matching(const Filter&, std::stop_token) override { return unused(); }
  Status adopt_embedder(const EmbedderIdentity&, std::stop_token) override { return unused(); }
  Status replace_embeddings(const StoreSchema&, std::span<const EmbeddingUpdate>, std::uint64_t,
                            std::stop_token) override {
    return unused();
  }
  Result<std::vector<std::optional<Document>>> get(std::span<const std::string>, bool, std::stop_token) const override {
    return unused();
  }
  Result<std::size_t> count(const Filter&, std::stop_token) const override { return unused(); }
  Result<std::vector<QueryResult>> query(std::span<const VectorQuery>, std::uint64_t, std::stop_token) const override {
    return unused();
  }

 private:
  static Error unused() { return {ErrorCode::internal, "not a part of this test"}; }
  LocalStore inner_ = LocalStore({.metric = Metric::l2}, {}, system_clock());
};

}  // namespace

TEST_CASE("json lines: a store of the user's is read page by page") {
  const std::string lines = numbered_lines(0, 1234);
  Collection foreign = require_ok(make_collection("foreign", std::make_shared<ForeignStore>()));
  REQUIRE(require_ok(import_lines(foreign, lines)).documents == 1234);
  Collection local = new_collection();
  require_ok(import_lines(local, lines_of(foreign)));
  REQUIRE(documents_of(local) == documents_of(foreign));
  REQUIRE(documents_of(local).size() == 1234);
}

TEST_CASE("json lines: what a collection exports another one imports, bit for bit") {
  std::mt19937_64 random(5);
  const auto embedder = make_hash_embedder({.dimension = 4}).value();
  Collection from = new_collection({.metric = Metric::l2, .embedder = embedder});
  std::vector<Document> documents;
  for (std::size_t i = 0; i < 2500; ++i) documents.push_back(random_document(random, i, 4));
  require_ok(from.add(documents));
  Collection to = new_collection({.metric = Metric::l2, .embedder = embedder});
  const std::string lines = lines_of(from);
  const TransferReport report = require_ok(import_lines(to, lines));
  REQUIRE(report == TransferReport{1, 2500, require_ok(from.info()).without_vector, lines.size()});
  REQUIRE(documents_of(to) == documents_of(from));
}

TEST_CASE("json lines: texts without an embedding are embedded by the collection") {
  Collection notes = new_collection({.embedder = make_hash_embedder({.dimension = 64}).value()});
  const TransferReport report = require_ok(import_lines(notes, R"({"id": "sky", "text": "the sky is blue"}
{"id": "leaf", "text": "leaves are green"}

{"id": "nothing"})"));
  REQUIRE(report.documents == 3);
  REQUIRE(report.without_vector == 1);
  REQUIRE(require_ok(notes.query("the sky is blue", {.k = 1})).matches[0].document.id == "sky");
  const std::string lines = lines_of(notes, {.with_embeddings = false});
  REQUIRE(lines.find("embedding") == std::string::npos);
  Collection again = new_collection({.embedder = notes.embedder()});
  require_ok(import_lines(again, lines));
  REQUIRE(documents_of(again) == documents_of(notes));
}

TEST_CASE("json lines: errors name the line, and what was written before stays") {
  const auto refused = [](std::string_view line, ErrorCode code, std::string_view why) {
    Collection notes = new_collection();
    const std::string lines = numbered_lines(0, 1100) + std::string(line) + "\n" + numbered_lines(2000, 2010);
    require_error(import_lines(notes, lines), code, {"after 1000 documents", "line 1101", why});
    REQUIRE(require_ok(notes.count()) == 1000);
  };
  refused("no JSON", ErrorCode::invalid_argument, "");
  refused(R"({"text": "x"})", ErrorCode::invalid_argument, "\"id\" is missing");
  refused(R"({"id": "x", "embedding": [1, 2, 3]})", ErrorCode::dimension_mismatch, "3 components");
  refused(R"({"id": "x", "embedding": []})", ErrorCode::invalid_argument, "0 components");
  refused(R"({"id": "x", "text": "no vector"})", ErrorCode::invalid_argument, "no embedder");
}

TEST_CASE("json lines: the first vector of a file fixes the dimension for its next lines") {
  Collection notes = new_collection();
  require_error(import_lines(notes, R"({"id": "a", "embedding": [1, 2]}
{"id": "b", "embedding": [1, 2, 3]})"),
                ErrorCode::dimension_mismatch, {"line 2"});
  REQUIRE(require_ok(notes.count()) == 0);
}

TEST_CASE("json lines: an id that is there already is replaced or refused, as asked, also within a file") {
  Collection notes = new_collection();
  require_ok(import_lines(notes, numbered_lines(0, 10)));
  const std::string changed = R"({"id": "id3", "text": "new", "embedding": [5, 5]})";
  require_error(import_lines(notes, changed, {.mode = WriteMode::add}), ErrorCode::already_exists,
                {"lines 1 to 1", "\"id3\""});
  require_ok(import_lines(notes, changed));
  REQUIRE(require_ok(notes.get("id3")).text == "new");
  const std::string twice = R"({"id": "x", "text": "1", "embedding": [5, 5]}
{"id": "y", "embedding": [5, 5]}
{"id": "x", "text": "2", "embedding": [5, 5]})";
  REQUIRE(require_ok(import_lines(notes, twice)).documents == 3);
  REQUIRE(require_ok(notes.get("x")).text == "2");
  Collection other = new_collection();
  require_error(import_lines(other, twice, {.mode = WriteMode::add}), ErrorCode::already_exists,
                {"after 2 documents", "lines 3 to 3", "\"x\""});
}

TEST_CASE("json lines: a stop token, a failing stream and a throwing one end both ways") {
  Collection notes = new_collection();
  std::stop_source stop;
  const std::string lines = numbered_lines(0, 5000);
  MemorySource source(lines);
  const auto ask = [&](const TransferProgress& progress) {
    REQUIRE(progress.collection == "notes");
    if (progress.documents == 2000) stop.request_stop();
  };
  require_error(notes.import_json_lines(source, {.on_progress = ask}, stop.get_token()), ErrorCode::cancelled);
  REQUIRE(require_ok(notes.count()) == 2000);
  require_ok(import_lines(notes, lines));
  stop = std::stop_source();
  MemorySink sink;
  require_error(notes.export_json_lines(sink, {.on_progress = ask}, stop.get_token()), ErrorCode::cancelled);
  REQUIRE(sink.finished() == 0);
  HookedSink full([]() -> Status { return Error(ErrorCode::unauthorized, "go away"); });
  require_error(notes.export_json_lines(full), ErrorCode::unauthorized, {"go away"});
  HookedSource broken({}, []() -> Status { return Error(ErrorCode::rate_limited, "slow down"); });
  require_error(notes.import_json_lines(broken), ErrorCode::rate_limited, {"slow down"});
  HookedSource throwing({}, []() -> Status { throw std::runtime_error("broken"); });
  require_error(notes.import_json_lines(throwing), ErrorCode::internal, {"broken"});
}

TEST_CASE("json lines: an export shows the state that was there when it began") {
  Collection notes = new_collection();
  require_ok(import_lines(notes, numbered_lines(0, 5000)));
  const std::string before = lines_of(notes);
  int writes = 0;
  HookedSink sink([&]() -> Status {
    require_ok(notes.upsert(make_documents(0, 0)));
    require_ok(notes.remove({"id" + std::to_string(4999 - writes++)}));
    return {};
  });
  require_ok(notes.export_json_lines(sink));
  REQUIRE(writes > 1);
  REQUIRE(sink.inner().text() == before);
}
