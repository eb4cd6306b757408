// A keeper that begins with a saved graph: when it serves, when it is measured again, and when it is built instead.

#include "engine/graph_keeper.hpp"

#include <atomic>
#include <mutex>
#include <numeric>
#include <random>

#include "index/graph_codec.hpp"
#include "support/catch.hpp"
#include "support/vectors.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

constexpr std::size_t kDimension = 16;
constexpr IndexOptions kOptions{.graph_from = 200, .build_threads = 1};

// A table with rows that a test adds and removes, and the newest snapshot of it.
class Rows {
 public:
  explicit Rows(std::size_t capacity) : table_(Table::empty(kDimension)->grown(capacity)) {}

  void add(std::mt19937_64& random, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto slot = static_cast<Slot>(rows_++);
      table_->segment_of(slot).rows.write(table_->index_of(slot), random_vector(random, kDimension));
    }
    publish();
  }
  void remove(Slot slot) {
    table_->segment_of(slot).rows.remove(table_->index_of(slot), sequence_ + 1);
    ++dead_;
    publish();
  }
  // The rows that are not removed, in a table of their own.
  [[nodiscard]] std::unique_ptr<Rows> compacted() const {
    auto result = std::make_unique<Rows>(table_->capacity());
    for (const Slot slot : kept()) {
      const auto to = static_cast<Slot>(result->rows_++);
      const std::span<const float> vector = now()->vector(slot);
      result->table_->segment_of(to).rows.write(result->table_->index_of(to), vector);
    }
    result->publish();
    return result;
  }
  void renumber() {
    ++generation_;
    publish();
  }
  [[nodiscard]] std::vector<Slot> kept() const {
    std::vector<Slot> slots;
    for (Slot slot = 0; slot < rows_; ++slot) {
      if (now()->visible(slot)) slots.push_back(slot);
    }
    return slots;
  }
  [[nodiscard]] std::shared_ptr<const Snapshot> now() const {
    const std::lock_guard lock(mutex_);
    return now_;
  }

 private:
  void publish() {
    auto next = std::make_shared<Snapshot>();
    next->table = table_;
    next->schema.dimension = kDimension;
    next->generation = generation_;
    next->sequence = ++sequence_;
    next->rows = rows_;
    next->documents = rows_ - dead_;
    const std::lock_guard lock(mutex_);
    now_ = std::move(next);
  }

  std::shared_ptr<const Table> table_;
  std::size_t rows_ = 0;
  std::size_t dead_ = 0;
  std::uint64_t generation_ = 1;
  Sequence sequence_ = 0;
  mutable std::mutex mutex_;
  std::shared_ptr<const Snapshot> now_;
};

struct Files {
  std::vector<std::byte> graph;
  std::vector<std::byte> table;
};

// As a checkpoint does: first what is published, then the snapshot.
Files save(const GraphKeeper& keeper, const Rows& rows) {
  const GraphKeeper::Published published = keeper.published();
  REQUIRE(published.serves(*rows.now()));
  Files files;
  const auto kept = rows.kept();
  require_ok(write_graph(*published.graph, {kept, published.end}, [&](std::span<const std::byte> piece) -> Status {
    files.graph.insert(files.graph.end(), piece.begin(), piece.end());
    return {};
  }));
  files.table = write_recall_table(*published.table, published.measured_changes);
  return files;
}

Files build_and_save(const Rows& rows) {
  GraphKeeper keeper(kOptions, [&] { return rows.now(); });
  keeper.rows_changed(*rows.now());
  require_ok(keeper.wait_until_indexed({}));
  return save(keeper, rows);
}

GraphKeeper::Loader loader_of(const Files& files, std::atomic<int>& calls) {
  return [&files, &calls](const RowsView& view, const GraphOptions& options) -> Result<GraphKeeper::Saved> {
    ++calls;
    auto graph = read_graph(files.graph, view, options);
    if (!graph) return std::move(graph).error();
    auto table = read_recall_table(files.table);
    if (!table) return std::move(table).error();
    return GraphKeeper::Saved{graph->graph, std::make_shared<const RecallTable>(std::move(table->table)), graph->end,
                              graph->dropped, table->measured_changes};
  };
}

