#pragma once
// The header lines of one request as text, keys included, wiped when they go.

#include <span>
#include <string>
#include <vector>

#include "scaup/http.hpp"

namespace scaup::inline v0 {

enum class BodyMode : unsigned char {
  whole,     ///< collected in the response
  streamed,  ///< a 2xx answer's goes to a sink
};

/// Lines in libcurl's notation: "Name: value", "Name;" for an empty value, "Name:" for a header not to be sent. The
/// headers must have passed `check_request`. Neither copied nor moved, so that there is one place to wipe; libcurl
/// reads them where they are. Single-threaded.
class HeaderLines {
 public:
  HeaderLines(const HttpRequest& request, BodyMode mode);
  HeaderLines(const HeaderLines&) = delete;
  HeaderLines& operator=(const HeaderLines&) = delete;
  ~HeaderLines();

  [[nodiscard]] std::span<std::string> lines() noexcept { return lines_; }

 private:
  std::vector<std::string> lines_;  // room for all is made first: growing would leave copies behind
};

}  // namespace scaup::inline v0
