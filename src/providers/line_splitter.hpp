#pragma once
// Lines out of a stream of bytes that is cut anywhere.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "scaup/config.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

enum class LineEnds : std::uint8_t {
  lf,          ///< a CR before the LF belongs to the end too
  cr_lf_crlf,  ///< each of the three ends a line
};

/// Takes a line without its end; an error stops the splitting.
using LineSink = std::function<Status(std::string_view line)>;

/// Cuts bytes into lines, the same ones wherever the pieces end. A byte order mark before the first line is left out.
/// Single-threaded: one thread at a time, even for const members.
class LineSplitter {
 public:
  static constexpr std::size_t kMaxLine = std::size_t{8} << 20;

  explicit LineSplitter(LineEnds ends, std::size_t max_line = kMaxLine) : ends_(ends), max_line_(max_line) {}

  /// Gives each line that ends in `bytes` to `sink`.
  ///
  /// Errors: `bad_reply` for a line of more than the limit; what `sink` returned.
  [[nodiscard]] Status feed(std::string_view bytes, const LineSink& sink);
  /// Gives what stands behind the last line end to `sink`, if anything does.
  [[nodiscard]] Status finish(const LineSink& sink);

 private:
  [[nodiscard]] Status hold(std::string_view bytes);
  [[nodiscard]] Status deliver(const LineSink& sink);

  LineEnds ends_;
  std::size_t max_line_;
  std::string line_;  // the begun one
  bool first_ = true;
  bool after_cr_ = false;  // an LF that comes now belongs to the end of the line before
};

}  // namespace scaup::inline v0
