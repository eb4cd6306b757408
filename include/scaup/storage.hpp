#pragma once
// How a database is kept on disk: what is promised when a write returns, how much is checked on opening, and what
// opening found. docs/persistence.md has the table of what survives which crash.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "scaup/clock.hpp"
#include "scaup/config.hpp"
#include "scaup/file_system.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// When a write is on the disk. In every mode a write that returned survives the end of the process.
enum class SyncMode : std::uint8_t {
  every_write,  ///< before the write returns: survives a power cut. Writers that wait share a sync
  interval,     ///< at most `sync_interval` later
  off,          ///< when the operating system likes
};

/// What is checked against its hash, and when. Damage that was found is an error of code `corruption`, never an answer.
enum class VerifyLevel : std::uint8_t {
  full,  ///< everything, on opening
  lazy,  ///< ids and codes on opening; texts, metadata and vectors when they are first read
  off,   ///< nothing but what keeps the program safe: damage may go unnoticed
};

enum class Access : std::uint8_t {
  read_write,  ///< one process, one handle at a time; creates what is not there
  read_only,   ///< shared with other readers; also on a medium that cannot be written
};

enum class Recovery : std::uint8_t {
  refuse,   ///< damage in the middle of a file is an error that names file and place
  salvage,  ///< brings back every record that verifies and says what was lost; damaged files go to `quarantine/`
};

/// How to open a database. The defaults lose nothing.
struct DatabaseOptions {
  SyncMode sync = SyncMode::every_write;
  std::chrono::milliseconds sync_interval = std::chrono::milliseconds(100);  ///< 1 ms to 1 hour
  VerifyLevel verify = VerifyLevel::full;
  Access access = Access::read_write;
  Recovery recovery = Recovery::refuse;
  /// A checkpoint is written when the log of a collection has this many bytes and half as many as its last checkpoint.
  /// Smaller: opens faster after a crash, writes more. 64 KiB to 1 TiB.
  std::uint64_t checkpoint_log_bytes = std::uint64_t{64} << 20U;
  /// Larger files are not opened: what a file may cost is in proportion to its size. Single values have limits of their
  /// own (docs/format.md).
  std::uint64_t max_file_bytes = std::uint64_t{1} << 40U;
  std::shared_ptr<FileSystem> file_system = {};  ///< null: that of the operating system
  std::shared_ptr<const Clock> clock = {};       ///< null: that of the system
};

/// A part of a file that could not be read.
struct LostRange {
  std::string file = {};    ///< its path in the folder of the database
  std::uint64_t begin = 0;  ///< bytes
  std::uint64_t end = 0;
  std::string reason = {};
};

/// What opening a collection, or the catalog of all collections, found out of order.
struct CollectionRecovery {
  std::string collection = {};          ///< empty: the catalog
  std::size_t writes_replayed = 0;      ///< from the log, since the last checkpoint
  std::uint64_t torn_bytes = 0;         ///< of a write that was never acknowledged, cut off the log
  std::vector<LostRange> lost = {};     ///< only after a salvage
  std::vector<std::string> notes = {};  ///< what was put right without loss, as a graph that is built anew
};

/// What an open collection takes on disk.
struct CollectionStorage {
  std::string collection = {};
  std::uint64_t log_bytes = 0;         ///< of writes since the last checkpoint
  std::uint64_t checkpoint_bytes = 0;  ///< of the last checkpoint
  /// Why the last checkpoint that was due could not be written. Nothing is lost by that: the log grows, and after some
  /// more writes it is tried again.
  std::optional<Error> checkpoint_failure = {};
};

/// What `Database::verify` found.
struct VerifyReport {
  std::size_t files = 0;
  std::uint64_t bytes = 0;
  std::vector<LostRange> damage = {};

  [[nodiscard]] bool ok() const noexcept { return damage.empty(); }
};

}  // namespace scaup::inline v0
