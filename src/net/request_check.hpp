#pragma once
// What must not be sent: requests and options are checked before libcurl sees them.

#include "net/url.hpp"
#include "scaup/http.hpp"

namespace scaup::inline v0 {

/// The request's URL, if the whole request may be sent.
///
/// Errors: `invalid_argument` for a URL that `parse_http_url` refuses; plain http to a host that is neither loopback
/// nor in `plain_http_hosts`; a method that is not letters; header names that are no tokens, values with control
/// characters, headers that the transport sets itself; a HEAD request with a body; limits out of range.
[[nodiscard]] Result<HttpUrl> check_request(const HttpRequest& request, const HttpTransportOptions& options);

/// Errors: `invalid_argument` for options out of range; `io` for a `ca_file` that cannot be read.
[[nodiscard]] Status check_options(const HttpTransportOptions& options);

}  // namespace scaup::inline v0
