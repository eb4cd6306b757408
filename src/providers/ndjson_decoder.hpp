#pragma once
// One JSON text a line.

#include <string_view>

#include "base/ascii.hpp"
#include "providers/line_splitter.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// Makes JSON texts of bytes, the same ones wherever the pieces end. Blank lines are skipped. What is in a text is not
/// looked at. Single-threaded: one thread at a time, even for const members.
class NdjsonDecoder {
 public:
  explicit NdjsonDecoder(std::size_t max_line = LineSplitter::kMaxLine) : lines_(LineEnds::lf, max_line) {}

  /// Errors: `bad_reply` for a line beyond the limit; what `sink` returned.
  [[nodiscard]] Status feed(std::string_view bytes, const LineSink& sink) { return lines_.feed(bytes, filled(sink)); }
  /// Gives a last line without line end to `sink`.
  [[nodiscard]] Status finish(const LineSink& sink) { return lines_.finish(filled(sink)); }

 private:
  static LineSink filled(const LineSink& sink) {
    return [&sink](std::string_view line) { return is_blank(line) ? Status() : sink(line); };
  }

  LineSplitter lines_;
};

}  // namespace scaup::inline v0
