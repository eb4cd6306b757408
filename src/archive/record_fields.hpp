#pragma once
// The bodies of records, as tagged fields (storage/fields.hpp): the writer, collections, rows and counts.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scaup/document.hpp"
#include "scaup/result.hpp"
#include "scaup/vector_store.hpp"
#include "storage/fields.hpp"

namespace scaup::inline v0 {

/// A collection in an archive.
struct ArchivedCollection {
  std::string name = {};
  StoreSchema schema = {};

  friend bool operator==(const ArchivedCollection&, const ArchivedCollection&) = default;
};

/// What was written before an end, so that a reader knows that it has it all.
struct ArchiveCounts {
  std::uint64_t collections = 0;
  std::uint64_t documents = 0;

  friend bool operator==(const ArchiveCounts&, const ArchiveCounts&) = default;
};

// Each encoder appends to `out`. Errors of all decoders: `corruption`, the message begins with "archive: ".

/// Which version wrote the archive; for people, no reader needs it.
void encode_writer(std::vector<std::byte>& out);

void encode_collection(std::vector<std::byte>& out, std::string_view name, const StoreSchema& schema);
/// Name of 1 to 255 bytes of UTF-8; dimensions that agree and are in range.
[[nodiscard]] Result<ArchivedCollection> decode_collection(std::span<const std::byte> body);

/// A document and its embedding, as one of the rows of a batch.
void encode_row(std::vector<std::byte>& out, const Document& document);
/// The next rows of a batch, until they come to 1 MiB or it ends, so that decoded documents never take many times the
/// memory of a large record; none at its end. An embedding has `dimension` finite floats, 0 where the collection has
/// none yet.
[[nodiscard]] Result<std::vector<Document>> decode_rows(FieldReader& batch, std::size_t dimension);

void encode_counts(std::vector<std::byte>& out, const ArchiveCounts& counts);
[[nodiscard]] Result<ArchiveCounts> decode_counts(std::span<const std::byte> body);

}  // namespace scaup::inline v0
