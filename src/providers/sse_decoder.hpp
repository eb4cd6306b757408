#pragma once
// Server-sent events, as the HTML standard (section 9.2.6) reads them.

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "providers/line_splitter.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

struct SseEvent {
  std::string type = {};  ///< of the field `event`; empty: "message"
  std::string data = {};  ///< lines joined by LF
  std::string id = {};    ///< the last one that was sent, now or with an event before

  friend bool operator==(const SseEvent&, const SseEvent&) = default;
};

using SseSink = std::function<Status(const SseEvent& event)>;

/// Makes events of bytes, the same ones wherever the pieces end. An event counts when the blank line behind it has
/// come; what stands without one at the end of the stream is no event.
/// Single-threaded: one thread at a time, even for const members.
class SseDecoder {
 public:
  /// `max_line` bounds a line, and all data of an event too.
  explicit SseDecoder(std::size_t max_line = LineSplitter::kMaxLine)
      : lines_(LineEnds::cr_lf_crlf, max_line), max_data_(max_line) {}

  /// Errors: `bad_reply` for a line or an event beyond the limit; what `sink` returned.
  [[nodiscard]] Status feed(std::string_view bytes, const SseSink& sink);

  /// How long to wait before connecting again, if the stream said so.
  [[nodiscard]] std::optional<std::chrono::milliseconds> retry() const noexcept { return retry_; }

 private:
  [[nodiscard]] Status take_line(std::string_view line, const SseSink& sink);
  [[nodiscard]] Status take_field(std::string_view name, std::string_view value);
  [[nodiscard]] Status add_data(std::string_view value);

  LineSplitter lines_;
  std::size_t max_data_;
  SseEvent event_;
  bool has_data_ = false;  // an empty line of data is data
  std::optional<std::chrono::milliseconds> retry_;
};

}  // namespace scaup::inline v0