// What a keeper publishes that began with the files.
GraphKeeper::Published start(const Rows& rows, const Files& files, int expected_calls = 1) {
  std::atomic<int> calls = 0;
  GraphKeeper keeper(kOptions, [&] { return rows.now(); });
  keeper.start_with(*rows.now(), loader_of(files, calls));
  require_ok(keeper.wait_until_indexed({}));
  REQUIRE(calls == expected_calls);
  require_ok(keeper.load_result());
  return keeper.published();
}

}  // namespace

TEST_CASE("graph keeper: a saved graph serves with its own recall table") {
  std::mt19937_64 random(51);
  Rows rows(1000);
  rows.add(random, 600);
  Files files = build_and_save(rows);
  // A table that no measurement gives, so that it can be told.
  files.table = write_recall_table(RecallTable({{11, 0.25, 5}}), 600);
  const auto published = start(rows, files);
  REQUIRE(published.serves(*rows.now()));
  REQUIRE(published.end == 600);
  REQUIRE(published.rows == 600);
  REQUIRE(published.measured_changes == 600);
  REQUIRE(published.table->points().front().ef == 11);
}

TEST_CASE("graph keeper: rows behind the end of a saved graph are inserted") {
  std::mt19937_64 random(52);
  Rows rows(1000);
  rows.add(random, 600);
  const Files files = build_and_save(rows);
  rows.add(random, 100);
  const auto published = start(rows, files);
  REQUIRE(published.end == 700);
  REQUIRE(published.rows == 700);
}

TEST_CASE("graph keeper: recall is measured again where the saved graph lost rows, or the table is old") {
  std::mt19937_64 random(53);
  Rows rows(1000);
  rows.add(random, 600);
  Files files = build_and_save(rows);
  std::unique_ptr<Rows> later;
  SECTION("rows were dropped") {
    GraphKeeper keeper(kOptions, [&] { return rows.now(); });
    keeper.rows_changed(*rows.now());
    require_ok(keeper.wait_until_indexed({}));
    for (Slot slot = 0; slot < 60; ++slot) rows.remove(slot * 10);
    files = save(keeper, rows);
    later = rows.compacted();
    files.table = write_recall_table(RecallTable({{11, 0.25, 5}}), 600);
  }
  SECTION("many rows came since the table was measured") {
    files.table = write_recall_table(RecallTable({{11, 0.25, 5}}), 400);
  }
  const Rows& opened = later ? *later : rows;
  const auto published = start(opened, files);
  REQUIRE(published.rows == opened.now()->documents);
  REQUIRE(published.table->points().size() > 1);
  REQUIRE(published.measured_changes == published.rows);
  REQUIRE(published.dead_outside == 0);
}

TEST_CASE("graph keeper: rows removed since a graph was saved count as dead inside") {
  std::mt19937_64 random(54);
  Rows rows(1000);
  rows.add(random, 600);
  const Files files = build_and_save(rows);
  for (Slot slot = 0; slot < 50; ++slot) rows.remove(slot);
  const auto published = start(rows, files);
  REQUIRE(published.rows == 600);
  REQUIRE(published.dead_inside(rows.now()->dead_rows()) == 50);
}

TEST_CASE("graph keeper: where the saved graph cannot be used, one is built") {
  std::mt19937_64 random(55);
  Rows rows(1000);
  rows.add(random, 600);
  Files files = build_and_save(rows);
  std::atomic<int> calls = 0;
  GraphKeeper keeper(kOptions, [&] { return rows.now(); });
  SECTION("damage") {
    files.graph[40] = std::byte{77};
    keeper.start_with(*rows.now(), loader_of(files, calls));
    require_ok(keeper.wait_until_indexed({}));
    REQUIRE(keeper.load_result().error().code() == ErrorCode::corruption);
    REQUIRE(calls == 1);
  }
  SECTION("slots numbered anew") {
    const auto before = rows.now();
    rows.renumber();
    keeper.start_with(*before, loader_of(files, calls));
    require_ok(keeper.wait_until_indexed({}));
    REQUIRE(calls == 0);
  }
  REQUIRE(keeper.published().serves(*rows.now()));
  REQUIRE(keeper.published().rows == 600);
}
