// Each byte is looked at once; what has no end yet is held.

#include "providers/line_splitter.hpp"

namespace scaup::inline v0 {

Status LineSplitter::feed(std::string_view bytes, const LineSink& sink) {
  const std::string_view ends = ends_ == LineEnds::lf ? "\n" : "\r\n";
  while (!bytes.empty()) {
    if (after_cr_ && bytes.front() == '\n') bytes.remove_prefix(1);
    after_cr_ = false;
    const std::size_t length = bytes.find_first_of(ends);
    if (length == std::string_view::npos) return hold(bytes);
    if (auto held = hold(bytes.substr(0, length)); !held) return held;
    after_cr_ = bytes[length] == '\r';
    bytes.remove_prefix(length + 1);
    if (auto delivered = deliver(sink); !delivered) return delivered;
  }
  return {};
}

Status LineSplitter::finish(const LineSink& sink) {
  return line_.empty() ? Status() : deliver(sink);
}

Status LineSplitter::hold(std::string_view bytes) {
  if (bytes.size() > max_line_ - line_.size()) {
    return Error(ErrorCode::bad_reply, "a line of more than " + std::to_string(max_line_) + " bytes in a stream");
  }
  line_ += bytes;
  return {};
}

Status LineSplitter::deliver(const LineSink& sink) {
  std::string_view line = line_;
  if (first_ && line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
  first_ = false;
  if (ends_ == LineEnds::lf && line.ends_with('\r')) line.remove_suffix(1);
  auto status = sink(line);
  line_.clear();
  return status;
}

}  // namespace scaup::inline v0
