#pragma once
// The writes of a collection as they are logged, and applied again from the log. docs/format.md has the fields.

#include <cstdint>
#include <span>
#include <string>

#include "engine/write_log.hpp"
#include "scaup/vector_store.hpp"

namespace scaup::inline v0 {

/// Documents in several parts where they are many; each part is at most a few MiB, or one document.
[[nodiscard]] LogEntry log_of_add(std::span<const StoreRecord> records, WriteMode mode);
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
