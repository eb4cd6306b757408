#pragma once
// LocalStore: the VectorStore inside the process. One writer at a time, any number of readers beside it.
//
// Invariants
// 1. A write prepares everything that can fail, is logged where the store is durable, then commits in steps that
//    cannot fail, and publishes a new Snapshot last: readers see a batch whole or not at all, and an error leaves the
//    store as before. Writes that wait for the log meanwhile are logged together (write_queue.hpp).
// 2. Readers work on the Snapshot they took; they wait for no write, but for the moment of its commit
//    where they look up ids or ask the filter index.
// 3. Lock order: writer_mutex_, then id_mutex_, then snapshot_mutex_. No user code runs under any of them.
// 4. The graph follows the rows on a thread of its own (graph_keeper.hpp); no write and no read waits for it. So do the
//    words (text_keeper.hpp), for which queries of words may have to wait.
// 5. While the filter index is not complete, filters look at every document: after an opening until a thread has
//    indexed what was stored, and after memory ran out until the next write.
// 6. The records of visible slots belong to the store; those taken out of use to a RetiredBatch.

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <thread>
#include <vector>

#include "engine/graph_keeper.hpp"
#include "engine/id_order.hpp"
#include "engine/id_table.hpp"
#include "engine/rebuild.hpp"
#include "engine/selection.hpp"
#include "engine/table.hpp"
#include "engine/text_keeper.hpp"
#include "engine/write_log.hpp"
#include "engine/write_queue.hpp"
#include "filter/filter_index.hpp"
#include "scaup/clock.hpp"
#include "scaup/vector_store.hpp"

namespace scaup::inline v0 {

/// What a store on disk begins with.
struct StoredState {
  std::shared_ptr<Snapshot> snapshot = {};
  IdTable ids = {};
};

class LocalStore final : public VectorStore {
 public:
  LocalStore(StoreSchema schema, const IndexOptions& index, std::shared_ptr<const Clock> clock);
  LocalStore(StoredState state, const IndexOptions& index, std::shared_ptr<const Clock> clock);
  LocalStore(const LocalStore&) = delete;
  LocalStore& operator=(const LocalStore&) = delete;
  ~LocalStore() override;

  [[nodiscard]] StoreCapabilities capabilities() const noexcept override;
  [[nodiscard]] Result<StoreInfo> info(std::stop_token stop) const override;

  [[nodiscard]] Result<WriteCounts> write(std::span<const StoreRecord> records, WriteMode mode,
                                          std::uint64_t schema_version, std::stop_token stop) override;
  [[nodiscard]] Status update_metadata(std::span<const MetadataUpdate> updates, std::stop_token stop) override;
  [[nodiscard]] Result<WriteCounts> exchange(std::span<const std::string> removed, std::span<const StoreRecord> records,
                                             std::uint64_t schema_version, std::stop_token stop) override;
  [[nodiscard]] Result<std::size_t> remove_ids(std::span<const std::string> ids, std::stop_token stop) override;
  [[nodiscard]] Result<std::size_t> remove_matching(const Filter& filter, std::stop_token stop) override;
  [[nodiscard]] Status adopt_embedder(const EmbedderIdentity& identity, std::stop_token stop) override;
  [[nodiscard]] Status replace_embeddings(const StoreSchema& schema, std::span<const EmbeddingUpdate> updates,
                                          std::uint64_t revision, std::stop_token stop) override;

  [[nodiscard]] Result<std::vector<std::optional<Document>>> get(std::span<const std::string> ids, bool with_embeddings,
                                                                 std::stop_token stop) const override;
  [[nodiscard]] Result<ScanPage> scan(const ScanOptions& options, std::stop_token stop) const override;
  [[nodiscard]] Result<std::size_t> count(const Filter& filter, std::stop_token stop) const override;
  [[nodiscard]] Result<std::vector<QueryResult>> query(std::span<const VectorQuery> queries,
                                                       std::uint64_t schema_version,
                                                       std::stop_token stop) const override;
  [[nodiscard]] Status wait_until_indexed(std::stop_token stop) const override;
  [[nodiscard]] Result<RecallReport> self_recall(const SelfRecallOptions& options, std::stop_token stop) const override;

