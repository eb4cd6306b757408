// Lines to fields to events.

#include "providers/sse_decoder.hpp"

#include <charconv>
#include <cstdint>

namespace scaup::inline v0 {
namespace {

// Digits alone; anything else is no number of milliseconds and is ignored.
std::optional<std::chrono::milliseconds> milliseconds_of(std::string_view digits) {
  std::uint32_t value = 0;
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || stop != digits.data() + digits.size()) return std::nullopt;
  return std::chrono::milliseconds(value);
}

}  // namespace

Status SseDecoder::feed(std::string_view bytes, const SseSink& sink) {
  return lines_.feed(bytes, [&](std::string_view line) { return take_line(line, sink); });
}

Status SseDecoder::take_line(std::string_view line, const SseSink& sink) {
  if (!line.empty()) {
    const std::size_t colon = line.find(':');
    if (colon == 0) return {};  // a comment
    std::string_view value = colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    return take_field(line.substr(0, colon), value);
  }
  Status status;
  if (has_data_) status = sink(event_);
  event_.type.clear();
  event_.data.clear();
  has_data_ = false;
  return status;
}

Status SseDecoder::take_field(std::string_view name, std::string_view value) {
  if (name == "data") return add_data(value);
  if (name == "event") event_.type = value;
  if (name == "id" && value.find('\0') == std::string_view::npos) event_.id = value;
  if (name == "retry") {
    if (const auto wait = milliseconds_of(value)) retry_ = wait;
  }
  return {};
}

Status SseDecoder::add_data(std::string_view value) {
  if (value.size() >= max_data_ - event_.data.size()) {
    return Error(ErrorCode::bad_reply, "an event of more than " + std::to_string(max_data_) + " bytes in a stream");
  }
  if (has_data_) event_.data += '\n';
  event_.data += value;
  has_data_ = true;
  return {};
}

}  // namespace scaup::inline v0
