#pragma once
// What `bench_storage` can measure. Each reports lines for drive.py and throws where scaup or the system fails.

#include <cstddef>
#include <filesystem>
#include <string_view>

namespace scaup::bench {

using Folder = std::filesystem::path;

// Of writes, each in an empty folder.

/// Rows per second in each sync mode, of each batch size, with one writer and four; and of bare writes beside them.
void measure_modes(const Folder& folder);
/// Single durable rows, bare writes of the same bytes and SQLite, taking turns.
void measure_single_writes(const Folder& folder);
/// Batches of 1,000 rows, sequential writes of the same bytes and SQLite, taking turns.
void measure_large_batches(const Folder& folder, std::size_t rows);
/// Where the time of a batch goes, without a disk.
void measure_encoding();

// Of a database of `rows` rows in a folder, each in a process of its own.

/// Makes the database with default options, waits for its graph and closes it.
void make_database(const Folder& folder, std::size_t rows);
/// Opens and asks one query. `verify` is lazy, full or off.
void measure_opening(const Folder& folder, std::string_view verify);
/// Opens, waits for the graph, asks 1,000 queries, and looks at the memory of the process.
void measure_memory(const Folder& folder);
/// Checkpoints, and reads and writes beside them.
void measure_checkpoints(const Folder& folder);
/// Adds rows until the log has 64 MB, and ends the process as a crash does.
[[noreturn]] void crash(const Folder& folder);
/// Opens after that, and ends the same way, so that the next process finds the same.
[[noreturn]] void measure_opening_after_crash(const Folder& folder);
/// Opens SQLite's file and counts its rows.
void measure_sqlite_opening(const Folder& folder);

}  // namespace scaup::bench
