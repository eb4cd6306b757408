#pragma once
// Writes an archive: header, then records, compressed, in chunks, perhaps encrypted.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "archive/encryption.hpp"
#include "archive/record_fields.hpp"
#include "archive/records.hpp"
#include "scaup/archive.hpp"
#include "scaup/document.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

struct ArchiveWriterOptions {
  int compression_level = 3;
  std::optional<EncryptionKey> key = {};
  ScryptCost scrypt = {};  ///< for a passphrase
};

/// The calls come in this order: for each collection `begin_collection`, `add` as often as needed, `end_collection`;
/// then `finish`. After an error no other call makes sense.
///
/// Single-threaded: one thread at a time, even for const members.
class ArchiveWriter {
 public:
  /// Derives the key, which takes a while for a passphrase, and writes the header. `sink` is borrowed.
  /// Errors: `invalid_argument` for the level; those of the sink.
  [[nodiscard]] static Result<std::unique_ptr<ArchiveWriter>> create(ByteSink& sink,
                                                                     const ArchiveWriterOptions& options);
  ~ArchiveWriter();
  ArchiveWriter(const ArchiveWriter&) = delete;
  ArchiveWriter& operator=(const ArchiveWriter&) = delete;

  /// `schema.dimension` must be known if documents with embeddings follow.
  [[nodiscard]] Status begin_collection(std::string_view name, const StoreSchema& schema);
  /// Adds a document with its embedding, where it has one. Batches are written as they fill up.
  /// Errors: `invalid_argument` if it takes more than a record can hold, or for an embedding of another dimension.
  [[nodiscard]] Status add(const Document& document);
  [[nodiscard]] Status end_collection();
  /// Writes the end and finishes the sink. Without it the archive is incomplete, and readers say so.
  [[nodiscard]] Status finish();

  /// What was done so far; `bytes` are those that the sink got.
  [[nodiscard]] TransferReport report() const noexcept;

 private:
  struct Streams;
  explicit ArchiveWriter(std::unique_ptr<Streams> streams);
  [[nodiscard]] Status write(RecordType type);

  std::unique_ptr<Streams> streams_;
  std::vector<std::byte> body_ = {};  // of the next record; while a collection is open, rows waiting for a batch
  std::size_t dimension_ = 0;
  std::uint64_t documents_here_ = 0;  // in the open collection
  ArchiveCounts counts_ = {};
};

}  // namespace scaup::inline v0
