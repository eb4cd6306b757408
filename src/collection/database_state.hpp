#pragma once
// What the handles of one database share.
//
// Invariants
// 1. `mutex` guards the map and is held for moments; `changes` is held while a collection is made or removed, with the
//    file calls that takes; an entry's `opening` while it is read from disk. Order: changes, opening, mutex.
// 2. An entry is in the map as soon as the catalog has the collection; its `state` is null until it was opened.

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "collection/collection_state.hpp"
#include "engine/database_folder.hpp"
#include "engine/durable_collection.hpp"
#include "scaup/database.hpp"

namespace scaup::inline v0 {

/// One collection of a database.
struct DatabaseEntry {
  std::uint32_t number = 0;  ///< of its folder; 0 in memory
  std::mutex opening = {};
  std::shared_ptr<Collection::State> state = {};  ///< under `opening`, as all below
  DurableCollection::Pointer durable = {};        ///< null in memory
  CollectionRecovery recovery = {};
  bool in_doubt = false;  ///< whether the catalog has it; then it is not written to
};

using NamedEntries = std::vector<std::pair<std::string, std::shared_ptr<DatabaseEntry>>>;

/// Thread-safe as far as its mutexes are taken as said above.
struct Database::State {
  std::shared_ptr<const Clock> clock = system_clock();
  std::unique_ptr<DatabaseFolder> folder = {};  ///< under `changes`; null in memory
  std::shared_ptr<const StoreContext> context = {};
  std::optional<CollectionRecovery> catalog_recovery = {};  ///< of opening
  std::mutex changes;
  mutable std::mutex mutex;
  std::map<std::string, std::shared_ptr<DatabaseEntry>, std::less<>> entries;  ///< under mutex, as all below
  bool closed = false;
  std::vector<std::shared_ptr<DatabaseEntry>> unpublished;  ///< made, and not in `entries` yet

  /// Success while calls are allowed.
  [[nodiscard]] Status usable() const;
  /// Errors: `not_found`.
  [[nodiscard]] Result<std::shared_ptr<DatabaseEntry>> find(std::string_view name) const;
  [[nodiscard]] std::vector<std::shared_ptr<DatabaseEntry>> all() const;
  /// Whether collections can be made; true in memory.
  [[nodiscard]] bool writable() const noexcept { return context == nullptr || context->writable(); }
  /// Where exports and imports have their files.
  [[nodiscard]] std::shared_ptr<FileSystem> files() const {
    return context == nullptr ? posix_file_system() : context->options.file_system;
  }

  /// The collection of an entry, read from disk if that did not happen yet.
  [[nodiscard]] Result<std::shared_ptr<Collection::State>> open(DatabaseEntry& entry, std::string_view name,
                                                                const IndexOptions& index) const;
  /// A new collection that nobody can see yet: on disk it exists once the catalog names it. It goes on to `change` or
  /// to `discard`; closing the database closes it too. For the holder of `changes`.
  [[nodiscard]] Result<std::shared_ptr<DatabaseEntry>> make(std::string_view name, StoreSchema schema,
                                                            const IndexOptions& index);
  /// Makes new entries visible and takes others out, on disk all at once. A name may be in both. For the holder of
  /// `changes`.
  [[nodiscard]] Status change(const NamedEntries& added, const std::vector<std::string>& removed);
  /// Removes a collection that `make` made and `change` did not take. For the holder of `changes`.
  void discard(const std::shared_ptr<DatabaseEntry>& entry) noexcept;

 private:
  void give_up(const NamedEntries& added);
  [[nodiscard]] Status make_files(DatabaseEntry& entry, std::string_view name, StoreSchema schema,
                                  const IndexOptions& index);
};

}  // namespace scaup::inline v0
