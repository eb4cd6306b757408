#pragma once
// From the logs of a collection back into its store.

#include <vector>

#include "engine/collection_files.hpp"
#include "scaup/storage.hpp"
#include "scaup/vector_store.hpp"
#include "storage/log_reader.hpp"

namespace scaup::inline v0 {

/// Where each log that counts ends; the last of them is the one that goes on.
struct ReplayedLogs {
  std::vector<LogReference> logs = {};
  std::vector<LogEnd> ends = {};
};

/// Applies every entry of the logs that the manifest names to the store, which holds the state of the checkpoint.
/// Errors: `corruption` naming file and place; `unsupported_format`; `io`.
[[nodiscard]] Result<ReplayedLogs> replay_logs(const CollectionFiles& files, VectorStore& store,
                                               CollectionRecovery& report);

/// Takes torn tails off the logs, into the database's `quarantine`, and opens the last one for writing.
/// Errors: `io`.
[[nodiscard]] Result<LogWriter> resume_logs(CollectionFiles& files, const ReplayedLogs& replayed,
                                            CollectionRecovery& report);

}  // namespace scaup::inline v0