  // For those who keep the store on disk.
  using SnapshotPointer = std::shared_ptr<const Snapshot>;

  /// From now on every write goes to this log first, which outlives the store's last write. Before anybody else has the
  /// store.
  void set_log(WriteLog* log) noexcept { log_ = log; }
  /// Calls `visit` with the newest snapshot while no write is under way. It should take microseconds.
  Status with_writers_stopped(const std::function<Status(const SnapshotPointer&)>& visit);
  /// Begins to index the metadata of stored documents, on a thread; filters look at every document until it is done.
  void start_filter_index();
  [[nodiscard]] GraphKeeper& graph_keeper() noexcept { return graph_keeper_; }
  [[nodiscard]] TextKeeper& text_keeper() noexcept { return text_keeper_; }
  [[nodiscard]] SnapshotPointer snapshot() const;

 private:
  /// What each filter selects, and the snapshot that this is about.
  [[nodiscard]] Result<std::pair<SnapshotPointer, std::vector<Selection>>> select(
      std::span<const Filter* const> filters) const;

  /// The same, with the words of that snapshot.
  [[nodiscard]] Result<TextStatePointer> words_of_selected(std::span<const Filter* const> filters,
                                                           std::vector<Selection>& selections,
                                                           const std::stop_token& stop) const;

  [[nodiscard]] Result<std::vector<QueryResult>> query_vectors(std::span<const VectorQuery> queries,
                                                               const GraphKeeper::Published& graph,
                                                               std::uint64_t schema_version,
                                                               const std::stop_token& stop) const;
  [[nodiscard]] Result<std::vector<QueryResult>> query_words(std::span<const VectorQuery> queries,
                                                             const GraphKeeper::Published& graph,
                                                             std::uint64_t schema_version,
                                                             const std::stop_token& stop) const;

  /// Carries the change out together with those of other writers.
  [[nodiscard]] Status submit(Change& change);

  // The functions below are for the holder of writer_mutex_.
  void carry_out(std::span<Change* const> group) noexcept;
  [[nodiscard]] Status carry_out_prepared(const SnapshotPointer& current, std::span<Change* const> group);
  [[nodiscard]] Status log_and_fill(std::span<const LogEntry* const> entries, std::span<Change* const> changes) const;
  void commit(Change& change, const Snapshot& current, const Snapshot& before) noexcept;
  [[nodiscard]] Status log(const LogEntry& entry);
  void publish(const Snapshot& current, std::vector<Record::Pointer> retired,
               std::shared_ptr<const Snapshot> next) noexcept;
  void compact_if_worthwhile() noexcept;
  void adopt_numbering(const Snapshot& current, RebuiltTable rebuilt, std::shared_ptr<Snapshot> next) noexcept;
  void index_metadata(const std::function<void()>& change) noexcept;
  void repair_filter_index(const Snapshot& current) noexcept;

  // Of the thread that indexes stored documents.
  void index_stored_documents(const std::stop_token& stop) noexcept;
  void adopt_filter_index(FilterIndex index, const Snapshot& indexed);

  const std::shared_ptr<const Clock> clock_;
  WriteLog* log_ = nullptr;  // null: nothing is durable
  WriteQueue queue_;
  std::mutex writer_mutex_;
  mutable std::shared_mutex id_mutex_;
  // Written under writer_mutex_ and id_mutex_, read under either.
  IdTable ids_;
  FilterIndex filter_index_;
  bool filter_index_complete_ = true;  // false: memory ran out, and the index knows nothing
  mutable std::mutex snapshot_mutex_;
  SnapshotPointer current_;  // replaced under writer_mutex_ and snapshot_mutex_
  IdOrder order_;
  GraphKeeper graph_keeper_;
  mutable TextKeeper text_keeper_;      // a query may have to bring it up to date
  std::atomic<bool> indexing_ = false;  // the index is being made by the thread: writers leave that to it
  std::jthread indexer_;                // last, so that it ends first
};

}  // namespace scaup::inline v0
