#pragma once
// GraphKeeper: keeps a collection's graph up to date, on a thread of its own.
//
// Invariants
// 1. One thread inserts and publishes; writers only wake it, readers only copy `Published`. Nobody waits for it.
// 2. A row below `Published::end` that a snapshot shows is in the graph or has no vector, if the snapshot was
//    taken after `Published`: rows left out were dead in an older snapshot.
// 3. A graph belongs to one numbering of slots (`generation`); when slots are numbered anew, another is built.
// 4. A step that fails leaves what queries use as it was: rows that are not in the graph are scanned, and recall is
//    that of the last measurement. It is taken again once so much was written that trying pays.
// 5. mutex_ is held for copies of a few words, and no other mutex is taken under it. Writers come with theirs held.

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>

#include "engine/table.hpp"
#include "index/graph.hpp"
#include "index/graph_builder.hpp"
#include "index/recall_table.hpp"
#include "scaup/index_options.hpp"

namespace scaup::inline v0 {

/// Thread-safe: any member from any thread at any time.
class GraphKeeper {
 public:
  using SnapshotSource = std::function<std::shared_ptr<const Snapshot>()>;

  /// What queries may walk.
  struct Published {
    std::shared_ptr<const Graph> graph = {};  ///< null: there is none
    std::shared_ptr<const RecallTable> table = {};
    std::uint64_t generation = 0;
    std::size_t end = 0;               ///< rows from here on must be scanned
    std::size_t rows = 0;              ///< in the graph, dead ones included
    std::size_t measured_changes = 0;  ///< rows, and dead ones once more, when the table was measured

    /// Whether queries over this snapshot may use it.
    [[nodiscard]] bool serves(const Snapshot& snapshot) const noexcept {
      return graph != nullptr && table != nullptr && generation == snapshot.generation;
    }
    /// The dead rows of the graph where it holds all but `elsewhere` of the documents with a vector.
    [[nodiscard]] std::size_t dead(std::size_t vectors, std::size_t elsewhere) const noexcept {
      return rows - std::min(rows, vectors - std::min(vectors, elsewhere));
    }
    /// The same for a snapshot that it serves, or some more: each row behind `end` counts as a document.
    [[nodiscard]] std::size_t most_dead(const Snapshot& snapshot) const noexcept {
      return dead(snapshot.documents - snapshot.without_vector, snapshot.rows - std::min(snapshot.rows, end));
    }
  };

  /// A graph that was saved, read again; the fields are those of LoadedGraph and LoadedRecallTable.
  struct Saved {
    std::shared_ptr<Graph> graph = {};
    std::shared_ptr<const RecallTable> table = {};  ///< null: recall is measured before the graph serves
    std::size_t end = 0;
    std::size_t dropped = 0;
    std::size_t measured_changes = 0;
  };
  /// Reads a saved graph over the rows of a view, made with such options.
  using Loader = std::function<Result<Saved>(const RowsView& rows, const GraphOptions& options)>;

  /// `source` gives the newest snapshot; it is called until `stop` has returned.
  GraphKeeper(const IndexOptions& options, SnapshotSource source);
  ~GraphKeeper();
  GraphKeeper(const GraphKeeper&) = delete;
  GraphKeeper& operator=(const GraphKeeper&) = delete;

