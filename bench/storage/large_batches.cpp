// Batches of 1,000 rows, each durable when its call returns.

#include "bare_file.hpp"
#include "engine/operation_codec.hpp"
#include "measuring.hpp"
#include "rows.hpp"
#include "sqlite_peer.hpp"
#include "workloads.hpp"

namespace scaup::bench {
namespace {

constexpr std::size_t kBatch = 1'000;

struct Times {
  std::vector<double> ours, bare, sqlite;
};

void report_all(const Times& times, std::size_t rows, std::size_t log_bytes) {
  const auto count = static_cast<double>(rows);
  report("log_bytes_per_row", static_cast<double>(log_bytes) / count);
  report("batch/scaup_rows_per_second", count / sum(times.ours));
  report("batch/bare_rows_per_second", count / sum(times.bare));
  report("batch/scaup_median_ms", 1e3 * median(times.ours));
  report("batch/bare_median_ms", 1e3 * median(times.bare));
  report("group_commit_efficiency", median(times.bare) / median(times.ours));
  if (times.sqlite.empty()) return;
  report("batch/sqlite_rows_per_second", count / sum(times.sqlite));
  report("batch/sqlite_median_ms", 1e3 * median(times.sqlite));
  report("ingest_vs_sqlite", sum(times.sqlite) / sum(times.ours));
}

}  // namespace

void measure_large_batches(const Folder& folder, std::size_t rows) {
  const std::vector<Document> documents = make_rows(rows, "row-");
  Database database = Database::open(new_folder(folder / "database")).value();
  Collection collection = database.create_collection("rows", options_without_graph()).value();
  const std::size_t most = log_bytes_of(std::span(documents).last(kBatch)) * 2;
  BareFile bare(folder / "bare", most * (rows / kBatch), Prepared::reserved);
  const auto sqlite = SqlitePeer::open(folder / "sqlite");
  Times times;
  std::size_t log_bytes = 0;
  for (std::size_t first = 0; first + kBatch <= rows; first += kBatch) {
    const auto batch = std::span(documents).subspan(first, kBatch);
    const std::size_t bytes = log_bytes_of(batch);
    log_bytes += bytes;
    times.ours.push_back(seconds_of([&] { collection.add(batch).value(); }));
    times.bare.push_back(seconds_of([&] { bare.append_and_sync(bytes); }));
    if (sqlite) times.sqlite.push_back(seconds_of([&] { sqlite->add(batch); }));
  }
  report_all(times, rows, log_bytes);
}

void measure_encoding() {
  constexpr std::size_t kRows = 20 * kBatch;
  const std::vector<Document> documents = make_rows(kRows, "row-");
  Database database = Database::in_memory();
  Collection collection = database.create_collection("rows", options_without_graph()).value();
  double encoding = 0;
  double applying = 0;
  for (std::size_t first = 0; first < kRows; first += kBatch) {
    const auto batch = std::span(documents).subspan(first, kBatch);
    encoding += seconds_of([&] { static_cast<void>(log_bytes_of(batch)); });
    applying += seconds_of([&] { collection.add(batch).value(); });
  }
  report("encode_log_us_per_row", 1e6 * encoding / kRows);
  report("apply_in_memory_us_per_row", 1e6 * applying / kRows);
}

}  // namespace scaup::bench
