#pragma once
// LocalStore: the VectorStore inside the process. One writer at a time, any number of readers beside it.
//
// Invariants
// 1. A write prepares everything that can fail, then commits in steps that cannot, and publishes a new
//    Snapshot last: readers see a batch whole or not at all, and an error leaves the store as before.
// 2. Readers work on the Snapshot they took; they wait for no write, but for the moment of its commit
//    where they look up ids or ask the filter index.
// 3. Lock order: writer_mutex_, then id_mutex_, then snapshot_mutex_. No user code runs under any of them.
// 4. The graph follows the rows on a thread of its own (graph_keeper.hpp); no write and no read waits for it.
// 5. The records of visible slots belong to the store; those taken out of use to a RetiredBatch.

#include <functional>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <vector>

#include "engine/graph_keeper.hpp"
#include "engine/id_order.hpp"
#include "engine/id_table.hpp"
#include "engine/selection.hpp"
#include "engine/table.hpp"
#include "filter/filter_index.hpp"
#include "scaup/clock.hpp"
#include "scaup/vector_store.hpp"

namespace scaup::inline v0 {

class LocalStore final : public VectorStore {
 public:
  LocalStore(StoreSchema schema, const IndexOptions& index, std::shared_ptr<const Clock> clock);
  LocalStore(const LocalStore&) = delete;
  LocalStore& operator=(const LocalStore&) = delete;
  ~LocalStore() override;

  [[nodiscard]] StoreCapabilities capabilities() const noexcept override;
  [[nodiscard]] Result<StoreInfo> info(std::stop_token stop) const override;

  [[nodiscard]] Result<WriteCounts> write(std::span<const StoreRecord> records, WriteMode mode,
                                          std::uint64_t schema_version, std::stop_token stop) override;
  [[nodiscard]] Status update_metadata(std::span<const MetadataUpdate> updates, std::stop_token stop) override;
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

 private:
  using SnapshotPointer = std::shared_ptr<const Snapshot>;

  // A new row for a document, prepared in a slot that no snapshot counts yet.
  struct PreparedRow {
    Record::Pointer record;
    Slot slot = 0;
    std::optional<Slot> replaces;
  };
  struct PreparedWrite {
    std::shared_ptr<Snapshot> next;
    std::vector<PreparedRow> rows;
    std::vector<Record::Pointer> retired;  // empty, with room for all that will be retired
    WriteCounts counts;
  };

  [[nodiscard]] SnapshotPointer snapshot() const;
  /// What each filter selects, and the snapshot that this is about.
  [[nodiscard]] Result<std::pair<SnapshotPointer, std::vector<Selection>>> select(
      std::span<const Filter* const> filters) const;

  // The functions below are for the holder of writer_mutex_.
  [[nodiscard]] Result<PreparedWrite> prepare(const Snapshot& current, std::span<const StoreRecord> records,
                                              WriteMode mode) const;
  void commit(const Snapshot& current, PreparedWrite write);
  [[nodiscard]] std::optional<Slot> find(const Snapshot& current, std::string_view id) const;
  [[nodiscard]] std::size_t remove_slots(const SnapshotPointer& current, const std::vector<Slot>& slots);
  void publish(const Snapshot& current, std::vector<Record::Pointer> retired,
               std::shared_ptr<const Snapshot> next) noexcept;
  void compact_if_worthwhile() noexcept;
  void index_metadata(const std::function<void()>& change) noexcept;
  void repair_filter_index(const Snapshot& current) noexcept;

  const std::shared_ptr<const Clock> clock_;
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
};

}  // namespace scaup::inline v0
