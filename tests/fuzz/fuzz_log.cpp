// Fuzz target: logs of frames that verify, in any order, with any numbers, and with rubbish between them.
// What is read is a run of complete entries; bodies are read as documents.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "fuzz.hpp"
#include "hash_repair.hpp"
#include "storage/document_codec.hpp"
#include "storage/log_format.hpp"
#include "storage/log_reader.hpp"

using namespace scaup;
using scaup::fuzz::require;

namespace {

void append_frame(std::vector<std::byte>& log, fuzz::Choices& choices, std::uint64_t seed) {
  const std::uint64_t length = choices.number(1) % 64;
  FrameHeader header{.number = choices.number(1) % 16,
                     .synced_through = choices.number(1) % 16,
                     .type = static_cast<std::uint8_t>(choices.number(1) % 2),
                     .flags = static_cast<std::uint8_t>(choices.number(1))};
  const auto body = choices.piece(static_cast<std::size_t>(length));
  std::vector<std::byte> padded(body.begin(), body.end());
  header.body_bytes = static_cast<std::uint32_t>(body.size());
  if (length == 63) header.body_bytes = static_cast<std::uint32_t>(choices.number(4));  // a length that lies
  padded.resize(static_cast<std::size_t>(aligned_to_frame(body.size())));
  header.body_hash = frame_body_hash(seed, header.number, padded);
  fuzz::append(log, encode_frame_header(seed, header));
  fuzz::append(log, padded);
}

std::vector<std::byte> make_log(fuzz::Choices choices) {
  std::vector<std::byte> log = fuzz::header_bytes(StoreFileKind::log);
  const std::uint64_t seed = scaup::seed(fuzz::identity_of(StoreFileKind::log));
  while (!choices.empty()) {
    const std::uint64_t what = choices.number(1);
    if (what % 8 != 0) {
      append_frame(log, choices, seed);
      continue;
    }
    const std::uint64_t size = choices.number(1);
    fuzz::append(log, choices.piece(static_cast<std::size_t>(size)));  // rubbish, which also shifts what follows
  }
  return log;
}

void check(const std::vector<std::byte>& log) {
  const LogToRead to_read{
      .file = log, .name = "log", .identity = fuzz::identity_of(StoreFileKind::log), .first_number = 1};
  std::uint64_t next = 1;
  bool is_inside = false;
  const auto end = read_log(to_read, [&](const LogFrame& frame) -> Status {
    require(frame.number == next++);
    is_inside = frame.place == FramePlace::more;
    static_cast<void>(decode_document(frame.body));
    static_cast<void>(decode_schema(frame.body));
    return {};
  });
  require(!is_inside);
  if (end) require(end->next_number == next && end->end_offset + end->dropped_bytes <= log.size());
  std::uint64_t shown = 0;
  const auto salvage = salvage_log(to_read, [&](const LogFrame&) -> Status {
    ++shown;
    return {};
  });
  require(salvage.has_value() && salvage->frames == shown && shown >= next - 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  check(make_log(fuzz::Choices(bytes)));
  std::vector<std::byte> raw = fuzz::header_bytes(StoreFileKind::log);
  fuzz::append(raw, bytes);
  check(raw);
  return 0;
}
