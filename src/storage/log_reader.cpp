// Two walks over a log: a strict one that tells a torn tail from damage, and one that takes whatever verifies.

#include "storage/log_reader.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <deque>
#include <string>
#include <utility>

#include "base/boundary.hpp"

namespace scaup::inline v0 {
namespace {

// The offset behind the last byte that is not zero, or `begin`. In blocks: reserved space is long.
std::uint64_t end_of_data(std::span<const std::byte> file, std::uint64_t begin) {
  constexpr std::size_t kBlock = 4096;
  static constexpr std::array<std::byte, kBlock> kZeros = {};
  std::size_t end = file.size();
  while (end >= begin + kBlock && std::memcmp(file.data() + end - kBlock, kZeros.data(), kBlock) == 0) end -= kBlock;
  while (end > begin && file[end - 1] == std::byte{0}) --end;
  return end;
}

std::string plural_frames(std::uint64_t first, std::uint64_t last) {
  if (first == last) return "frame " + std::to_string(first);
  return "frames " + std::to_string(first) + " to " + std::to_string(last);
}

LogFrame frame_at(std::span<const std::byte> file, std::uint64_t offset, const FrameHeader& header) {
  return {.number = header.number,
          .offset = offset,
          .type = header.type,
          .place = header.is_last() ? FramePlace::last : FramePlace::more,
          .body = file.subspan(static_cast<std::size_t>(offset) + kFrameHeaderBytes, header.body_bytes)};
}

class LogWalk {
 public:
  LogWalk(const LogToRead& log, const LogVisitor& visitor)
      : log_(log),
        visitor_(visitor),
        seed_(seed(log.identity)),
        entry_{kFileHeaderBytes, log.first_number},
        at_(entry_) {}

  Result<LogEnd> strict() {
    while (const auto header = good_frame()) {
      if (header->number != at_.number) return wrong_number(*header);
      if (Status status = take(*header); !status) return std::move(status).error();
    }
    return end();
  }

  Result<LogSalvage> salvage() {
    LogSalvage found{.frames = 0, .next_number = log_.first_number};
    std::uint64_t lost_from = kFileHeaderBytes;
    while (at_.offset < log_.file.size()) {
      const auto header = header_here();
      if (!header) {
        at_.offset += kFrameAlignment;
        continue;
      }
      // A verified header has the right length, so nothing that the writer made begins within its body.
      if (verify_frame_body(seed_, *header, here()) && header->number >= found.next_number) {
        if (Status status = show(at_.offset, *header); !status) return std::move(status).error();
        note_lost(found, lost_from, *header);
        lost_from = at_.offset + header->frame_bytes();
      }
      at_.offset += header->frame_bytes();
    }
    add_lost_bytes(found, lost_from, log_.file.size());
    return found;
  }

 private:
  struct Position {
    std::uint64_t offset = 0;
    std::uint64_t number = 0;
  };

  std::span<const std::byte> here() const {
    if (at_.offset >= log_.file.size()) return {};
    return log_.file.subspan(static_cast<std::size_t>(at_.offset));
  }
  std::optional<FrameHeader> header_here() const { return decode_frame_header(seed_, here()); }

  // The frame at the current place if all of it verifies.
  std::optional<FrameHeader> good_frame() const {
    const auto header = header_here();
    return header && verify_frame_body(seed_, *header, here()) ? header : std::nullopt;
  }

  // Steps over a frame; the end of an entry is when its frames are shown.
  Status take(const FrameHeader& header) {
    if (at_.offset != entry_.offset && header.type != entry_type_) {
      return corrupt(at_.offset, "frame " + std::to_string(header.number) + " is of type " +
                                     std::to_string(header.type) + " in an entry of type " +
                                     std::to_string(entry_type_));
    }
    entry_type_ = header.type;
    at_.offset += header.frame_bytes();
    ++at_.number;
    note_synced(header);
    return header.is_last() ? show_entry() : Status();
  }

  // The frame may say that frames before it were synced.
  void note_synced(const FrameHeader& header) {
    unsynced_.push_back(at_);
    while (unsynced_.front().number <= header.synced_through + 1) {
      synced_offset_ = unsynced_.front().offset;
      unsynced_.pop_front();
      if (unsynced_.empty()) return;
    }
  }

