// Header lines with libcurl's own additions switched off where they would surprise.

#include "net/header_lines.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/ascii.hpp"
#include "base/wipe.hpp"
#include "net/url.hpp"

namespace scaup::inline v0 {

namespace {

struct DefaultLine {
  std::string_view name;  // lower case
  std::string_view line;
};

// What libcurl would add to a body by itself: a form's type, and waiting for a "100 Continue" before larger bodies.
constexpr std::array kDefaults = {DefaultLine{"content-type", "Content-Type:"}, DefaultLine{"expect", "Expect:"}};
// Unpacking goes on while a transfer is paused, so a streamed body must come as it is for memory to stay bounded.
constexpr DefaultLine kNoCoding = {"accept-encoding", "Accept-Encoding: identity"};

bool has_header(const HttpRequest& request, std::string_view name) {
  return std::ranges::any_of(request.headers,
                             [&](const auto& header) { return ascii_lower_case(header.name) == name; });
}

std::string plain_line(const HttpHeader& header) {
  return header.value.empty() ? header.name + ";" : header.name + ": " + header.value;
}

/// Made in one piece, so that no shorter copy stays in memory.
std::string secret_line(const HttpSecretHeader& header) {
  const auto key = header.secret.reveal();
  std::string line;
  line.reserve(header.name.size() + 2 + header.prefix.size() + key.size());
  line.append(header.name).append(": ").append(header.prefix);
  line.append(reinterpret_cast<const char*>(key.data()), key.size());
  return line;
}

}  // namespace

HeaderLines::HeaderLines(const HttpRequest& request, BodyMode mode) {
  lines_.reserve(request.headers.size() + request.secret_headers.size() + kDefaults.size() + 1);
  for (const HttpHeader& header : request.headers) {
    const bool replaced = mode == BodyMode::streamed && ascii_lower_case(header.name) == kNoCoding.name;
    if (!replaced) lines_.push_back(plain_line(header));
  }
  for (const DefaultLine& standard : kDefaults) {
    if (!has_header(request, standard.name)) lines_.emplace_back(standard.line);
  }
  if (mode == BodyMode::streamed) lines_.emplace_back(kNoCoding.line);
  for (const HttpSecretHeader& header : request.secret_headers) lines_.push_back(secret_line(header));
}

HeaderLines::~HeaderLines() {
  for (std::string& line : lines_) wipe(std::as_writable_bytes(std::span(line)));
}

}  // namespace scaup::inline v0
