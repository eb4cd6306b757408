// Openings, each in a process of its own, and what is in memory afterwards.

#include <unistd.h>

#include <cstdio>
#include <stdexcept>

#include "measuring.hpp"
#include "rows.hpp"
#include "sqlite_peer.hpp"
#include "workloads.hpp"

namespace scaup::bench {
namespace {

constexpr std::size_t kBatch = 1'000;
constexpr std::size_t kCrashLogBytes = 64'000'000;

VerifyLevel level_of(std::string_view name) {
  if (name == "lazy") return VerifyLevel::lazy;
  if (name == "full") return VerifyLevel::full;
  if (name == "off") return VerifyLevel::off;
  throw std::runtime_error("no level of verification: " + std::string(name));
}

// No checkpoint by itself: the log stays.
DatabaseOptions options_after_crash() {
  DatabaseOptions options;
  options.verify = VerifyLevel::lazy;
  options.checkpoint_log_bytes = std::uint64_t{1} << 40U;
  return options;
}

// Nothing is closed, as when the process is killed.
[[noreturn]] void end_without_closing() {
  std::fflush(stdout);
  _exit(0);
}

}  // namespace

void make_database(const Folder& folder, std::size_t rows) {
  const std::vector<Document> documents = make_rows(rows, "row-");
  Database database = Database::open(new_folder(folder / "database")).value();
  Collection collection = database.create_collection("rows").value();
  const double adding = seconds_of([&] {
    for (std::size_t first = 0; first < rows; first += kBatch) {
      collection.add(std::span(documents).subspan(first, std::min(kBatch, rows - first))).value();
    }
  });
  report("batch/scaup_with_graph_rows_per_second", static_cast<double>(rows) / adding);
  report("graph_after_adding_s", seconds_of([&] { collection.wait_until_indexed().value(); }));
  database.checkpoint().value();
  report("close_ms", 1e3 * seconds_of([&] { database.close().value(); }));
}

void measure_opening(const Folder& folder, std::string_view verify) {
  const std::vector<float> query = make_queries(1).front();
  DatabaseOptions options;
  options.verify = level_of(verify);
  const auto start = std::chrono::steady_clock::now();
  const auto so_far_ms = [&] {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  };
  Database database = Database::open(folder / "database", options).value();
  const Collection collection = database.get_collection("rows").value();
  const double opened = so_far_ms();
  if (collection.query(query).value().matches.empty()) throw std::runtime_error("no answer");
  const double answered = so_far_ms();
  report("open_ms", opened);
  report("first_answer_ms", answered);
  collection.wait_until_indexed().value();
  report("graph_loaded_ms", so_far_ms());
  database.close().value();
}

void measure_memory(const Folder& folder) {
  const auto queries = make_queries(1'000);
  const double before = memory_mb("VmRSS");
  DatabaseOptions options;
  options.verify = VerifyLevel::lazy;
  Database database = Database::open(folder / "database", options).value();
  const Collection collection = database.get_collection("rows").value();
  collection.wait_until_indexed().value();
  report("resident_without_queries_mb", memory_mb("VmRSS"));
  // Reads the codes of all rows, and the floats of a few.
  static_cast<void>(collection.query(queries.front(), {.exact = true}).value());
  report("resident_after_exact_query_mb", memory_mb("VmRSS"));
  for (const auto& query : queries) static_cast<void>(collection.query(query).value());
  report("resident_before_opening_mb", before);
  report("resident_after_1000_queries_mb", memory_mb("VmRSS"));
  report("resident_anonymous_mb", memory_mb("RssAnon"));
  report("resident_file_mb", memory_mb("RssFile"));
}

void crash(const Folder& folder) {
  const std::vector<Document> documents = make_rows(40 * kBatch, "later-");
  Database database = Database::open(folder / "database", options_after_crash()).value();
  Collection collection = database.get_collection("rows").value();
  std::size_t bytes = 0;
  for (std::size_t first = 0; first < documents.size() && bytes < kCrashLogBytes; first += kBatch) {
    const auto batch = std::span(documents).subspan(first, kBatch);
    collection.add(batch).value();
    bytes += log_bytes_of(batch);
  }
  report("crash_log_mb", 1e-6 * static_cast<double>(bytes));
  end_without_closing();
}

void measure_opening_after_crash(const Folder& folder) {
  const double seconds = seconds_of([&] {
    Database database = Database::open(folder / "database", options_after_crash()).value();
    const Collection collection = database.get_collection("rows").value();
    report("crash_rows", static_cast<double>(collection.count().value()));
    static Database kept = database;  // its end would be a closing
  });
  report("open_after_crash_ms", 1e3 * seconds);
  end_without_closing();
}

void measure_sqlite_opening(const Folder& folder) {
  std::size_t count = 0;
  const double seconds = seconds_of([&] {
    if (const auto sqlite = SqlitePeer::open(folder / "sqlite")) count = sqlite->count();
  });
  if (count != 0) report("sqlite_open_and_count_ms", 1e3 * seconds);
}

}  // namespace scaup::bench
