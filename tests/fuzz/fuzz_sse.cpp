// Server-sent events of any bytes: the same events wherever the bytes are cut. The first two bytes say where.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "fuzz.hpp"
#include "providers/sse_decoder.hpp"

using scaup::SseEvent;
using scaup::fuzz::require;

namespace {

constexpr std::size_t kMaxLine = 4096;

struct Outcome {
  std::vector<SseEvent> events = {};
  bool failed = false;

  bool operator==(const Outcome&) const = default;
};

Outcome decode(std::string_view text, std::size_t piece) {
  Outcome outcome;
  scaup::SseDecoder decoder(kMaxLine);
  for (std::size_t at = 0; at < text.size() && !outcome.failed; at += piece) {
    outcome.failed = !decoder.feed(text.substr(at, piece), [&](const SseEvent& event) {
      require(event.data.size() <= kMaxLine);
      outcome.events.push_back(event);
      return scaup::Status();
    });
  }
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
  const Outcome whole = decode(text, text.size() + 1);
  require(decode(text, 1 + data[0] % 16U) == whole);
  require(decode(text, 1 + data[1]) == whole);
  return 0;
}
