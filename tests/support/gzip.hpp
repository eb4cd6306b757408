#pragma once
// gzip for test servers: sound members, and small ones that grow large.

#include <cstddef>
#include <string>
#include <string_view>

namespace scaup::test {

/// `text` as one gzip member (RFC 1952).
[[nodiscard]] std::string gzip(std::string_view text);

/// A gzip member of about a thousandth of `size` bytes, which are all zero when it is unpacked.
[[nodiscard]] std::string gzip_bomb(std::size_t size);

}  // namespace scaup::test
