#pragma once
// GraphKeeper: keeps a collection's graph up to date, on a thread of its own.
//
// Invariants
// 1. One thread inserts and publishes; writers only wake it, readers only copy `Published`. Nobody waits for it.
// 2. A row below `Published::end` that a snapshot shows is in the graph or has no vector, if the snapshot was
//    taken after `Published`: rows left out were dead in an older snapshot.
// 3. A graph belongs to one numbering of slots (`generation`); when slots are numbered anew, another is built.
// 4. mutex_ is held for copies of a few words, and no other mutex is taken under it. Writers come with theirs held.

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

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
    std::size_t dead_outside = 0;      ///< dead slots below `end` that are not in the graph
    std::size_t measured_changes = 0;  ///< rows, and dead ones once more, when the table was measured

    /// Whether queries over this snapshot may use it.
    [[nodiscard]] bool serves(const Snapshot& snapshot) const noexcept {
      return graph != nullptr && table != nullptr && generation == snapshot.generation;
    }
    /// The dead rows of the graph, of so many in the table.
    [[nodiscard]] std::size_t dead_inside(std::size_t dead) const noexcept {
      return dead - std::min(dead, dead_outside);
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
  /// measured before the graph serves if the graph was dropped rows from, or enough rows have changed since.
  void start_with(const Snapshot& now, Loader load);
  /// Why a saved graph was not taken; success if it was, if there was none, or if it was not read yet.
  [[nodiscard]] Status load_result() const;
  /// A write was published: looks whether there is work, and wakes the thread, or starts it where there was none yet.
  void rows_changed(const Snapshot& now) noexcept;
  /// Returns when all rows there are at the time of the call are in the graph, if they are enough for one.
  /// Errors: `cancelled`; why the graph could not be made, in which case queries are exact.
  [[nodiscard]] Status wait_until_indexed(std::stop_token stop) const;
  /// Ends the thread. Afterwards nothing changes any more.
  void stop() noexcept;

 private:
  // The rows of a snapshot without its documents, which the thread would keep in memory for as long as it works.
  struct Rows;
  enum class Step : std::uint8_t { nothing, drop, load, build, extend, insert, measure };

  void run(const std::stop_token& stop);
  [[nodiscard]] bool wait_for_work(const std::stop_token& stop);
  Status catch_up(const std::stop_token& stop);
  Status take(Step step, const Rows& rows, const std::stop_token& stop);
  [[nodiscard]] Step next_step(const Snapshot& now) const noexcept;
  [[nodiscard]] std::size_t least_rows(const Snapshot& now) const noexcept;

  [[nodiscard]] GraphOptions graph_options(const Rows& rows) const noexcept;

  Status load(const Rows& rows, const std::stop_token& stop);
  Status publish_saved(Saved saved, const Rows& rows, const std::stop_token& stop);
  Status build(const Rows& rows, const std::stop_token& stop);
  Status extend(const Rows& rows, const std::stop_token& stop);
  Status publish_new(const Rows& rows, std::size_t dead_outside, const std::stop_token& stop);
  Status insert_some(const Rows& rows);
  Status measure(const Rows& rows, const std::stop_token& stop);
  Status ensure_builder(const Rows& rows);
  void fail(ErrorCode code) noexcept;
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
  mutable std::condition_variable_any changed_;
  Published published_;         // under mutex_, as all below
  std::optional<Error> error_;  // why the last attempt failed
  Loader loader_;               // null once it was called
  std::uint64_t saved_generation_ = 0;
  std::optional<Error> load_error_;
  bool wanted_ = false;
  bool idle_ = true;
  std::jthread thread_;  // started under mutex_; last, so that it ends first
};

}  // namespace scaup::inline v0
