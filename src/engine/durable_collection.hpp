#pragma once
// A collection on disk: the store in memory, its log, its checkpoints, and the thread that writes those when they are
// due.
//
// Invariants
// 1. MANIFEST names the files that make up the state: a checkpoint, the logs after it in order, and perhaps a graph.
//    Files it does not name mean nothing. A file is named only once it is synced, and removed only once it is no longer
//    named.
// 2. Checkpoints are written one at a time, under checkpoint_mutex_; the store's writers stop only while the log goes
//    over to a new file. Lock order: checkpoint_mutex_, then the store's, then the log's.

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "engine/collection_files.hpp"
#include "engine/durable_log.hpp"
#include "engine/local_store.hpp"
#include "engine/log_replay.hpp"
#include "engine/store_context.hpp"
#include "storage/catalog.hpp"

namespace scaup::inline v0 {

/// Thread-safe: any member from any thread at any time.
class DurableCollection {
 public:
  using Pointer = std::shared_ptr<DurableCollection>;

  /// Makes the folder of a new collection, synced, with a checkpoint that has the schema alone.
  /// Errors: `io`; what was made is removed as far as possible.
  [[nodiscard]] static Result<Pointer> create(const std::shared_ptr<const StoreContext>& context,
                                              const CatalogEntry& entry, StoreSchema schema, const IndexOptions& index);
  /// Opens a collection; `report` says what was found. One that is damaged is salvaged first if the database was opened
  /// so. Errors: `corruption` naming file and place, `io`, `unsupported_format`.
  [[nodiscard]] static Result<Pointer> open(const std::shared_ptr<const StoreContext>& context,
                                            const CatalogEntry& entry, const IndexOptions& index,
                                            CollectionRecovery& report);
  DurableCollection(const DurableCollection&) = delete;
  DurableCollection& operator=(const DurableCollection&) = delete;
  ~DurableCollection();

  [[nodiscard]] LocalStore& store() noexcept { return *store_; }
  /// Writes the state to a new checkpoint, and lets go of log and checkpoint that it replaces.
  /// Errors: `cancelled`, `io`, `read_only`; what was there stays in use.
  [[nodiscard]] Status checkpoint(const std::stop_token& stop);
  /// Makes everything safe and notes that. Writes are refused from now on.
  [[nodiscard]] Status close();
  /// Refuses writes from now on, because nobody knows whether the database still has the collection.
  void doubt();
  /// The collection was removed: nothing more is written.
  void abandon();
  /// What it takes on disk, under this name.
  [[nodiscard]] CollectionStorage storage(std::string name) const;

 private:
  DurableCollection(CollectionFiles files, std::unique_ptr<LocalStore> store);

  [[nodiscard]] static Result<Pointer> open_files(const std::shared_ptr<const StoreContext>& context,
                                                  const CatalogEntry& entry, const IndexOptions& index,
                                                  CollectionRecovery& report);
  [[nodiscard]] static Pointer make_pointer(CollectionFiles files, std::unique_ptr<LocalStore> store);
  void start_log(LogWriter writer);
  [[nodiscard]] Status go_on(const ReplayedLogs& replayed, CollectionRecovery& report);
  // What belongs to a checkpoint, taken while no write is under way; `words` may be of an earlier snapshot, or null.
  struct State {
    LocalStore::SnapshotPointer snapshot = {};
    GraphKeeper::Published graph = {};
    TextStatePointer words = {};
  };

  [[nodiscard]] Status write_files(const State& state, std::uint64_t number, CollectionManifest& next,
                                   const std::stop_token& stop);
  [[nodiscard]] Status write_derived_files(const State& state, std::uint64_t number, CollectionManifest& next,
                                           const std::stop_token& stop);
  [[nodiscard]] bool checkpoint_due() const;
  [[nodiscard]] bool worth_a_checkpoint_on_close() const;
  [[nodiscard]] bool words_are_saved() const;
  [[nodiscard]] Status close_files();
  void wake() noexcept;
  void run(const std::stop_token& stop);
  void checkpoint_if_due(const std::stop_token& stop);
  void stop_thread() noexcept;

  CollectionFiles files_;  // under checkpoint_mutex_ once it is shared
  std::unique_ptr<DurableLog> log_;
  std::unique_ptr<LocalStore> store_;
  mutable std::mutex checkpoint_mutex_;
  std::size_t saved_graph_rows_ = 0;  // under checkpoint_mutex_
  bool saved_words_ = false;          // the same: this object wrote the words that the manifest names
  bool opened_words_ = false;         // the same: they are of an earlier opening
  std::atomic<std::uint64_t> checkpoint_bytes_ = 0;

  mutable std::mutex thread_mutex_;  // of what is below; only the log's mutex is taken under it
  std::condition_variable_any changed_;
  bool wanted_ = false;
  std::uint64_t failed_at_ = 0;  // size of the log when a checkpoint failed
  std::optional<Error> checkpoint_failure_;
  std::jthread thread_;
};

}  // namespace scaup::inline v0
