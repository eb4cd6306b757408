#pragma once
// The writes of a collection as they are logged, and applied again from the log. docs/format.md has the fields.

#include <cstdint>
#include <span>
#include <string>

#include "engine/write_log.hpp"
#include "scaup/vector_store.hpp"

namespace scaup::inline v0 {

/// The kinds of entries; the numbers are stored on disk, do not change them.
enum class Operation : std::uint8_t {
  add = 1,
  update = 2,
  remove = 3,
  adopt_embedder = 4,
  replace_embeddings = 5,
  exchange = 6
};

/// The fields of a part, of every operation: what is said once, in the first part, and what is said of each document.
struct EntryTag {
  enum : std::uint32_t { head = 1, item = 2 };
};
/// The fields of an item: the document, or its id alone, and for those that have one the vector; or, in an exchange,
/// the id of a document that goes.
struct ItemTag {
  enum : std::uint32_t { document = 1, vector = 2, removed = 3 };
};

/// Documents in several parts where they are many; each part is at most a few MiB, or one document. Such an entry
/// borrows the records.
[[nodiscard]] LogEntry log_of_add(std::span<const StoreRecord> records, WriteMode mode);
[[nodiscard]] LogEntry log_of_exchange(std::span<const std::string> removed, std::span<const StoreRecord> records);
[[nodiscard]] LogEntry log_of_update(std::span<const MetadataUpdate> updates);
[[nodiscard]] LogEntry log_of_removal(std::span<const std::string> ids);
[[nodiscard]] LogEntry log_of_embedder(const EmbedderIdentity& identity);
[[nodiscard]] LogEntry log_of_embeddings(const StoreSchema& schema, std::span<const EmbeddingUpdate> updates);

/// The bytes of an entry, borrowed.
struct LoggedEntry {
  std::uint8_t type = 0;
  std::span<const std::span<const std::byte>> parts = {};
};

/// Applies an entry to the store that it was logged for, in the state that it was logged in.
/// Errors: `corruption` where the bytes say what no store would have logged; what the store answers.
[[nodiscard]] Status apply_entry(VectorStore& store, const LoggedEntry& entry);

}  // namespace scaup::inline v0
