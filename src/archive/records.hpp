#pragma once
// Numbered records with a hash, on a stream of bytes: `u8 type | varint size | body | u64 hash`.
//
// The hash is XXH3 over type, size and body, seeded with the archive's id and the record's number, counted from 0: a
// record that is lost, repeated, moved, or of another archive does not verify.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "scaup/archive.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// A larger body is neither written nor read.
inline constexpr std::size_t kMaxRecordBytes = std::size_t{64} << 20;

/// The numbers are in archives, do not change them. From 128 on, a type that is not known may be skipped.
enum class RecordType : std::uint8_t {
  database = 1,
  collection_begin = 2,
  documents = 3,
  collection_end = 4,
  archive_end = 5,
};
inline constexpr std::uint8_t kFirstOptionalType = 128;

/// Writes records to `sink`, borrowed. Single-threaded: one thread at a time, even for const members.
class RecordWriter {
 public:
  RecordWriter(ByteSink& sink, std::uint64_t archive_id) noexcept : sink_(sink), archive_id_(archive_id) {}
  /// `type` is a RecordType, or one of those that may be skipped.
  /// Errors: `invalid_argument` for a body over kMaxRecordBytes; those of the sink.
  [[nodiscard]] Status write(std::uint8_t type, std::span<const std::byte> body);

 private:
  ByteSink& sink_;
  std::uint64_t archive_id_;
  std::uint64_t number_ = 0;
  std::vector<std::byte> buffer_ = {};
};

struct ArchiveRecord {
  RecordType type = RecordType::database;
  std::span<const std::byte> body = {};  ///< valid until the next read
};

/// Reads records from `source`, borrowed. Memory grows with the bytes that really come, not with the size that a record
/// claims. Single-threaded: one thread at a time, even for const members.
class RecordReader {
 public:
  RecordReader(ByteSource& source, std::uint64_t archive_id) noexcept : source_(source), archive_id_(archive_id) {}
  /// The next record of a known type.
  /// Errors: `corruption`, also at the end of the source; `unsupported_format` for a type that must not be skipped;
  /// those of the source.
  [[nodiscard]] Result<ArchiveRecord> next();
  /// Success if the source has nothing more. Errors: `corruption` if it has; those of the source.
  [[nodiscard]] Status finish();

 private:
  [[nodiscard]] Status read_record();
  [[nodiscard]] Result<std::uint64_t> read_size();
  [[nodiscard]] Status append(std::uint64_t bytes);
  [[nodiscard]] Error corrupt(std::string_view what) const;

  ByteSource& source_;
  std::uint64_t archive_id_;
  std::uint64_t number_ = 0;
  std::vector<std::byte> buffer_ = {};  // the record from its type to its hash
  std::size_t body_at_ = 0;
};

}  // namespace scaup::inline v0
