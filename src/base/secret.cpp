// Secret: wiping, comparing, and the environment.

#include "scaup/secret.hpp"

#include <cstdlib>
#include <string>
#include <utility>

#include "base/boundary.hpp"
#include "base/in_quotes.hpp"
#include "base/wipe.hpp"

namespace scaup::inline v0 {

Secret::~Secret() {
  wipe(bytes_);
}

Secret& Secret::operator=(const Secret& other) {
  return *this = Secret(other);  // a new block: assigning in place could free the old one unwiped
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this == &other) return *this;
  wipe(bytes_);
  bytes_ = std::exchange(other.bytes_, {});
  return *this;
}

Secret Secret::from_string(std::string_view text) {
  return Secret(std::as_bytes(std::span(text.data(), text.size())));
}

Secret Secret::from_bytes(std::span<const std::byte> bytes) {
  return Secret(bytes);
}

Result<Secret> Secret::from_environment(std::string_view name) {
  return guarded([&]() -> Result<Secret> {
    const char* const value = std::getenv(std::string(name).c_str());
    if (value == nullptr) {
      return Error(ErrorCode::not_found, "secret: the environment variable " + in_quotes(name) + " is not set");
    }
    if (*value == '\0') {
      return Error(ErrorCode::invalid_argument, "secret: the environment variable " + in_quotes(name) + " is empty");
    }
    return from_string(value);
  });
}

bool Secret::operator==(const Secret& other) const noexcept {
  if (bytes_.size() != other.bytes_.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < bytes_.size(); ++i) difference |= std::to_integer<unsigned>(bytes_[i] ^ other.bytes_[i]);
  return difference == 0;
}

}  // namespace scaup::inline v0
