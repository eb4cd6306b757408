// Round trips, keys, and what a reader makes of records that no writer would write.

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "support/archive_samples.hpp"
#include "support/catch.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

constexpr std::uint8_t kDatabase = 1;
constexpr std::uint8_t kBegin = 2;
constexpr std::uint8_t kDocuments = 3;
constexpr std::uint8_t kEnd = 4;
constexpr std::uint8_t kArchiveEnd = 5;

RawRecord collection_record(std::string_view name, const StoreSchema& schema = {}) {
  RawRecord record = {.type = kBegin};
  encode_collection(record.body, name, schema);
  return record;
}

RawRecord rows_record(std::span<const Document> documents) {
  RawRecord record = {.type = kDocuments};
  for (const Document& document : documents) encode_row(record.body, document);
  return record;
}

RawRecord counts_record(std::uint8_t type, const ArchiveCounts& counts) {
  RawRecord record = {.type = type};
  encode_counts(record.body, counts);
  return record;
}

Result<Sample> read_records(const std::vector<RawRecord>& records) {
  return read_sample(archive_of_records(records));
}

// One collection with these documents.
Result<Sample> read_documents(const StoreSchema& schema, const std::vector<Document>& documents) {
  const std::size_t count = documents.size();
  return read_records({{kDatabase},
                       collection_record("c", schema),
                       rows_record(documents),
                       counts_record(kEnd, {.documents = count}),
                       counts_record(kArchiveEnd, {.collections = 1, .documents = count})});
}

}  // namespace

TEST_CASE("archive: what was written reads back the same, with and without a key") {
  std::mt19937_64 random(1);
  for (int round = 0; round < 60; ++round) {
    const Sample sample = random_sample(random, random() % 4, random() % 30);
    REQUIRE(require_ok(read_sample(archive_of(sample))) == sample);
    REQUIRE(require_ok(read_sample(archive_of(sample, raw_key('k')), raw_key('k'))) == sample);
    REQUIRE(require_ok(read_sample(archive_of(sample, passphrase("p")), passphrase("p"))) == sample);
  }
}

TEST_CASE("archive: many batches and chunks read back the same, a byte at a time too") {
  std::mt19937_64 random(2);
  Sample sample = random_sample(random, 2, 3000);
  sample[0].documents[7].text = std::string(3'000'000, 'x');
  for (auto& document : sample[1].documents) document.text += std::to_string(random());
  const auto bytes = archive_of(sample, raw_key('k'));
  REQUIRE(bytes.size() > 4 * kChunkBytes);
  REQUIRE(require_ok(read_sample(bytes, raw_key('k'))) == sample);
  MemorySource slow(bytes, 7);
  REQUIRE(require_ok(read_sample(slow, {.key = raw_key('k')})) == sample);
}

TEST_CASE("archive: the default cost of a passphrase works") {
  const Sample sample = {{{.name = "notes"}, {{.id = "a", .text = "b"}}}};
  MemorySink sink;
  require_ok(write_sample(sink, sample, {.key = passphrase("correct horse")}));
  REQUIRE(require_ok(read_sample(sink.bytes(), passphrase("correct horse"))) == sample);
}

TEST_CASE("archive: reports count collections, documents and bytes of the archive") {
  std::mt19937_64 random(3);
  const Sample sample = random_sample(random, 3, 5);
  const auto bytes = archive_of(sample);
  MemorySource source(bytes);
  const auto reader = require_ok(ArchiveReader::open(source, {}));
  while (require_ok(reader->next_collection())) {
  }
  REQUIRE(reader->report() == TransferReport{.collections = 3, .documents = 15, .bytes = bytes.size()});
}

TEST_CASE("archive: a collection can be skipped, and is verified all the same") {
  std::mt19937_64 random(4);
  const Sample sample = random_sample(random, 3, 20);
  const auto bytes = archive_of(sample);
  MemorySource source(bytes);
  const auto reader = require_ok(ArchiveReader::open(source, {}));
  REQUIRE(require_ok(reader->next_collection())->name == "collection 0");
  REQUIRE(require_ok(reader->next_collection())->name == "collection 1");
  REQUIRE(require_ok(reader->next_batch()) == sample[1].documents);
  REQUIRE(require_ok(reader->next_collection())->name == "collection 2");
  REQUIRE_FALSE(require_ok(reader->next_collection()));
}

