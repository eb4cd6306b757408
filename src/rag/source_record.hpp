#pragma once
// What the sources collection keeps of a source beside its text, in metadata.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "scaup/document.hpp"
#include "scaup/ingest.hpp"

namespace scaup::inline v0 {

/// Where a source was loaded from, and how the file looked then.
struct SourceFile {
  std::string folder = {};  ///< absolute
  std::string file = {};    ///< below it, with '/' between parts
  std::uint64_t size = 0;   ///< bytes
  /// Nanoseconds since 1970; 0 where the file was so new when it was looked at that it could change without a change
  /// of this number.
  std::int64_t modified = 0;
  std::size_t sources = 1;  ///< documents that were made of the file

  friend bool operator==(const SourceFile&, const SourceFile&) = default;
};

struct SourceRecord {
  std::string content_hash = {};  ///< content_id of the text as it was loaded
  Metadata about = {};            ///< the source's own metadata, see `own_metadata`
  std::size_t chunks = 0;
  std::int64_t version = 0;  ///< 1 at first
  std::optional<SourceFile> file = {};
  /// Whether the chunks that are there are those of this record; not kept in the collection.
  bool is_whole = true;
};

/// The chunks that ingestions made. A document with kSourceIdKey alone is somebody else's: neither an orphan nor a
/// chunk of the source that it names.
[[nodiscard]] Filter is_ingested();

/// Metadata of a source without what an ingestion writes, and without "modified": a file that was touched is not
/// another one.
[[nodiscard]] Metadata own_metadata(const Metadata& metadata);

/// Writes the record into the metadata of its source document, in place of what is there.
void put_record(const SourceRecord& record, Metadata& metadata);

/// The record of a stored source document; a default one, which is not whole, where it has none.
[[nodiscard]] SourceRecord record_of(const Document& stored);

}  // namespace scaup::inline v0
