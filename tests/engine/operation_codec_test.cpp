// Entries of a log that a damaged or a foreign writer could have made.

#include "engine/operation_codec.hpp"

#include "engine/local_store.hpp"
#include "storage/document_codec.hpp"
#include "storage/fields.hpp"
#include "support/catch.hpp"

using namespace scaup;
using namespace scaup::test;

TEST_CASE("operation codec: a vector that is there and empty is none") {
  LocalStore store({.metric = Metric::l2}, {.graph = false}, system_clock());
  const Document document{.id = "a", .text = "text"};
  const std::vector<float> vector = {1, 2};
  const StoreRecord record{&document, vector};
  require_ok(store.write(std::span(&record, 1), WriteMode::add, require_ok(store.info({})).schema_version, {}));
  LogEntry entry = log_of_add(std::span(&record, 1), WriteMode::upsert);
  std::vector<std::byte>& part = entry.parts[0];
  part.clear();
  const std::byte upsert[] = {std::byte{1}};
  FieldWriter fields(part);
  fields.bytes(1, upsert);
  fields.message(2, [&](FieldWriter& item) {
    item.message(1, [&](FieldWriter& out) { encode_document(out, document); });
    item.bytes(2, {});
  });
  const std::span<const std::byte> parts[] = {part};
  require_ok(apply_entry(store, {.type = entry.type, .parts = parts}));
  REQUIRE(require_ok(store.info({})).without_vector == 1);
}

TEST_CASE("operation codec: a large write comes in parts that are encoded late, each at its turn") {
  std::vector<Document> documents;
  std::vector<std::vector<float>> vectors;
  for (int i = 0; i < 700; ++i) {
    documents.push_back({.id = std::to_string(i), .text = std::string(static_cast<std::size_t>(3 * i), 'x')});
    vectors.push_back({static_cast<float>(i), 2});
  }
  std::vector<StoreRecord> records;
  for (std::size_t i = 0; i < documents.size(); ++i) records.push_back({&documents[i], vectors[i]});
  const bool exchange = GENERATE(false, true);
  const LogEntry entry = exchange ? log_of_exchange({}, records) : log_of_add(records, WriteMode::add);
  REQUIRE(entry.late_parts > 1);
  std::vector<std::vector<std::byte>> encoded(entry.part_count());
  std::vector<std::span<const std::byte>> parts;
  for (std::size_t i = 0; i < encoded.size(); ++i) {
    std::vector<std::byte> buffer(3, std::byte{9});  // of another part
    const auto part = entry.part(i, buffer);
    REQUIRE_FALSE(part.empty());
    encoded[i].assign(part.begin(), part.end());
    parts.emplace_back(encoded[i]);
  }
  LocalStore store({.metric = Metric::l2}, {.graph = false}, system_clock());
  require_ok(apply_entry(store, {.type = entry.type, .parts = parts}));
  const auto page = require_ok(store.scan({.limit = 1000, .with_embeddings = true}, {}));
  REQUIRE(page.documents.size() == documents.size());
  for (const Document& found : page.documents) {
    const auto number = static_cast<std::size_t>(std::stoul(found.id));
    REQUIRE(found.text == documents[number].text);
    REQUIRE(found.embedding == vectors[number]);
  }
}