TEST_CASE("archive: two archives of the same documents share no bytes of their streams") {
  const Sample sample = {{{.name = "notes"}, {{.id = "a", .text = "b"}}}};
  const auto a = archive_of(sample, raw_key('k'));
  const auto b = archive_of(sample, raw_key('k'));
  std::size_t equal = 0;
  for (std::size_t i = kHeaderBytes; i < std::min(a.size(), b.size()); ++i) equal += a[i] == b[i] ? 1U : 0U;
  REQUIRE(equal < 20);
}

TEST_CASE("archive: a wrong, missing or needless key is told from damage, without the key in the message") {
  const Sample sample = {{{.name = "notes"}, {{.id = "a"}}}};
  const auto with_raw = archive_of(sample, raw_key('k'));
  const auto with_passphrase = archive_of(sample, passphrase("canary"));
  require_error(read_sample(with_raw, raw_key('j')), ErrorCode::unauthorized, {"another key"});
  require_error(read_sample(with_raw), ErrorCode::unauthorized, {"encrypted"});
  require_error(read_sample(with_raw, passphrase("canary")), ErrorCode::unauthorized, {"raw key"});
  require_error(read_sample(with_passphrase, raw_key('k')), ErrorCode::unauthorized, {"passphrase"});
  const auto wrong = read_sample(with_passphrase, passphrase("canary2"));
  require_error(wrong, ErrorCode::unauthorized, {"another key"});
  REQUIRE(wrong.error().message().find("canary") == std::string::npos);
  require_error(read_sample(archive_of(sample), raw_key('k')), ErrorCode::invalid_argument, {"not encrypted"});
}

TEST_CASE("archive: an encrypted archive shows neither text nor names") {
  const std::string canary = "canary-in-plain-sight";
  const Sample sample = {{{.name = canary}, {{.id = canary, .text = canary, .metadata = {{canary, canary}}}}}};
  const auto bytes = archive_of(sample, raw_key('k'));
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  REQUIRE(text.find("canary") == std::string_view::npos);
}

TEST_CASE("archive: the writer refuses an embedding of another dimension and a document that no record holds") {
  MemorySink sink;
  const auto writer = require_ok(ArchiveWriter::create(sink, {}));
  require_ok(writer->begin_collection("c", {.dimension = 2}));
  require_error(writer->add({.id = "a", .embedding = {{1.0F}}}), ErrorCode::invalid_argument, {"\"a\"", "dimension 2"});
  Document large = {.id = "b"};
  large.metadata.emplace("k", std::string(kMaxRecordBytes, 'x'));
  require_error(writer->add(large), ErrorCode::invalid_argument, {"\"b\"", "64 MiB"});
}

TEST_CASE("archive: an error of the sink comes back from whatever call it meets, and the sink is not finished") {
  std::mt19937_64 random(5);
  const Sample sample = random_sample(random, 2, 3);
  // Sizes differ by some bytes from run to run: hashes depend on the random id, and so does how they compress.
  const std::size_t size = archive_of(sample).size() - 64;
  for (std::size_t most = 0; most < size; ++most) {
    MemorySink sink;
    sink.fail_after(most);
    require_error(write_sample(sink, sample, {}), ErrorCode::io, {"full"});
    REQUIRE(sink.finished() == 0);
  }
}

TEST_CASE("archive: records out of order are refused") {
  const RawRecord database = {kDatabase};
  const RawRecord begin = collection_record("c");
  const RawRecord end = counts_record(kEnd, {});
  const RawRecord close = counts_record(kArchiveEnd, {.collections = 1});
  require_ok(read_records({database, begin, end, close}));
  for (const auto& records : std::vector<std::vector<RawRecord>>{{begin, end, close},
                                                                 {database, database, begin, end, close},
                                                                 {database, end, close},
                                                                 {database, begin, begin, end, close},
                                                                 {database, begin, close},
                                                                 {database, rows_record({}), close}}) {
    require_error(read_records(records), ErrorCode::corruption, {"order"});
  }
}

TEST_CASE("archive: an archive without its end is incomplete, and one that goes on behind it is refused") {
  const RawRecord database = {kDatabase};
  const RawRecord end = counts_record(kArchiveEnd, {});
  require_ok(read_records({database, end}));
  require_error(read_records({database}), ErrorCode::corruption, {"incomplete"});
  require_error(read_records({}), ErrorCode::corruption, {"incomplete"});
  require_error(read_records({database, collection_record("c")}), ErrorCode::corruption, {"incomplete"});
  require_error(read_records({database, end, end}), ErrorCode::corruption, {"follows"});
}