  Status show_entry() {
    while (entry_.offset < at_.offset) {
      const auto header = decode_frame_header(seed_, log_.file.subspan(static_cast<std::size_t>(entry_.offset)));
      if (!header) return Error(ErrorCode::internal, std::string(log_.name) + ": the file changed while it was read");
      if (Status status = show(entry_.offset, *header); !status) return status;
      entry_.offset += header->frame_bytes();
    }
    entry_.number = at_.number;
    return {};
  }

  Status show(std::uint64_t offset, const FrameHeader& header) const {
    Status status = visitor_(frame_at(log_.file, offset, header));
    if (status) return status;
    Error error = std::move(status).error();
    error.add_context(std::string(log_.name) + ": offset " + std::to_string(offset) + ": frame " +
                      std::to_string(header.number));
    return error;
  }

  // A good frame, but not the expected one. No power cut brings an earlier frame here: it was copied, or written
  // astray.
  Result<LogEnd> wrong_number(const FrameHeader& header) const {
    if (header.number > at_.number) return end();
    return corrupt(at_.offset, "frame " + std::to_string(header.number) + " stands where frame " +
                                   std::to_string(at_.number) + " should be");
  }

  Result<LogEnd> end() const {
    if (log_.synced_end && entry_.offset < *log_.synced_end) {
      return corrupt(at_.offset, "frame " + std::to_string(at_.number) + " does not verify, although the log was " +
                                     "closed in order at offset " + std::to_string(*log_.synced_end));
    }
    const std::uint64_t data_end = end_of_data(log_.file, entry_.offset);
    if (const auto witness = find_witness(data_end)) {
      return corrupt(at_.offset, plural_frames(at_.number, witness->number - 1) + " lost or damaged, although frame " +
                                     std::to_string(witness->number) + " after it says that frame " +
                                     std::to_string(at_.number) + " was synced");
    }
    return LogEnd{.end_offset = entry_.offset,
                  .next_number = entry_.number,
                  .dropped_bytes = data_end - entry_.offset,
                  .synced_offset = std::max(synced_offset_, log_.synced_end.value_or(0))};
  }

  // A frame behind the bad place that was made when the expected one was known to be synced. Its header alone is proof
  // (it is hashed, and made by this log), so bodies are not hashed again: one pass, whatever the bytes.
  std::optional<FrameHeader> find_witness(std::uint64_t data_end) const {
    for (std::uint64_t offset = at_.offset; offset < data_end; offset += kFrameAlignment) {
      const auto header = decode_frame_header(seed_, log_.file.subspan(static_cast<std::size_t>(offset)));
      if (header && header->number > at_.number && header->synced_through >= at_.number) return header;
    }
    return std::nullopt;
  }

  void note_lost(LogSalvage& found, std::uint64_t lost_from, const FrameHeader& header) const {
    if (header.number > found.next_number) found.lost_frames.push_back({found.next_number, header.number - 1});
    add_lost_bytes(found, lost_from, at_.offset);
    found.next_number = header.number + 1;
    ++found.frames;
  }

  void add_lost_bytes(LogSalvage& found, std::uint64_t begin, std::uint64_t end) const {
    if (begin >= end) return;
    const std::uint64_t data_end = end_of_data(log_.file.first(static_cast<std::size_t>(end)), begin);
    if (data_end > begin) found.lost_bytes.push_back({begin, data_end});
  }

  Error corrupt(std::uint64_t offset, const std::string& what) const {
    return {ErrorCode::corruption, std::string(log_.name) + ": offset " + std::to_string(offset) + ": " + what +
                                       "; restore the file, or open with recovery = salvage to keep what verifies"};
  }

  const LogToRead& log_;
  const LogVisitor& visitor_;
  const std::uint64_t seed_;
  Position entry_;  // where the entry begins that is being read
  Position at_;     // the next frame
  std::uint8_t entry_type_ = 0;
  std::uint64_t synced_offset_ = kFileHeaderBytes;
  std::deque<Position> unsynced_;  // behind each frame that is not known to be synced
};

}  // namespace

Result<LogEnd> read_log(const LogToRead& log, const LogVisitor& visitor) {
  return guarded([&]() -> Result<LogEnd> {
    if (auto header = check_file_header(log.file, log.identity, log.name); !header) return std::move(header).error();
    return LogWalk(log, visitor).strict();
  });
}

Result<LogSalvage> salvage_log(const LogToRead& log, const LogVisitor& visitor) {
  return guarded([&]() -> Result<LogSalvage> { return LogWalk(log, visitor).salvage(); });
}

}  // namespace scaup::inline v0
