#pragma once
// SQLite as a place for the same rows: a table of ids, texts, metadata as JSON, and vectors as blobs.

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>

#include "scaup/document.hpp"

namespace scaup::bench {

/// Errors are exceptions: std::runtime_error.
class SqlitePeer {
 public:
  virtual ~SqlitePeer() = default;
  /// Opens or makes the file, with a write-ahead log that every commit syncs. Null where this was built without SQLite.
  [[nodiscard]] static std::unique_ptr<SqlitePeer> open(const std::filesystem::path& path);
  /// Adds the rows in one transaction.
  virtual void add(std::span<const Document> rows) = 0;
  [[nodiscard]] virtual std::size_t count() = 0;
};

}  // namespace scaup::bench
