// Writers that do nothing but add, for a fixed time, in each mode.

#include <atomic>
#include <string>
#include <thread>

#include "bare_file.hpp"
#include "measuring.hpp"
#include "rows.hpp"
#include "workloads.hpp"

namespace scaup::bench {
namespace {

constexpr std::size_t kRows = 20'000;  // the most that one cell adds
constexpr double kSeconds = 0.5;       // after which no call begins

constexpr std::size_t kBatches[] = {1, 10, 100, 1000};

struct Mode {
  SyncMode sync;
  const char* name;
};
constexpr Mode kModes[] = {
    {SyncMode::every_write, "every_write"}, {SyncMode::interval, "interval"}, {SyncMode::off, "off"}};

bool time_is_up(std::chrono::steady_clock::time_point start) {
  return std::chrono::steady_clock::now() - start > std::chrono::duration<double>(kSeconds);
}

/// Rows that `threads` writers added in `seconds`.
struct Added {
  std::size_t rows = 0;
  double seconds = 0;
};

Added add_all(const Collection& collection, std::span<const Document> rows, std::size_t batch, std::size_t threads) {
  std::atomic<std::size_t> next = 0;
  std::atomic<std::size_t> added = 0;
  const auto start = std::chrono::steady_clock::now();
  const auto write = [&] {
    Collection mine = collection;
    for (std::size_t first = next.fetch_add(batch); first + batch <= rows.size(); first = next.fetch_add(batch)) {
      added += mine.add(rows.subspan(first, batch)).value().added;
      if (time_is_up(start)) return;
    }
  };
  const double seconds = seconds_of([&] {
    std::vector<std::jthread> writers;
    for (std::size_t i = 0; i < threads; ++i) writers.emplace_back(write);
  });
  return {added, seconds};
}

double rows_per_second(const Folder& folder, const Mode& mode, std::span<const Document> rows, std::size_t batch,
                       std::size_t threads) {
  DatabaseOptions options;
  options.sync = mode.sync;
  Database database = Database::open(new_folder(folder / "database"), options).value();
  const Collection collection = database.create_collection("rows", options_without_graph()).value();
  const Added added = add_all(collection, rows, batch, threads);
  database.close().value();
  return static_cast<double>(added.rows) / added.seconds;
}

double bare_rows_per_second(const Folder& folder, std::span<const Document> rows, std::size_t batch) {
  const std::size_t bytes = log_bytes_of(rows.first(batch));
  BareFile file(folder / "bare", bytes * (rows.size() / batch), Prepared::reserved);
  const auto start = std::chrono::steady_clock::now();
  std::size_t written = 0;
  const double seconds = seconds_of([&] {
    for (; written + batch <= rows.size() && !time_is_up(start); written += batch) file.append_and_sync(bytes);
  });
  return static_cast<double>(written) / seconds;
}

}  // namespace

void measure_modes(const Folder& folder) {
  const std::vector<Document> rows = make_rows(kRows, "row-");
  for (const std::size_t batch : kBatches) {
    const std::string size = std::to_string(batch);
    report("rows_per_second/bare/" + size + "/1", bare_rows_per_second(folder, rows, batch));
    for (const Mode& mode : kModes) {
      for (const std::size_t threads : {std::size_t{1}, std::size_t{4}}) {
        report("rows_per_second/" + std::string(mode.name) + "/" + size + "/" + std::to_string(threads),
               rows_per_second(folder, mode, rows, batch, threads));
      }
    }
  }
}

}  // namespace scaup::bench
