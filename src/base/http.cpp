// What all transports share: the destructor of the interface, and looking up headers.

#include "scaup/http.hpp"
#include "base/ascii.hpp"

#include <algorithm>

namespace scaup::inline v0 {

HttpTransport::~HttpTransport() = default;

std::string_view HttpResponse::header(std::string_view name) const noexcept {
  // Names of headers are the same in small and capital letters (RFC 9110, section 5.1).
  const auto same_name = [&](const HttpHeader& header) { return equal_but_ascii_case(header.name, name); };
  const auto found = std::ranges::find_if(headers, same_name);
  return found == headers.end() ? std::string_view() : std::string_view(found->value);
}

}  // namespace scaup::inline v0
