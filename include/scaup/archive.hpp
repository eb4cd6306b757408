#pragma once
// Export and import: the streams they go through, their options, and what they report.
//
// An archive holds whole collections: documents, metadata, origins and vectors, bit for bit. It is compressed and, with
// a key, encrypted and authenticated. Indexes are not in it; they are built again. docs/archive_format.md has its
// bytes.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "scaup/config.hpp"
#include "scaup/result.hpp"
#include "scaup/secret.hpp"
#include "scaup/vector_store.hpp"

namespace scaup::inline v0 {

/// Where an export goes: a file, an upload, a buffer. Users may implement it.
/// One export calls it from one thread, one call at a time, and holds no lock meanwhile.
class SCAUP_API ByteSink {
 public:
  virtual ~ByteSink();
  /// Takes all of `bytes`, borrowed for the call. An error ends the export, which returns it.
  [[nodiscard]] virtual Status write(std::span<const std::byte> bytes) = 0;
  /// Called once, after the last byte of a complete export, and never after an error: the moment to publish what
  /// was written. A sink that is destroyed without it should throw its bytes away. Does nothing unless overridden.
  [[nodiscard]] virtual Status finish();
};

/// Where an import comes from. Users may implement it.
/// One import calls it from one thread, one call at a time, and holds no lock meanwhile.
class SCAUP_API ByteSource {
 public:
  virtual ~ByteSource();
  /// Fills the beginning of `out`, never empty, and returns how many bytes those are. Fewer than asked is fine at any
  /// time; 0 means the end. An error ends the import, which returns it.
  [[nodiscard]] virtual Result<std::size_t> read(std::span<std::byte> out) = 0;
};

/// What an archive is encrypted with: AES-256-GCM, under a key that each archive derives anew from this one.
/// Thread-compatible: const members concurrently; a non-const member needs exclusive access.
class SCAUP_API EncryptionKey {
 public:
  enum class Kind : std::uint8_t { passphrase, raw };

  /// For a secret that a person can remember; scrypt makes guessing dear (128 MiB and some tenths of a second each
  /// time). Errors: `invalid_argument` if it is empty.
  [[nodiscard]] static Result<EncryptionKey> from_passphrase(Secret passphrase);
  /// For 32 random bytes out of a key store.
  /// Errors: `invalid_argument` for another size.
  [[nodiscard]] static Result<EncryptionKey> from_raw(Secret key);

  [[nodiscard]] Kind kind() const noexcept { return kind_; }
  [[nodiscard]] const Secret& secret() const noexcept { return secret_; }

 private:
  EncryptionKey(Kind kind, Secret secret) noexcept : secret_(std::move(secret)), kind_(kind) {}

  Secret secret_;
  Kind kind_;
};

/// How far an export or import is; given to `on_progress` after each batch of documents.
struct TransferProgress {
  std::string collection = {};  ///< the one being read or written
  std::size_t documents = 0;    ///< done so far, of all collections
  std::uint64_t bytes = 0;      ///< of the archive or the lines, read or written so far
};

struct ExportOptions {
  std::vector<std::string> collections = {};                      ///< their names; empty: all
  int compression_level = 3;                                      ///< of zstd, 1 (fast) to 19 (small)
  std::optional<EncryptionKey> key = {};                          ///< absent: not encrypted
  std::function<void(const TransferProgress&)> on_progress = {};  ///< called on the caller's thread
};

/// What an import does with a collection whose name is taken.
enum class ExistingCollection : std::uint8_t {
  fail,     ///< `already_exists`, and nothing is imported
  replace,  ///< the archive's collection takes its place
  merge,    ///< documents are added; those whose id is there already are replaced. Metric, dimension and embedder must
            ///< agree
};

struct ImportOptions {
  std::vector<std::string> collections = {};  ///< their names; empty: all
  ExistingCollection existing = ExistingCollection::fail;
  std::optional<EncryptionKey> key = {};              ///< must be there if, and only if, the archive is encrypted
  std::uint64_t max_bytes = std::uint64_t{64} << 30;  ///< decompressed; more is refused
  std::uint64_t max_expansion = 1024;                 ///< decompressed by compressed bytes, counted from 64 MiB on
  std::function<void(const TransferProgress&)> on_progress = {};  ///< called on the caller's thread
};

/// JSON Lines: one document a line, `{"id": ..., "text": ..., "metadata": {...}, "embedding": [...], "origin": {...}}`.
///
/// All but "id" may be absent. Types are kept: 1 is an integer and 1.0 a real number, and an embedding reads back to
/// the same floats. `[]` is an empty list of strings; the other empty lists are `{"integers": []}`, `{"reals": []}` and
/// `{"booleans": []}`. Lines end with LF or CRLF; blank ones and a byte order mark are skipped. Other members, members
/// twice, null, nested values and lists of mixed types are errors that name the line: what is not understood is not
/// dropped.
struct JsonLinesOptions {
  // Of exports.
  bool with_embeddings = true;  ///< without them an import embeds the texts anew
  // Of imports.
  /// What to do with ids that are there already, earlier lines included. With `upsert` a file that failed half-way can
  /// be imported again.
  WriteMode mode = WriteMode::upsert;
  std::size_t max_line_bytes = std::size_t{64} << 20;  ///< longer lines are refused
  // Of both.
  std::function<void(const TransferProgress&)> on_progress = {};  ///< called on the caller's thread
};

/// What an export or import did.
struct TransferReport {
  std::size_t collections = 0;
  std::size_t documents = 0;
  std::size_t without_vector = 0;  ///< of these documents, those that vector search leaves out
  std::uint64_t bytes = 0;         ///< of the archive or the lines, as written or read

  friend bool operator==(const TransferReport&, const TransferReport&) = default;
};

}  // namespace scaup::inline v0
