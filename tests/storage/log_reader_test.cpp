// What a log says after every kind of damage: complete entries, a torn tail, or corruption.

#include "storage/log_reader.hpp"

#include <algorithm>
#include <cstring>
#include <random>
#include <string>

#include "storage/log_bytes.hpp"
#include "support/catch.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

// Frames 1 to `count`, each synced before the next is made; frame 3 and 4 are one entry.
struct SyncedLog {
  Bytes bytes = log_header();
  std::vector<std::size_t> begins = {};  // of frames, and the end of the last

  explicit SyncedLog(std::uint64_t count = 6) {
    for (std::uint64_t number = 1; number <= count; ++number) {
      begins.push_back(bytes.size());
      const std::string body = "body " + std::string(number, static_cast<char>('0' + number));
      const std::uint64_t synced = number == 4 ? 2 : number - 1;
      append_frame(bytes, {.number = number,
                           .synced_through = synced,
                           .body = body,
                           .place = number == 3 ? FramePlace::more : FramePlace::last});
    }
    begins.push_back(bytes.size());
  }

  std::span<const std::byte> frame(std::uint64_t number) const {
    return std::span(bytes).subspan(begins[number - 1], begins[number] - begins[number - 1]);
  }
};

// How many frames of complete entries end at or before `size`.
std::size_t complete_frames(const SyncedLog& log, std::size_t size) {
  std::size_t frames = 0;
  for (std::size_t i = 1; i < log.begins.size(); ++i) {
    if (log.begins[i] <= size && i != 3) frames = i;
  }
  return frames;
}

void append(Bytes& bytes, std::span<const std::byte> more) {
  bytes.insert(bytes.end(), more.begin(), more.end());
}

Result<LogEnd> read(std::span<const std::byte> bytes, Shown& shown) {
  shown = {};
  return read_log(log_to_read(bytes), shown.visitor());
}

}  // namespace

TEST_CASE("log reader: all frames of complete entries are shown in order") {
  const SyncedLog log;
  Shown shown;
  const LogEnd end = require_ok(read(log.bytes, shown));
  REQUIRE(shown.numbers == std::vector<std::uint64_t>{1, 2, 3, 4, 5, 6});
  REQUIRE(shown.bodies[1] == "body 22");
  REQUIRE(end.end_offset == log.bytes.size());
  REQUIRE(end.next_number == 7);
  REQUIRE(end.dropped_bytes == 0);
}

