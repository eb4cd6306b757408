// A streamed chat of any bytes, in lines of JSON or as server-sent events: the same answer, the same text and the same
// error wherever the bytes are cut. The first byte says where, and which of the two.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/utf8.hpp"
#include "fuzz.hpp"
#include "providers/chat_reply.hpp"

using scaup::ChatProtocol;
using scaup::fuzz::require;

namespace {

struct Outcome {
  std::string text = {};
  bool answered = false;
  std::optional<scaup::ErrorCode> error = {};

  bool operator==(const Outcome&) const = default;
};

Outcome decode(ChatProtocol protocol, std::string_view bytes, std::size_t piece) {
  Outcome outcome;
  const scaup::ChatSink sink = [&](std::string_view part) {
    require(!part.empty() && !scaup::find_invalid_utf8(part));
    outcome.text += part;
    return scaup::Status();
  };
  scaup::ChatStream stream(protocol, sink);
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    if (!stream.feed(bytes.substr(at, piece))) break;
  }
  const auto reply = stream.finish();
  outcome.answered = reply.has_value();
  if (reply) require(reply->text == outcome.text);
  if (!reply) outcome.error = reply.error().code();
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto protocol = data[0] % 2 == 0 ? ChatProtocol::ollama : ChatProtocol::openai;
  const Outcome whole = decode(protocol, bytes, bytes.size() + 1);
  require(decode(protocol, bytes, 1 + data[0] / 2U) == whole);
  return 0;
}