TEST_CASE("archive: counts that do not fit are refused") {
  const RawRecord database = {kDatabase};
  const RawRecord begin = collection_record("c");
  const RawRecord rows = rows_record(std::vector<Document>{{.id = "a"}});
  const RawRecord one = counts_record(kEnd, {.documents = 1});
  const RawRecord close = counts_record(kArchiveEnd, {.collections = 1, .documents = 1});
  require_ok(read_records({database, begin, rows, one, close}));
  require_error(read_records({database, begin, rows, counts_record(kEnd, {}), close}), ErrorCode::corruption,
                {"0 documents", "1 are there"});
  require_error(read_records({database, begin, one, close}), ErrorCode::corruption, {"1 documents", "0 are there"});
  require_error(read_records({database, begin, rows, one, counts_record(kArchiveEnd, {.documents = 1})}),
                ErrorCode::corruption, {"0 collections"});
  require_error(read_records({database, begin, rows, one, counts_record(kArchiveEnd, {.collections = 1})}),
                ErrorCode::corruption, {"0 documents"});
}

TEST_CASE("archive: a later version's record is skipped if it may be, else refused") {
  const RawRecord end = counts_record(kArchiveEnd, {});
  require_ok(read_records({{kDatabase}, {200, {std::byte{1}}}, end}));
  require_error(read_records({{kDatabase}, {6}, end}), ErrorCode::unsupported_format, {"type 6", "Upgrade"});
  require_error(read_records({{kDatabase}, {0}, end}), ErrorCode::unsupported_format, {"type 0"});
}

TEST_CASE("archive: collections and documents that no database would take are refused") {
  SECTION("names") {
    for (const std::string& name : {std::string(), std::string(256, 'n'), std::string("\xFF")}) {
      require_error(read_records({{kDatabase}, collection_record(name)}), ErrorCode::corruption, {"name"});
    }
    require_error(read_records({{kDatabase}, collection_record("c"), counts_record(kEnd, {}), collection_record("c")}),
                  ErrorCode::corruption, {"\"c\"", "twice"});
  }
  SECTION("dimensions") {
    require_error(read_documents({.dimension = 0}, {}), ErrorCode::corruption, {"dimension"});
    require_error(read_documents({.dimension = 3, .embedder = EmbedderIdentity{.dimension = 4}}, {}),
                  ErrorCode::corruption, {"embedder's is 4"});
  }
  SECTION("embeddings") {
    require_ok(read_documents({.dimension = 1}, {{.id = "a", .embedding = {{1.0F}}}}));
    require_error(read_documents({}, {{.id = "a", .embedding = {{1.0F}}}}), ErrorCode::corruption, {"dimension 0"});
    require_error(read_documents({.dimension = 2}, {{.id = "a", .embedding = {{1.0F}}}}), ErrorCode::corruption,
                  {"dimension 2"});
    require_error(read_documents({.dimension = 1}, {{.id = "a", .embedding = {{std::nanf("")}}}}),
                  ErrorCode::corruption, {"finite"});
  }
  SECTION("documents") {
    require_error(read_documents({}, {{.id = ""}}), ErrorCode::corruption, {"id: empty"});
    require_error(read_documents({}, {{.id = "a", .text = "\xFF"}}), ErrorCode::corruption, {"UTF-8"});
    require_error(read_documents({}, {{.id = "a", .metadata = {{"$k", 1}}}}), ErrorCode::corruption, {"$k"});
  }
}

TEST_CASE("archive: a limit on decompressed bytes is kept") {
  Sample sample = {{{.name = "notes"}, {{.id = "a", .text = std::string(100'000, 'x')}}}};
  const auto bytes = archive_of(sample);
  MemorySource source(bytes);
  require_error(read_sample(source, {.limits = {.max_bytes = 50'000}}), ErrorCode::invalid_argument, {"max_bytes"});
}

TEST_CASE("archive: a source that claims more than it was asked for is found out") {
  class Liar final : public ByteSource {
    Result<std::size_t> read(std::span<std::byte> out) override { return out.size() + 1; }
  } liar;
  require_error(read_sample(liar), ErrorCode::internal, {"claims"});
}
