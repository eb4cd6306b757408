// Fuzz target: entries of a log with right hashes around them, applied to a store. An entry is applied whole, or it is
// an error and the store is as before; afterwards the store answers every question.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/operation_codec.hpp"
#include "fuzz.hpp"
#include "hash_repair.hpp"
#include "storage/fields.hpp"
#include "store_samples.hpp"

using namespace scaup;
using scaup::fuzz::require;

namespace {

std::vector<LogEntry> make_valid_entries() {
  const Document document = fuzz::sample_document(20);
  const std::vector<float> vector = {1, 2, 3, 4};
  const StoreRecord record{&document, vector};
  const MetadataUpdate update{.id = "id2", .set = {{"number", 3}}, .erase = {"even"}};
  const std::vector<std::string> ids = {"id1", "id4"};
  const EmbedderIdentity identity{"provider", "model", 4, true, "d", "q"};
  std::vector<EmbeddingUpdate> updates;
  std::vector<std::string> all;
  for (std::size_t i = 0; i < fuzz::kDocuments; ++i) all.push_back("id" + std::to_string(i));
  for (const std::string& id : all) updates.push_back({id, vector});
  return {log_of_add(std::span(&record, 1), WriteMode::upsert),
          log_of_update(std::span(&update, 1)),
          log_of_removal(ids),
          log_of_embedder(identity),
          log_of_exchange(ids, std::span(&record, 1)),
          log_of_embeddings({.metric = Metric::cosine, .dimension = 4, .embedder = identity}, updates)};
}

// Fields of an entry with any content, so that the fuzzer need not guess lengths.
std::vector<std::byte> any_fields(fuzz::Choices& choices) {
  std::vector<std::byte> bytes;
  FieldWriter fields(bytes);
  for (std::uint64_t count = choices.number(1) % 6; count > 0; --count) {
    const auto tag = static_cast<std::uint32_t>(1 + choices.number(1) % 4);
    if (tag < 3) {
      fields.message(tag, [&](FieldWriter& inner) {
        for (std::uint64_t inside = choices.number(1) % 4; inside > 0; --inside) {
          const auto inner_tag = static_cast<std::uint32_t>(1 + choices.number(1) % 4);
          inner.bytes(inner_tag, choices.piece(static_cast<std::size_t>(choices.number(1) % 64)));
        }
      });
    } else {
      fields.bytes(tag - 2, choices.piece(static_cast<std::size_t>(choices.number(1) % 64)));
    }
  }
  return bytes;
}

LogEntry next_entry(fuzz::Choices& choices) {
  static const std::vector<LogEntry> valid = make_valid_entries();
  const std::uint64_t what = choices.number(1);
  LogEntry entry = valid[what % valid.size()];
  std::vector<std::byte>& bytes = entry.parts[0];
  switch (what / 8 % 4) {
    case 0:
      for (std::uint64_t edits = choices.number(1) % 8; edits > 0; --edits) {
        const auto place = static_cast<std::size_t>(choices.number(2));
        bytes[place % bytes.size()] = static_cast<std::byte>(choices.number(1));
      }
      break;
    case 1: entry.parts[0] = any_fields(choices); break;
    case 2: entry.parts.push_back(any_fields(choices)); break;
    default: {
      const auto piece = choices.piece(static_cast<std::size_t>(choices.number(1)));
      entry.parts[0].assign(piece.begin(), piece.end());
    }
  }
  if (what >= 250) entry.type = static_cast<std::uint8_t>(what);
  return entry;
}

void apply(LocalStore& store, const LogEntry& entry) {
  const auto state_of = [&] {
    auto page = store.scan({.limit = 1000, .with_embeddings = true}, {});
    require(page.has_value());
    return std::move(page->documents);
  };
  const auto before = state_of();
  const std::vector<std::span<const std::byte>> parts(entry.parts.begin(), entry.parts.end());
  const auto schema = store.info({})->schema;
  const Status applied = apply_entry(store, {.type = entry.type, .parts = parts});
  if (applied) return;
  const ErrorCode code = applied.error().code();
  require(code == ErrorCode::corruption || code == ErrorCode::unsupported_format);
  require(state_of() == before && store.info({})->schema == schema);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Choices choices(std::as_bytes(std::span(data, size)));
  LocalStore store({.metric = Metric::l2}, {.graph = false}, system_clock());
  fuzz::fill(store);
  for (int i = 0; i < 4 && !choices.empty(); ++i) apply(store, next_entry(choices));
  fuzz::read_everything(store);
  fuzz::change(store);
  return 0;
}
