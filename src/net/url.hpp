#pragma once
// URLs of requests: taken apart strictly, so that what was checked is what libcurl will call.

#include <string>
#include <string_view>

#include "scaup/result.hpp"

namespace scaup::inline v0 {

enum class HttpScheme : unsigned char { http, https };

struct HttpUrl {
  HttpScheme scheme = HttpScheme::https;
  std::string host = {};       ///< lower case; IPv6 addresses in brackets
  std::string authority = {};  ///< the host, and the port where one is given
  std::string place = {};      ///< authority and path, for messages: what follows a "?" may hold a key
};

/// Errors: `invalid_argument` unless it is "http://" or "https://", a host of letters, digits, ".", "-" and "_" or an
/// IPv6 address in brackets, perhaps a port, and printable ASCII without blanks, at most 8,192 bytes in all. User names
/// and passwords are refused. The messages show no more of the URL than scheme and host.
[[nodiscard]] Result<HttpUrl> parse_http_url(std::string_view url);

/// Whether the host can be nothing but this machine: "localhost", 127.0.0.0/8 in four decimals, or "[::1]".
[[nodiscard]] bool is_loopback(std::string_view host) noexcept;

}  // namespace scaup::inline v0
