// Checkpoints of an opened database, and readers and writers beside them.

#include <atomic>
#include <thread>

#include "measuring.hpp"
#include "rows.hpp"
#include "workloads.hpp"

namespace scaup::bench {
namespace {

constexpr std::size_t kCheckpoints = 5;
constexpr std::size_t kIdleReads = 3'000;
constexpr std::size_t kIdleWrites = 300;

/// Asks one query after another, on the one thread that calls it.
class Reader {
 public:
  explicit Reader(const Collection& collection) : collection_(collection), queries_(make_queries(1'000)) {
    options_.threads = 1;
  }

  [[nodiscard]] double ask() {
    const auto& query = queries_[next_++ % queries_.size()];
    return seconds_of([&] { static_cast<void>(collection_.query(query, options_).value()); });
  }

 private:
  const Collection& collection_;
  std::vector<std::vector<float>> queries_;
  QueryOptions options_;
  std::size_t next_ = 0;
};

/// Adds one durable row after another.
class Writer {
 public:
  explicit Writer(Collection collection) : collection_(std::move(collection)), rows_(make_rows(20'000, "single-")) {}

  [[nodiscard]] double add() {
    const std::span<const Document> row(&rows_.at(next_++), 1);
    return seconds_of([&] { collection_.add(row).value(); });
  }

 private:
  Collection collection_;
  std::vector<Document> rows_;
  std::size_t next_ = 0;
};

/// Seconds of each checkpoint, and of each call of `body` on this thread while they are written.
struct Beside {
  std::vector<double> checkpoints, calls;
};

template <typename Body>
Beside beside_checkpoints(Database database, Body&& body) {
  Beside times;
  std::atomic<bool> done = false;
  std::jthread checkpoints([&] {
    for (std::size_t i = 0; i < kCheckpoints; ++i) {
      times.checkpoints.push_back(seconds_of([&] { database.checkpoint().value(); }));
    }
    done = true;
  });
  while (!done) times.calls.push_back(body());
  checkpoints.join();
  return times;
}

void measure_reads(const Database& database, const Collection& collection) {
  Reader reader(collection);
  std::vector<double> idle;
  for (std::size_t i = 0; i < 200; ++i) static_cast<void>(reader.ask());
  for (std::size_t i = 0; i < kIdleReads; ++i) idle.push_back(reader.ask());
  const Beside times = beside_checkpoints(database, [&] { return reader.ask(); });
  for (std::size_t i = 0; i < kIdleReads; ++i) idle.push_back(reader.ask());
  report("read_idle_p50_us", 1e6 * median(idle));
  report("read_idle_p99_us", 1e6 * percentile(idle, 0.99));
  report("read_under_checkpoint_p50_us", 1e6 * median(times.calls));
  report("read_under_checkpoint_p99_us", 1e6 * percentile(times.calls, 0.99));
  report("reads_under_checkpoint", static_cast<double>(times.calls.size()));
  report("p99_read_under_checkpoint_ratio", percentile(times.calls, 0.99) / percentile(idle, 0.99));
}

void measure_writes(const Database& database, const Collection& collection) {
  Writer writer(collection);
  std::vector<double> idle;
  for (std::size_t i = 0; i < kIdleWrites; ++i) idle.push_back(writer.add());
  const Beside times = beside_checkpoints(database, [&] { return writer.add(); });
  report("write_idle_max_ms", 1e3 * percentile(idle, 1));
  report("write_under_checkpoint_p99_ms", 1e3 * percentile(times.calls, 0.99));
  report("write_under_checkpoint_max_ms", 1e3 * percentile(times.calls, 1));
}

}  // namespace

void measure_checkpoints(const Folder& folder) {
  DatabaseOptions options;
  options.verify = VerifyLevel::lazy;
  Database database = Database::open(folder / "database", options).value();
  const Collection collection = database.get_collection("rows").value();
  collection.wait_until_indexed().value();
  std::vector<double> alone;
  for (std::size_t i = 0; i < kCheckpoints; ++i) alone.push_back(seconds_of([&] { database.checkpoint().value(); }));
  report("checkpoint_ms", 1e3 * median(alone));
  measure_reads(database, collection);
  measure_writes(database, collection);
  database.close().value();
}

}  // namespace scaup::bench