  /// Take it before the snapshot that it is used with.
  [[nodiscard]] Published published() const;
  /// Rows in the graph that serves a snapshot, dead ones included; 0: there is none.
  [[nodiscard]] std::size_t graph_rows(const Snapshot& snapshot) const;
  /// Begins with a saved graph of the slots of `now`, which may have more rows meanwhile; before anything else is
  /// called. `load` runs on the thread, once, while queries are exact; after an error the graph is built. Recall is
  /// measured before the graph serves if the graph was dropped many rows from, or enough rows have changed since.
  void start_with(const Snapshot& now, Loader load);
  /// Why a saved graph was not taken; success if it was, if there was none, or if it was not read yet.
  [[nodiscard]] Status load_result() const;
  /// How many rows the saved graph has that was taken; 0: none was.
  [[nodiscard]] std::size_t loaded_rows() const;
  /// A write was published: looks whether there is work, and wakes the thread, or starts it where there was none yet.
  /// To be called for every snapshot of the source but the first, in their order.
  void rows_changed(const Snapshot& now) noexcept;
  /// Returns when all rows there are at the time of the call are in the graph, if they are enough for one.
  /// Errors: `cancelled`; why the graph could not be made or extended, in which case the other rows are scanned.
  [[nodiscard]] Status wait_until_indexed(std::stop_token stop) const;
  /// Ends the thread. Afterwards nothing changes any more.
  void stop() noexcept;

 private:
  // The rows of a snapshot without its documents, which the thread would keep in memory for as long as it works.
  struct Rows;
  enum class Step : std::uint8_t { nothing, drop, load, build, extend, insert, measure };
  // Why the last attempt failed, and when it is worth another.
  struct Failure {
    Error error;
    std::uint64_t generation = 0;  // of another one, at once
    std::size_t retry_rows = 0;    // of this one, with so many rows
    bool torn = false;             // rows behind the published end are linked in part: only a build makes up for that
  };

  void run(const std::stop_token& stop);
  [[nodiscard]] bool wait_for_work(const std::stop_token& stop);
  void catch_up(const std::stop_token& stop);
  Status take(Step step, const Rows& rows, const std::stop_token& stop);
  void succeeded(Step step) noexcept;
  void failed(Step step, const Rows& rows, Error error) noexcept;
  [[nodiscard]] Step next_step(const Snapshot& now) const noexcept;
  [[nodiscard]] Step step_by_size(const Snapshot& now) const noexcept;
  [[nodiscard]] Step step_by_changes(const Snapshot& now) const noexcept;
  [[nodiscard]] bool paused(const Snapshot& now) const noexcept;
  [[nodiscard]] bool told(const Snapshot& now) const noexcept;
  [[nodiscard]] std::size_t least_rows(const Snapshot& now) const noexcept;

  [[nodiscard]] GraphOptions graph_options(const Rows& rows) const noexcept;

  Status load(const Rows& rows, const std::stop_token& stop);
  Status publish_saved(Saved saved, const Rows& rows, const std::stop_token& stop);
  Status build(const Rows& rows, const std::stop_token& stop);
  Status extend(const Rows& rows, const std::stop_token& stop);
  Status publish_new(const Rows& rows, const std::stop_token& stop);
  Status insert_some(const Rows& rows);
  Status measure(const Rows& rows, const std::stop_token& stop);
  Status ensure_builder(const Rows& rows);
  void fail_without_thread(ErrorCode code) noexcept;
  void release_builder() noexcept;
  void drop() noexcept;
  void set_published(Published next) noexcept;

  const IndexOptions options_;
  const SnapshotSource source_;

  // Of the thread alone.
  std::shared_ptr<Graph> graph_;
  std::unique_ptr<GraphBuilder> builder_;
  std::shared_ptr<const Table> builder_table_;  // keeps the codes that the builder points to

  mutable std::mutex mutex_;
  std::condition_variable_any work_;             // for the thread
  mutable std::condition_variable_any changed_;  // for those who wait until it is done
  Published published_;                          // under mutex_, as all below; written by the thread alone
  std::optional<Failure> failure_;               // none since the last success
  std::pair<std::uint64_t, Sequence> told_;      // generation and sequence of the snapshot that came last
  Loader loader_;                                // null once it was called
  std::uint64_t saved_generation_ = 0;
  std::optional<Error> load_error_;
  std::size_t loaded_rows_ = 0;
  bool wanted_ = false;
  bool idle_ = true;
  std::jthread thread_;  // started under mutex_; last, so that it ends first
};

}  // namespace scaup::inline v0
