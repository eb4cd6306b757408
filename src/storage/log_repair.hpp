#pragma once
// Makes a log ready to be written again: takes its torn tail off, and makes sure that the rest is on the disk.

#include <filesystem>
#include <optional>

#include "scaup/file_system.hpp"
#include "scaup/result.hpp"
#include "storage/log_reader.hpp"

namespace scaup::inline v0 {

/// Copies what is behind `end.end_offset` to a new file in `quarantine` (a folder, created if absent), then cuts it off
/// the log, each step synced before the next: whenever it is interrupted, it can be done again. Returns the copy's
/// path; nothing, and nothing was done, if the log has no torn tail.
///
/// Errors: `io`; the log is as it was, or cut.
[[nodiscard]] Result<std::optional<std::filesystem::path>> cut_log_tail(FileSystem& files,
                                                                        const std::filesystem::path& log,
                                                                        const LogEnd& end,
                                                                        const std::filesystem::path& quarantine);

/// Writes again, with the same bytes, what is not known to be synced. After a failed sync the system may show bytes
/// that the disk does not have, and count them as written: then no later sync would bring them there, and a power cut
/// would leave a hole before what was written since. The caller syncs.
///
/// Errors: `io`; the log is as it was.
[[nodiscard]] Status rewrite_unsynced(FileSystem& files, const std::filesystem::path& log, const LogEnd& end);

}  // namespace scaup::inline v0
