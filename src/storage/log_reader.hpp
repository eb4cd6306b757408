#pragma once
// Reads a log file: every complete entry, where it ends, and whether what follows is a torn tail or damage.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "scaup/file_system.hpp"
#include "scaup/result.hpp"
#include "storage/file_header.hpp"
#include "storage/log_format.hpp"

namespace scaup::inline v0 {

/// One frame, borrowed for the call that shows it.
struct LogFrame {
  std::uint64_t number = 0;
  std::uint64_t offset = 0;  ///< of its header in the file
  std::uint8_t type = 0;
  FramePlace place = FramePlace::last;
  std::span<const std::byte> body = {};
};

using LogVisitor = std::function<Status(const LogFrame&)>;

struct LogEnd {
  std::uint64_t end_offset = 0;     ///< behind the last complete entry
  std::uint64_t next_number = 0;    ///< the number of the frame that comes next
  std::uint64_t dropped_bytes = 0;  ///< from `end_offset` to the last byte that is not zero: a torn tail
  std::uint64_t synced_offset =
      0;  ///< what is before it is known to be synced: a later frame, or a clean close, says so
};

/// Which log is read, and what is known about it.
struct LogToRead {
  std::span<const std::byte> file = {};  ///< all of it
  std::string_view name = {};            ///< begins the messages
  FileIdentity identity = {};
  std::uint64_t first_number = 1;                ///< that its first frame must have
  std::optional<std::uint64_t> synced_end = {};  ///< the offset that a clean close noted
};

/// Shows every frame of every complete entry to `visitor`, in order.
///
/// At the first frame that is not the expected one, what follows is looked through. If a later frame was made when the
/// expected one was known to be synced, or the place lies before `synced_end`, stored data is damaged. Otherwise it is
/// what a power cut leaves of writes that nobody was promised, and `dropped_bytes` counts it; frames of an entry that
/// has no end belong to it.
///
/// Errors: `corruption` with offset and missing frames; those of `check_file_header`; those of `visitor`, with the
/// frame. Cost: hashes each byte of the frames once, and looks once at each byte after them.
[[nodiscard]] Result<LogEnd> read_log(const LogToRead& log, const LogVisitor& visitor);

/// From the first to the last, both included.
struct LostFrames {
  std::uint64_t first = 0;
  std::uint64_t last = 0;

  friend bool operator==(const LostFrames&, const LostFrames&) = default;
};

/// Bytes `[begin, end)` of the file that are not zero and belong to no frame that verifies.
struct LostBytes {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;

  friend bool operator==(const LostBytes&, const LostBytes&) = default;
};

struct LogSalvage {
  std::uint64_t frames = 0;                  ///< that were shown
  std::uint64_t next_number = 0;             ///< one more than the last of them, or the first number if there was none
  std::vector<LostFrames> lost_frames = {};  ///< gaps between the frames; what came after the last is not known
  std::vector<LostBytes> lost_bytes = {};
};

/// Shows every frame that verifies and has a higher number than those before it, whatever is between them; also frames
/// of entries that are not complete. `synced_end` is not looked at, and the file's header may be damaged.
///
/// Errors: those of `visitor`.
[[nodiscard]] Result<LogSalvage> salvage_log(const LogToRead& log, const LogVisitor& visitor);

}  // namespace scaup::inline v0
