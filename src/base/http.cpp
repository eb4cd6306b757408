// What all transports share: the destructor of the interface, and looking up headers.

#include "scaup/http.hpp"

#include <algorithm>

namespace scaup::inline v0 {

namespace {

// ASCII alone, as header names are; the locale has no say.
char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

HttpTransport::~HttpTransport() = default;

std::string_view HttpResponse::header(std::string_view name) const noexcept {
  const auto same_name = [&](const HttpHeader& header) {
    return std::ranges::equal(header.name, name, {}, lower, lower);
  };
  const auto found = std::ranges::find_if(headers, same_name);
  return found == headers.end() ? std::string_view() : std::string_view(found->value);
}

}  // namespace scaup::inline v0
