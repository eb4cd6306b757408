#pragma once
// Logs in memory for tests of the reader: built frame by frame, right or wrong on purpose.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/read_file.hpp"
#include "storage/log_format.hpp"
#include "storage/log_reader.hpp"
#include "support/catch.hpp"

namespace scaup::test {

using Bytes = std::vector<std::byte>;

inline FileIdentity log_identity(std::uint64_t number = 3) {
  FileIdentity identity{.uuid = {}, .collection = 2, .kind = StoreFileKind::log, .number = number};
  identity.uuid.fill(std::byte{0x5A});
  return identity;
}

inline std::span<const std::byte> as_bytes(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

inline std::string as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline Bytes log_header(const FileIdentity& identity = log_identity()) {
  const FileHeaderBytes header = encode_file_header({.identity = identity, .features = {}});
  return {header.begin(), header.end()};
}

struct FrameToBuild {
  std::uint64_t number = 1;
  std::uint64_t synced_through = 0;
  std::string_view body = {};
  FramePlace place = FramePlace::last;
  std::uint8_t type = 1;
};

/// Appends a frame with right hashes, whatever it says.
inline void append_frame(Bytes& log, const FrameToBuild& frame, const FileIdentity& identity = log_identity()) {
  Bytes body(static_cast<std::size_t>(aligned_to_frame(frame.body.size())));
  std::ranges::copy(as_bytes(frame.body), body.begin());
  const auto header =
      encode_frame_header(seed(identity), {.number = frame.number,
                                           .synced_through = frame.synced_through,
                                           .body_hash = frame_body_hash(seed(identity), frame.number, body),
                                           .body_bytes = static_cast<std::uint32_t>(frame.body.size()),
                                           .type = frame.type,
                                           .flags = static_cast<std::uint8_t>(frame.place)});
  log.insert(log.end(), header.begin(), header.end());
  log.insert(log.end(), body.begin(), body.end());
}

/// What a reading of a log showed.
struct Shown {
  std::vector<std::string> bodies = {};
  std::vector<std::uint64_t> numbers = {};

  LogVisitor visitor() {
    return [this](const LogFrame& frame) -> Status {
      bodies.push_back(as_text(frame.body));
      numbers.push_back(frame.number);
      return {};
    };
  }
};

inline LogToRead log_to_read(std::span<const std::byte> file) {
  return {.file = file, .name = "log-3", .identity = log_identity(), .first_number = 1};
}

inline Bytes file_bytes(const std::filesystem::path& path) {
  return require_ok(read_whole_file(*posix_file_system(), path, std::uint64_t{1} << 30U));
}

}  // namespace scaup::test
