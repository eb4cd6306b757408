#pragma once
// Appends entries to a log file: gather, write, sync.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "scaup/file_system.hpp"
#include "scaup/result.hpp"
#include "storage/file_header.hpp"
#include "storage/log_format.hpp"

namespace scaup::inline v0 {

struct LogWriterOptions {
  /// Bytes that are reserved ahead at a time, so that most syncs change no size; fewer while the log is small. At
  /// least 1.
  std::uint64_t preallocation = std::uint64_t{32} << 20U;
};

/// Writes one log file. What is added counts once `write` returned (it survives the death of the process) or `sync`
/// did (it survives a power cut).
///
/// After a failed write the file is cut back to where the last successful `write` ended, and all that was added since
/// is forgotten: numbers begin anew from there, and the writer can be used again. Where that cannot be done, and after
/// a failed sync, nobody knows what the disk holds: every later call returns the same error.
///
/// Single-threaded: one thread at a time, even for const members.
class LogWriter {
 public:
  /// Makes the file, with a synced header. The entry in its folder is not synced: that is the caller's part.
  /// `first_number` is at least 1; all frames before it, in earlier logs, are synced.
  ///
  /// Errors: `already_exists`, `io`; then there is no new file, or one that nobody refers to.
  [[nodiscard]] static Result<LogWriter> create(FileSystem& files, const std::filesystem::path& path,
                                                const FileIdentity& identity, std::uint64_t first_number,
                                                const LogWriterOptions& options = {});
  /// Goes on at `end_offset` with `next_number`, both from reading the log. What may be behind the offset must have
  /// been cut off (`cut_log_tail`), so it is zeros. Syncs what is there: who wrote it may have died before its own
  /// sync.
  [[nodiscard]] static Result<LogWriter> resume(FileSystem& files, const std::filesystem::path& path,
                                                const FileIdentity& identity, std::uint64_t end_offset,
                                                std::uint64_t next_number, const LogWriterOptions& options = {});

  /// Adds a frame to the current entry, and ends the entry with FramePlace::last. Half a MiB is gathered in memory,
  /// then written, and the disk may begin to take it. Returns the frame's number.
  ///
  /// Errors: `invalid_argument` for a body of more than kMaxFrameBody bytes or another type than the entry's, which
  /// leaves all as it was; `io`, see above.
  [[nodiscard]] Result<std::uint64_t> add(std::uint8_t type, std::span<const std::byte> body, FramePlace place);
  /// Writes all that was added.
  ///
  /// Errors: `invalid_argument` inside an entry; `io`, see above.
  [[nodiscard]] Status write();
  /// Syncs all that was written; what was added and not written stays as it is. Does nothing if all is synced.
  [[nodiscard]] Status sync();
  /// Forgets all that was added since the last `write`. Errors: `io`, then every later call fails.
  [[nodiscard]] Status discard();
  /// Gives back the room that is reserved behind what was written, and syncs. Errors: `io`, as for `sync`.
  [[nodiscard]] Status trim();
  /// Closes the file without a sync.
  [[nodiscard]] Status close();

  /// The file's bytes in use, up to the last successful `write`; more are reserved behind.
  [[nodiscard]] std::uint64_t size() const noexcept { return written_.offset; }
  /// The number of the next frame.
  [[nodiscard]] std::uint64_t next_number() const noexcept { return added_.number; }
  [[nodiscard]] std::uint64_t synced_through() const noexcept { return synced_through_; }
  /// The error that every call returns, if it came to that.
  [[nodiscard]] const std::optional<Error>& failure() const noexcept { return failure_; }

 private:
  // A place in the log: where the next frame goes, and its number.
  struct Position {
    std::uint64_t offset = 0;
    std::uint64_t number = 0;
  };

  LogWriter(std::unique_ptr<WritableFile> file, std::filesystem::path path, const FileIdentity& identity,
            Position position, const LogWriterOptions& options);

  [[nodiscard]] Status begin_file(const FileIdentity& identity);
  [[nodiscard]] Status check_addable(std::uint8_t type, std::span<const std::byte> body) const;
  void gather(std::uint8_t type, std::span<const std::byte> body, FramePlace place);
  [[nodiscard]] Status flush();
  [[nodiscard]] Status write_gathered();
  [[nodiscard]] Status forget_added();
  [[nodiscard]] Error fail_for_good(Error error);

  std::unique_ptr<WritableFile> file_;
  std::filesystem::path path_;
  LogWriterOptions options_;
  std::uint64_t seed_;
  std::vector<std::byte> gathered_ = {};  // frames between flushed_ and added_.offset
  Position added_;                        // behind all frames
  Position written_;                      // behind those of the last successful `write`
  std::uint64_t flushed_;                 // offset behind the bytes that are in the file
  std::uint64_t reserved_ = 0;            // the file's size
  std::uint64_t synced_through_;
  std::optional<std::uint8_t> entry_type_ = {};  // of the entry that has begun and not ended
  std::optional<Error> failure_ = {};
};

}  // namespace scaup::inline v0