TEST_CASE("log reader: zeros after the last entry are a clean end") {
  SyncedLog log;
  const std::size_t end_offset = log.bytes.size();
  log.bytes.resize(end_offset + 100'000);
  Shown shown;
  const LogEnd end = require_ok(read(log.bytes, shown));
  REQUIRE(end.end_offset == end_offset);
  REQUIRE(end.dropped_bytes == 0);
  REQUIRE(shown.numbers.size() == 6);
}

TEST_CASE("log reader: a log cut anywhere shows the entries that are whole") {
  const SyncedLog log;
  Shown shown;
  for (std::size_t size = 0; size <= log.bytes.size(); ++size) {
    const auto end = read(std::span(log.bytes).first(size), shown);
    if (size < kFileHeaderBytes) {
      require_error(end, ErrorCode::corruption, {"log-3: header"});
      continue;
    }
    const std::size_t frames = complete_frames(log, size);
    REQUIRE(require_ok(end).end_offset == log.begins[frames]);
    REQUIRE(end->next_number == frames + 1);
    REQUIRE(shown.numbers.size() == frames);
    REQUIRE(end->end_offset + end->dropped_bytes <= size);
  }
}

TEST_CASE("log reader: each flipped bit is damage, or in the last entry a torn tail") {
  const SyncedLog log;
  Shown shown;
  for (std::size_t bit = 0; bit < log.bytes.size() * 8; ++bit) {
    Bytes bytes = log.bytes;
    bytes[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    const auto end = read(bytes, shown);
    if (bit / 8 < log.begins[5]) {
      require_error(end, ErrorCode::corruption, {"log-3"});
      continue;
    }
    REQUIRE(require_ok(end).end_offset == log.begins[5]);
    REQUIRE(end->dropped_bytes > 0);
    REQUIRE(shown.numbers.size() == 5);
  }
}

TEST_CASE("log reader: damage in the middle names the place, the frames and the way out") {
  SyncedLog log;
  log.bytes[log.begins[1] + kFrameHeaderBytes] ^= std::byte{1};
  Shown shown;
  require_error(read(log.bytes, shown), ErrorCode::corruption,
                {"log-3: offset " + std::to_string(log.begins[1]), "frame 2 lost", "frame 3", "salvage"});
}

TEST_CASE("log reader: after a clean close nothing may be missing") {
  const SyncedLog log;
  LogToRead to_read = log_to_read(log.bytes);
  to_read.synced_end = log.bytes.size();
  Shown shown;
  require_ok(read_log(to_read, shown.visitor()));
  for (std::size_t size = kFileHeaderBytes; size < log.bytes.size(); ++size) {
    to_read.file = std::span(log.bytes).first(size);
    require_error(read_log(to_read, shown.visitor()), ErrorCode::corruption, {"closed in order"});
  }
}

TEST_CASE("log reader: what a power cut leaves of unsynced frames is a torn tail, with all that was synced before it") {
  std::mt19937_64 random(21);
  for (int round = 0; round < 2'000; ++round) {
    Bytes bytes = log_header();
    const std::uint64_t synced = random() % 5;
    std::size_t synced_end = bytes.size();
    const std::string body(random() % 900, 'b');
    for (std::uint64_t number = 1; number <= synced + 8; ++number) {
      const std::uint64_t through = number <= synced ? number - 1 : synced;
      append_frame(bytes, {.number = number, .synced_through = through, .body = body});
      if (number == synced) synced_end = bytes.size();
    }
    for (std::size_t sector = 0; sector < bytes.size(); sector += 512) {
      if (random() % 2 == 0) continue;
      const std::size_t from = std::max(sector, synced_end);
      for (std::size_t at = from; at < std::min(sector + 512, bytes.size()); ++at) bytes[at] = std::byte{0};
    }
    Shown shown;
    const LogEnd end = require_ok(read(bytes, shown));
    REQUIRE(end.next_number > synced);
    REQUIRE(shown.numbers.size() == end.next_number - 1);
  }
}

TEST_CASE("log reader: frames lost, doubled, swapped or from elsewhere are damage") {
  const SyncedLog log;
  Bytes bytes(log.bytes.begin(), log.bytes.begin() + static_cast<std::ptrdiff_t>(log.begins[1]));
  Shown shown;
  SECTION("lost") {
    append(bytes, std::span(log.bytes).subspan(log.begins[2]));
    require_error(read(bytes, shown), ErrorCode::corruption, {"frame 2 lost"});
  }
  SECTION("several lost") {
    append(bytes, std::span(log.bytes).subspan(log.begins[4]));
    require_error(read(bytes, shown), ErrorCode::corruption, {"frames 2 to 4 lost"});
  }
  SECTION("doubled, at the end too") {
    append(bytes, log.frame(1));
    require_error(read(bytes, shown), ErrorCode::corruption, {"frame 1 stands where frame 2"});
  }
  SECTION("swapped") {
    append(bytes, log.frame(5));
    append(bytes, log.frame(2));
    append(bytes, std::span(log.bytes).subspan(log.begins[2]));
    require_error(read(bytes, shown), ErrorCode::corruption);
  }
  SECTION("of another log") {
    append_frame(bytes, {.number = 2, .synced_through = 1, .body = "stranger"}, log_identity(4));
    append(bytes, std::span(log.bytes).subspan(log.begins[2]));
    require_error(read(bytes, shown), ErrorCode::corruption, {"frame 2 lost"});
  }
  SECTION("the whole file of another log") {
    bytes = log_header(log_identity(4));
    append(bytes, std::span(log.bytes).subspan(kFileHeaderBytes));
    require_error(read(bytes, shown), ErrorCode::corruption, {"log 4 of collection 2"});
  }
  SECTION("an older log of the same file") {
    LogToRead to_read = log_to_read(log.bytes);
    to_read.first_number = 40;
    require_error(read_log(to_read, shown.visitor()), ErrorCode::corruption, {"frame 1 stands where frame 40"});
  }
}

TEST_CASE("log reader: a body with the header of another frame does not verify") {
  SyncedLog log;
  Bytes bytes = log_header();
  append_frame(bytes, {.number = 1, .body = "same size A"});
  const std::size_t second = bytes.size();
  append_frame(bytes, {.number = 2, .synced_through = 1, .body = "same size A"});
  append_frame(bytes, {.number = 3, .synced_through = 2, .body = "same size A"});
  REQUIRE(std::memcmp(bytes.data() + kFileHeaderBytes + 24, bytes.data() + second + 24, 8) != 0);
}

TEST_CASE("log reader: frames with right hashes and hostile contents are refused") {
  Bytes bytes = log_header();
  Shown shown;
  SECTION("an entry that changes its type") {
    append_frame(bytes, {.number = 1, .place = FramePlace::more, .type = 1});
    append_frame(bytes, {.number = 2, .place = FramePlace::last, .type = 2});
    require_error(read(bytes, shown), ErrorCode::corruption, {"frame 2 is of type 2 in an entry of type 1"});
  }
  SECTION("a body length beyond the file, or beyond the limit, is no frame") {
    for (const std::uint32_t length : {1'000U, 0xFFFFFFFFU}) {
      const auto header = encode_frame_header(seed(log_identity()), {.number = 1, .body_bytes = length, .flags = 1});
      bytes.insert(bytes.end(), header.begin(), header.end());
      REQUIRE(require_ok(read(bytes, shown)).end_offset == kFileHeaderBytes);
    }
  }
  SECTION("a frame that knows itself synced is none") {
    append_frame(bytes, {.number = 1, .synced_through = 1});
    REQUIRE(require_ok(read(bytes, shown)).end_offset == kFileHeaderBytes);
  }
  REQUIRE(shown.numbers.empty());
}

TEST_CASE("log reader: an error of the visitor ends the reading and says at which frame") {
  const SyncedLog log;
  const auto result = read_log(log_to_read(log.bytes), [](const LogFrame& frame) -> Status {
    if (frame.number == 2) return Error(ErrorCode::unsupported_format, "no such record");
    return {};
  });
  require_error(result, ErrorCode::unsupported_format, {"log-3", "frame 2: no such record"});
}

TEST_CASE("log reader: random bytes are a torn tail") {
  std::mt19937_64 random(22);
  for (int round = 0; round < 2'000; ++round) {
    Bytes bytes = log_header();
    for (std::size_t i = random() % 300; i > 0; --i) bytes.push_back(static_cast<std::byte>(random() & 0xFFU));
    Shown shown;
    REQUIRE(require_ok(read(bytes, shown)).end_offset == kFileHeaderBytes);
  }
}

TEST_CASE("log salvage: every frame that verifies is shown, and what is missing is named") {
  SyncedLog log;
  Shown shown;
  SECTION("a body damaged") {
    log.bytes[log.begins[1] + kFrameHeaderBytes] ^= std::byte{1};
  }
  SECTION("a header damaged") {
    log.bytes[log.begins[1] + 9] ^= std::byte{1};
  }
  const LogSalvage found = require_ok(salvage_log(log_to_read(log.bytes), shown.visitor()));
  REQUIRE(shown.numbers == std::vector<std::uint64_t>{1, 3, 4, 5, 6});
  REQUIRE(found.frames == 5);
  REQUIRE(found.next_number == 7);
  REQUIRE(found.lost_frames == std::vector<LostFrames>{{2, 2}});
  REQUIRE(found.lost_bytes.size() == 1);
  REQUIRE(found.lost_bytes[0].begin == log.begins[1]);
  REQUIRE(found.lost_bytes[0].end <= log.begins[2]);
}

TEST_CASE("log salvage: a sound log loses nothing, and a frame twice is shown once") {
  SyncedLog log;
  log.bytes.resize(log.bytes.size() + 4'096);
  Shown shown;
  const LogSalvage found = require_ok(salvage_log(log_to_read(log.bytes), shown.visitor()));
  REQUIRE(found.frames == 6);
  REQUIRE(found.lost_frames.empty());
  REQUIRE(found.lost_bytes.empty());
  log.bytes.resize(log.begins[6]);
  append(log.bytes, log.frame(2));
  shown = {};
  REQUIRE(require_ok(salvage_log(log_to_read(log.bytes), shown.visitor())).frames == 6);
}

TEST_CASE("log salvage: after any damage the frames shown are some of those written") {
  const SyncedLog log;
  std::mt19937_64 random(23);
  Shown whole;
  require_ok(read(log.bytes, whole));
  for (int round = 0; round < 3'000; ++round) {
    Bytes bytes = log.bytes;
    for (std::size_t i = random() % 4; i > 0; --i)
      bytes[random() % bytes.size()] ^= static_cast<std::byte>(1 + random() % 255);
    Shown shown;
    static_cast<void>(require_ok(salvage_log(log_to_read(bytes), shown.visitor())));
    REQUIRE(std::ranges::is_sorted(shown.numbers));
    for (std::size_t i = 0; i < shown.numbers.size(); ++i) {
      REQUIRE(shown.bodies[i] == whole.bodies[shown.numbers[i] - 1]);
    }
  }
}
