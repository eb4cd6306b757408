#pragma once
// Reads an archive, record by record, and believes nothing that it has not verified.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "archive/compression.hpp"
#include "archive/record_fields.hpp"
#include "archive/records.hpp"
#include "scaup/archive.hpp"
#include "scaup/document.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

struct ArchiveReaderOptions {
  std::optional<EncryptionKey> key = {};
  DecompressionLimits limits = {};
};

/// Collections in the order of the archive, and of each its documents, batch by batch. What was handed out is known to
/// be whole only when `next_collection` has returned nothing: only then publish it.
///
/// After an error no other call makes sense. Errors of all: `corruption` for what is damaged, incomplete, or followed
/// by more bytes; `unsupported_format` for what a later version wrote; `invalid_argument` where a limit is passed;
/// those of the source. Single-threaded: one thread at a time, even for const members.
class ArchiveReader {
 public:
  /// Reads the header and derives the key. `source` is borrowed.
  /// Errors: also `unauthorized` if the archive is encrypted and the key is missing or not its own; `invalid_argument`
  /// for a key where nothing is encrypted: what comes then is not what was authenticated.
  [[nodiscard]] static Result<std::unique_ptr<ArchiveReader>> open(ByteSource& source,
                                                                   const ArchiveReaderOptions& options);
  ~ArchiveReader();
  ArchiveReader(const ArchiveReader&) = delete;
  ArchiveReader& operator=(const ArchiveReader&) = delete;

  /// The next collection; batches of the present one that were not read are verified and skipped. Nothing at the
  /// verified end.
  [[nodiscard]] Result<std::optional<ArchivedCollection>> next_collection();
  /// The next documents of this collection, with their embeddings; none at its end. A batch is about 1 MiB, or one
  /// document.
  [[nodiscard]] Result<std::vector<Document>> next_batch();

  /// What was read so far; `bytes` are those that the source gave.
  [[nodiscard]] TransferReport report() const noexcept;

 private:
  struct Streams;
  explicit ArchiveReader(std::unique_ptr<Streams> streams);
  [[nodiscard]] Status check_first_record();
  [[nodiscard]] Result<ArchivedCollection> begin_collection(const ArchiveRecord& record);
  [[nodiscard]] Status next_record();
  [[nodiscard]] Status end_collection(const ArchiveRecord& record);
  [[nodiscard]] Status end_archive(const ArchiveRecord& record);

  std::unique_ptr<Streams> streams_;
  std::set<std::string> names_ = {};      // of all collections so far
  std::optional<FieldReader> rows_ = {};  // what is left of the record that was read last
  std::size_t dimension_ = 0;
  std::uint64_t documents_here_ = 0;  // in the open collection
  ArchiveCounts counts_ = {};
  bool in_collection_ = false;
};

}  // namespace scaup::inline v0
