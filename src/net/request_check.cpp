// The rules for what may be sent. No message holds the value of a header or the query of a URL.

#include "net/request_check.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <string>
#include <string_view>

#include "base/ascii.hpp"
#include "base/in_quotes.hpp"

namespace scaup::inline v0 {

namespace {

constexpr std::size_t kMaxMethodBytes = 16;
constexpr std::size_t kMaxConcurrentRequests = 1024;
constexpr std::chrono::milliseconds kMaxTime(2'000'000'000);  // some 23 days
// Framing is the transport's: a second opinion about it is how requests are smuggled.
constexpr std::array<std::string_view, 4> kOwnHeaders = {"connection", "content-length", "transfer-encoding",
                                                         "upgrade"};

Error invalid(std::string message) {
  return {ErrorCode::invalid_argument, "http: " + std::move(message)};
}

/// RFC 9110, section 5.6.2.
bool is_token_character(char c) noexcept {
  return is_ascii_alphanumeric(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

/// Control characters end a header or confuse who reads it; a tab is allowed (RFC 9110, section 5.5).
bool is_value_character(char c) noexcept {
  return (static_cast<unsigned char>(c) >= 0x20U && c != 0x7F) || c == '\t';
}

Status check_method(std::string_view method) {
  const bool letters =
      !method.empty() && method.size() <= kMaxMethodBytes && std::ranges::all_of(method, is_ascii_letter);
  if (letters && method != "CONNECT" && method != "TRACE") return {};
  return invalid("the method " + in_quotes(method) +
                 " is not accepted; GET, POST, PUT, PATCH, DELETE and HEAD are usual");
}

Status check_header(std::string_view name, std::string_view value) {
  if (name.empty() || !std::ranges::all_of(name, is_token_character)) {
    return invalid("the header name " + in_quotes(name) + " is not a token of letters, digits and dashes");
  }
  const std::string lower = ascii_lower_case(name);
  if (std::ranges::find(kOwnHeaders, lower) != kOwnHeaders.end()) {
    return invalid("the header " + in_quotes(name) + " is set by the transport itself");
  }
  const auto bad = std::ranges::find_if_not(value, is_value_character);
  if (bad == value.end()) return {};
  return invalid("the value of the header " + in_quotes(name) +
                 " has a line break or another control character at offset " + std::to_string(bad - value.begin()));
}

Status check_secret_header(const HttpSecretHeader& header) {
  if (Status checked = check_header(header.name, header.prefix); !checked) return checked;
  const auto key = header.secret.reveal();
  if (key.empty()) return invalid("the key for the header " + in_quotes(header.name) + " is empty");
  return check_header(header.name, {reinterpret_cast<const char*>(key.data()), key.size()});
}

Status check_headers(const HttpRequest& request) {
  for (const HttpHeader& header : request.headers) {
    if (Status checked = check_header(header.name, header.value); !checked) return checked;
  }
  for (const HttpSecretHeader& header : request.secret_headers) {
    if (Status checked = check_secret_header(header); !checked) return checked;
  }
  return {};
}

Status check_limits(const HttpLimits& limits) {
  for (const auto time : {limits.connect_timeout, limits.idle_timeout, limits.total_timeout}) {
    if (time.count() < 0 || time > kMaxTime) {
      return invalid("a time-out is " + std::to_string(time.count()) + " ms; 0 (none) to 2000000000 are accepted");
    }
  }
  if (limits.max_response_bytes == 0) return invalid("max_response_bytes is 0; it must be at least 1");
  return {};
}

Status check_scheme(const HttpUrl& url, const HttpTransportOptions& options) {
  if (url.scheme == HttpScheme::https || is_loopback(url.host)) return {};
  const auto same = [&](const std::string& host) { return ascii_lower_case(host) == url.host; };
  if (std::ranges::any_of(options.plain_http_hosts, same)) return {};
  return invalid("plain http to " + in_quotes(url.host) +
                 " is refused: anyone on the way could read it; use https, or name the host in plain_http_hosts");
}

Status check_proxy(std::string_view proxy) {
  if (proxy.empty()) return {};
  const Result<HttpUrl> url = parse_http_url(proxy);
  constexpr std::string_view kScheme = "http://";
  const bool is_plain = url && url->scheme == HttpScheme::http;
  // Without a port libcurl would take 1080, which nobody means.
  const bool has_port = is_plain && url->authority.size() > url->host.size();
  if (has_port && proxy.size() == kScheme.size() + url->authority.size()) return {};
  return invalid("the proxy must be \"http://host:port\", without user name and path");
}

Status check_ca_file(const std::filesystem::path& path) {
  if (path.empty()) return {};
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  // Line by line, so that what is no file at all (a folder, for one) makes the stream bad and does not throw.
  for (std::string line; std::getline(file, line);) {
    if (line.find("-----BEGIN CERTIFICATE-----") != std::string::npos) return {};
  }
  if (!file.is_open() || file.bad()) {
    return Error(ErrorCode::io, "http: the certificate file " + in_quotes(path.native()) + " cannot be read", errno);
  }
  return invalid("the certificate file " + in_quotes(path.native()) + " holds no certificate in PEM form");
}

}  // namespace

Result<HttpUrl> check_request(const HttpRequest& request, const HttpTransportOptions& options) {
  Result<HttpUrl> url = parse_http_url(request.url);
  if (!url) return url;
  if (Status checked = check_scheme(*url, options); !checked) return std::move(checked).error();
  if (Status checked = check_method(request.method); !checked) return std::move(checked).error();
  if (Status checked = check_headers(request); !checked) return std::move(checked).error();
  if (Status checked = check_limits(request.limits); !checked) return std::move(checked).error();
  if (request.method == "HEAD" && !request.body.empty()) {
    return invalid("a HEAD request cannot have a body; this one has " + std::to_string(request.body.size()) + " bytes");
  }
  return url;
}

Status check_options(const HttpTransportOptions& options) {
  if (options.max_concurrent_requests < 1 || options.max_concurrent_requests > kMaxConcurrentRequests) {
    return invalid("max_concurrent_requests is " + std::to_string(options.max_concurrent_requests) +
                   "; 1 to 1024 are accepted");
  }
  if (!std::ranges::all_of(options.user_agent, is_value_character)) {
    return invalid("user_agent has a line break or another control character");
  }
  if (Status checked = check_proxy(options.proxy); !checked) return checked;
  return check_ca_file(options.ca_file);
}

}  // namespace scaup::inline v0
