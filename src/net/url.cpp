// Parsing of absolute http URLs (RFC 3986, section 3, without the parts that requests here do not need).

#include "net/url.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <utility>

#include "base/ascii.hpp"
#include "base/in_quotes.hpp"

namespace scaup::inline v0 {

namespace {

constexpr std::size_t kMaxUrlBytes = 8192;
constexpr unsigned kMaxPort = 65535;

Error bad_url(std::string why) {
  return {ErrorCode::invalid_argument, "http: the URL " + std::move(why)};
}

bool is_host_character(char c) noexcept {
  return is_ascii_digit(c) || (c >= 'a' && c <= 'z') || c == '.' || c == '-' || c == '_';
}

bool is_address_character(char c) noexcept {
  return is_ascii_digit(c) || (c >= 'a' && c <= 'f') || c == ':' || c == '.';
}

bool is_host(std::string_view host) noexcept {
  if (host.starts_with('[')) {
    return host.size() > 2 && host.ends_with(']') &&
           std::ranges::all_of(host.substr(1, host.size() - 2), is_address_character);
  }
  return !host.empty() && std::ranges::all_of(host, is_host_character);
}

bool is_port(std::string_view port) noexcept {
  unsigned value = 0;
  const auto [end, failure] = std::from_chars(port.data(), port.data() + port.size(), value);
  return failure == std::errc() && end == port.data() + port.size() && value >= 1 && value <= kMaxPort;
}

/// Where the host ends in "host:port" or "[address]:port".
std::size_t host_end(std::string_view authority) noexcept {
  const std::size_t bracket = authority.starts_with('[') ? authority.find(']') : 0;
  return bracket == std::string_view::npos ? authority.size()
                                           : std::min(authority.find(':', bracket), authority.size());
}

Result<HttpScheme> parse_scheme(std::string_view url) {
  const std::string begin = ascii_lower_case(url.substr(0, 8));
  if (begin == "https://") return HttpScheme::https;
  if (begin.starts_with("http://")) return HttpScheme::http;
  return bad_url("does not begin with https:// or http://");
}

/// A decimal from 0 to 255 without leading zeros, at the front of `text`, which is cut behind it.
bool take_octet(std::string_view& text) noexcept {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  if (digits == 0 || digits > 3 || (digits > 1 && text[0] == '0')) return false;
  unsigned value = 0;
  std::from_chars(text.data(), text.data() + digits, value);
  text.remove_prefix(digits);
  return value <= 255;
}

}  // namespace

bool is_loopback(std::string_view host) noexcept {
  if (host == "localhost" || host == "[::1]") return true;
  if (!host.starts_with("127.")) return false;
  for (int i = 0; i < 4; ++i) {
    if (!take_octet(host)) return false;
    if (i == 3) return host.empty();
    if (!host.starts_with('.')) return false;
    host.remove_prefix(1);
  }
  return false;
}

Result<HttpUrl> parse_http_url(std::string_view url) {
  if (url.size() > kMaxUrlBytes) {
    return bad_url("has " + std::to_string(url.size()) + " bytes; at most " + std::to_string(kMaxUrlBytes) +
                   " are accepted");
  }
  const auto refused = [](char c) { return c <= ' ' || c > '~' || c == '\\'; };
  const auto bad = std::ranges::find_if(url, refused);
  if (bad != url.end()) {
    return bad_url("has a blank, a backslash, a control character or a byte that is not ASCII at offset " +
                   std::to_string(bad - url.begin()) + "; write it as %XX");
  }
  Result<HttpScheme> scheme = parse_scheme(url);
  if (!scheme) return std::move(scheme).error();
  const std::string_view rest = url.substr(*scheme == HttpScheme::https ? 8 : 7);
  const std::string authority = ascii_lower_case(rest.substr(0, rest.find_first_of("/?#")));
  if (authority.find('@') != std::string::npos) return bad_url("holds a user name; give keys as secret headers");
  const std::size_t end = host_end(authority);
  std::string host = authority.substr(0, end);
  if (!is_host(host)) return bad_url("has the host " + in_quotes(host) + ", which is neither a name nor an address");
  if (end < authority.size() && !is_port(std::string_view(authority).substr(end + 1))) {
    return bad_url("of the host " + in_quotes(host) + " has a port that is not from 1 to 65535");
  }
  return HttpUrl{*scheme, std::move(host), authority, std::string(rest.substr(0, rest.find_first_of("?#")))};
}

}  // namespace scaup::inline v0
