// GraphKeeper over snapshots made by hand, so that what it is told, and when, is known.

#include "engine/graph_keeper.hpp"

#include <atomic>
#include <chrono>
#include <random>

#include "support/catch.hpp"
#include "support/vectors.hpp"

using namespace scaup;
using scaup::test::require_ok;

namespace {

constexpr std::size_t kDimension = 8;
constexpr IndexOptions kOptions = {.graph_from = 100, .build_threads = 1};

// A store of rows without documents. Each change makes a snapshot, of which the keeper is told with `tell`.
class Rows {
 public:
  Rows() {
    auto first = std::make_shared<Snapshot>();
    first->table = Table::empty(kDimension)->grown(4000);
    first->schema.dimension = kDimension;
    current_ = std::move(first);
  }

  [[nodiscard]] std::shared_ptr<const Snapshot> snapshot() const {
    const std::lock_guard lock(mutex_);
    return current_;
  }

  void add(std::size_t count) { append(count, true); }
  void add_without_vector(std::size_t count) { append(count, false); }

  void remove(Slot first, std::size_t count) {
    auto next = snapshot()->successor();
    for (Slot slot = first; slot < first + count; ++slot) {
      next->table->segment_of(slot).rows.remove(next->table->index_of(slot), next->sequence);
      if (!next->has_vector(slot)) --next->without_vector;
    }
    next->documents -= count;
    set(std::move(next));
  }

 private:
  void append(std::size_t count, bool with_vector) {
    auto next = snapshot()->successor();
    for (std::size_t i = 0; i < count; ++i) {
      const auto slot = static_cast<Slot>(next->rows++);
      const auto vector = test::random_vector(random_, kDimension);
      const auto row = with_vector ? std::span<const float>(vector) : std::span<const float>();
      next->table->segment_of(slot).rows.write(next->table->index_of(slot), row);
    }
    next->documents += count;
    if (!with_vector) next->without_vector += count;
    set(std::move(next));
  }
  void set(std::shared_ptr<const Snapshot> next) {
    const std::lock_guard lock(mutex_);
    current_ = std::move(next);
  }

  std::mt19937_64 random_{1};
  mutable std::mutex mutex_;
  std::shared_ptr<const Snapshot> current_;
};

void tell(GraphKeeper& keeper, const Rows& rows) {
  keeper.rows_changed(*rows.snapshot());
}

// Rows of the graph, dead ones included, once the keeper has done its work.
std::size_t rows_when_done(const GraphKeeper& keeper, const Rows& rows) {
  require_ok(keeper.wait_until_indexed({}));
  return keeper.graph_rows(*rows.snapshot());
}

}  // namespace

TEST_CASE("graph keeper: removed documents without a vector are no reason to build anew") {
  Rows rows;
  GraphKeeper keeper(kOptions, [&] { return rows.snapshot(); });
  rows.add(200);
  rows.add_without_vector(150);
  tell(keeper, rows);
  REQUIRE(rows_when_done(keeper, rows) == 200);
  rows.remove(0, 10);
  rows.remove(200, 150);
  rows.add(1);  // to have something to wait for
  tell(keeper, rows);
  CHECK(rows_when_done(keeper, rows) == 201);  // a new graph would have 191
}

TEST_CASE("graph keeper: rows that died before they were in the graph are no reason to build anew") {
  Rows rows;
  GraphKeeper keeper(kOptions, [&] { return rows.snapshot(); });
  rows.add(200);
  tell(keeper, rows);
  REQUIRE(rows_when_done(keeper, rows) == 200);
  rows.remove(0, 10);
  rows.add(150);
  rows.remove(200, 149);
  tell(keeper, rows);
  CHECK(rows_when_done(keeper, rows) == 201);
  CHECK(keeper.published().most_dead(*rows.snapshot()) == 10);
}

TEST_CASE("graph keeper: with more than a fifth of its rows dead, the graph is built anew") {
  Rows rows;
  GraphKeeper keeper(kOptions, [&] { return rows.snapshot(); });
  rows.add(200);
  tell(keeper, rows);
  REQUIRE(rows_when_done(keeper, rows) == 200);
  SECTION("in a collection at rest") {
    rows.remove(0, 41);
    tell(keeper, rows);
    while (keeper.graph_rows(*rows.snapshot()) != 159) std::this_thread::yield();
  }
  SECTION("as others come in their place") {
    rows.add(60);
    rows.remove(0, 41);
    tell(keeper, rows);
    CHECK(rows_when_done(keeper, rows) == 219);
  }
  SECTION("but not before") {
    rows.add(60);
    rows.remove(0, 40);
    tell(keeper, rows);
    CHECK(rows_when_done(keeper, rows) == 260);
  }
}

TEST_CASE("graph keeper: whoever waits gets the rows there were, told of or not") {
  Rows rows;
  std::atomic<bool> asked = false;
  GraphKeeper keeper(kOptions, [&] {
    asked = true;
    return rows.snapshot();
  });
  const bool grown = GENERATE(false, true);
  std::size_t expected = 200;
  rows.add(200);
  if (grown) {
    tell(keeper, rows);
    REQUIRE(rows_when_done(keeper, rows) == 200);
    rows.add(30);
    expected = 230;
    asked = false;
  }
  std::jthread teller([&] {
    while (!asked) std::this_thread::yield();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));  // long enough for a wait that does not wait
    tell(keeper, rows);
  });
  CHECK(rows_when_done(keeper, rows) == expected);
}

TEST_CASE("graph keeper: rows too few for a graph, or none at all, are not waited for") {
  Rows rows;
  const GraphKeeper keeper(kOptions, [&] { return rows.snapshot(); });
  CHECK(rows_when_done(keeper, rows) == 0);
  rows.add(50);
  CHECK(rows_when_done(keeper, rows) == 0);
}
