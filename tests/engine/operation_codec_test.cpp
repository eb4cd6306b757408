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
