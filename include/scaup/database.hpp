#pragma once
// Database: collections by name, in memory or in a folder.

#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "scaup/archive.hpp"
#include "scaup/collection.hpp"
#include "scaup/config.hpp"
#include "scaup/result.hpp"
#include "scaup/storage.hpp"

namespace scaup::inline v0 {

/// A set of named collections; a handle, cheap to copy: copies are the same database.
/// Names are 1 to 255 bytes of UTF-8 without control characters.
///
/// Thread-safe: any member from any thread at any time.
class SCAUP_API Database {
 public:
  /// A new, empty database that lives in memory and ends with its last handle.
  [[nodiscard]] static Database in_memory();

  /// Opens the database in a folder, or makes one where the folder is absent or empty. A folder is open once at a time:
  /// in one process, by one handle and its copies. After a fork the database belongs to the parent.
  ///
  /// Collections are read when they are first asked for, so damage in one is an error of `get_collection` and leaves
  /// the others alone. Who adds to a collection is done when `add` returns; nothing needs to be saved.
  ///
  /// Errors: `locked`; `not_found` when opened for reading; `invalid_argument` for a folder that holds something else;
  /// `corruption`, `unsupported_format`, `io`.
  [[nodiscard]] static Result<Database> open(const std::filesystem::path& folder, const DatabaseOptions& options = {});

  /// Reads every byte of a database that nobody has open for writing, and says what is damaged.
  /// Errors: as `open`, where the database cannot be read at all.
  [[nodiscard]] static Result<VerifyReport> verify(const std::filesystem::path& folder,
                                                   const DatabaseOptions& options = {}, std::stop_token stop = {});

  /// Errors: `already_exists`; `invalid_argument` for a bad name or options.
  [[nodiscard]] Result<Collection> create_collection(std::string_view name, const CollectionOptions& options = {});

  /// Errors: `not_found`.
  [[nodiscard]] Result<Collection> get_collection(std::string_view name) const;
  /// The same, and attaches `options.embedder` if the collection has none here.
  /// Errors: also `embedder_mismatch`, `dimension_mismatch` and `invalid_argument` where the options
  /// contradict the collection.
  [[nodiscard]] Result<Collection> get_collection(std::string_view name, const CollectionOptions& options) const;

  /// The collection if it is there, as with `get_collection(name, options)`; else a new one. Two callers at
  /// once get the same collection.
  [[nodiscard]] Result<Collection> get_or_create_collection(std::string_view name,
                                                            const CollectionOptions& options = {});

  /// Names in ascending order.
  [[nodiscard]] Result<std::vector<std::string>> list_collections() const;

  /// Removes a collection and all it holds; its handles answer `not_found` from then on.
  /// Errors: `not_found`.
  Status remove_collection(std::string_view name);

  /// Writes the state of every open collection to a new checkpoint, which makes the next opening faster and gives back
  /// the disk space of removed documents. It happens by itself as the log grows. Does nothing in memory.
  /// Errors: `io`, `read_only`, `cancelled`; what was there stays in use.
  Status checkpoint(std::stop_token stop = {});

  /// Writes whole collections, each as it was when the export began, into an archive; readers and writers go on
  /// meanwhile. Memory is that of some documents, beside what writers replace or remove until it is done.
  /// Errors: `not_found` for a collection; `invalid_argument` for the options; `cancelled`; those of the sink.
  Result<TransferReport> export_to(ByteSink& sink, const ExportOptions& options = {}, std::stop_token stop = {}) const;
  /// The same into a file of the database's file system, which has its name, in place of a file that had it, only when
  /// it is complete and synced. Errors: also `io`.
  Result<TransferReport> export_to_file(const std::filesystem::path& path, const ExportOptions& options = {},
                                        std::stop_token stop = {}) const;

  /// Reads collections from an archive. Nothing is changed before the archive was verified up to its end; then new and
  /// replaced collections become visible all at once, and survive what a write survives. Handles to a replaced one
  /// answer `not_found`. Collections to merge come before that, in batches: where one of these fails, those before it
  /// stay. Embedders are noted but not attached: give yours to `get_collection`.
  ///
  /// Errors: `already_exists`; `not_found` for a collection that the archive has not; `unauthorized` for the key;
  /// `corruption`, also for documents that no collection takes; `unsupported_format`; `invalid_argument` for the
  /// options and where a limit is passed; `embedder_mismatch` and `dimension_mismatch` on merging; `read_only`;
  /// `cancelled`; `io`; those of the source.
  Result<TransferReport> import_from(ByteSource& source, const ImportOptions& options = {}, std::stop_token stop = {});
  /// The same from a file of the database's file system. Errors: also `not_found` for the file.
  Result<TransferReport> import_from_file(const std::filesystem::path& path, const ImportOptions& options = {},
                                          std::stop_token stop = {});

  /// What opening found out of order, in the collections opened so far and, without a name, in the catalog. A saved
  /// graph is read after the opening: what is wrong with it is known once `Collection::wait_until_indexed` returns.
  [[nodiscard]] std::vector<CollectionRecovery> recoveries() const;
  /// What the collections opened so far take on disk; none in memory.
  [[nodiscard]] std::vector<CollectionStorage> storage() const;
  /// Makes everything safe and lets go of the folder; calls on the database and its collections are `invalid_argument`
  /// from then on. Without it the last handle does the same but cannot report what failed, and the next opening has
  /// more to read.
  /// Errors: `io`; the database is closed all the same, and what was acknowledged is safe as `SyncMode` says.
  Status close();

  struct State;

 private:
  explicit Database(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace scaup::inline v0
