// One durable row at a time beside the least that a disk must do for it.

#include "bare_file.hpp"
#include "measuring.hpp"
#include "rows.hpp"
#include "sqlite_peer.hpp"
#include "workloads.hpp"

namespace scaup::bench {
namespace {

constexpr std::size_t kWrites = 1'000;
constexpr std::size_t kWarmUp = 50;

struct Latencies {
  std::vector<double> ours, reserved, zeros, sqlite;
};

void report_us(const std::string& name, const std::vector<double>& seconds) {
  if (seconds.empty()) return;
  report(name + "_us", 1e6 * median(seconds));
  report(name + "_p99_us", 1e6 * percentile(seconds, 0.99));
}

void report_all(const Latencies& times) {
  report_us("single/scaup", times.ours);
  report_us("single/bare", times.reserved);
  report_us("single/bare_zeros", times.zeros);
  report_us("single/sqlite", times.sqlite);
  report("single_write_vs_fdatasync", median(times.ours) / median(times.reserved));
  report("single_write_vs_fdatasync_of_written_blocks", median(times.ours) / median(times.zeros));
}

}  // namespace

void measure_single_writes(const Folder& folder) {
  const std::vector<Document> rows = make_rows(kWrites + kWarmUp, "row-");
  const std::size_t bytes = log_bytes_of(std::span(rows).first(1));
  Database database = Database::open(new_folder(folder / "database")).value();
  Collection collection = database.create_collection("rows", options_without_graph()).value();
  BareFile reserved(folder / "reserved", bytes * rows.size(), Prepared::reserved);
  BareFile zeros(folder / "zeros", bytes * rows.size(), Prepared::zeros);
  const auto sqlite = SqlitePeer::open(folder / "sqlite");
  Latencies times;
  const auto measure = [&](std::size_t who, std::span<const Document> row) {
    switch (who) {
      case 0: return times.ours.push_back(seconds_of([&] { collection.add(row).value(); }));
      case 1: return times.reserved.push_back(seconds_of([&] { reserved.append_and_sync(bytes); }));
      case 2: return times.zeros.push_back(seconds_of([&] { zeros.append_and_sync(bytes); }));
      default:
        if (sqlite) times.sqlite.push_back(seconds_of([&] { sqlite->add(row); }));
    }
  };
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i == kWarmUp) times = {};
    // In turns, since each finds the caches and the disk as the one before leaves them.
    for (std::size_t turn = 0; turn < 4; ++turn) measure((i + turn) % 4, std::span(&rows[i], 1));
  }
  report("log_bytes_per_single_row", static_cast<double>(bytes));
  report_all(times);
}

}  // namespace scaup::bench
