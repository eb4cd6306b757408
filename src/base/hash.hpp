#pragma once
// XXH3, the one hash of the library: checksums on disk, content ids, hash tables. Not a MAC.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace scaup::inline v0 {

struct Hash128 {
  std::uint64_t low = 0;
  std::uint64_t high = 0;

  friend bool operator==(const Hash128&, const Hash128&) = default;
};

[[nodiscard]] std::uint64_t hash64(std::span<const std::byte> bytes, std::uint64_t seed = 0) noexcept;
[[nodiscard]] std::uint64_t hash64(std::string_view text, std::uint64_t seed = 0) noexcept;
[[nodiscard]] Hash128 hash128(std::string_view text, std::uint64_t seed = 0) noexcept;

/// Appends a text with its length before it, so that no two lists of texts give the same bytes to hash.
void append_field(std::string& bytes, std::string_view text);

}  // namespace scaup::inline v0
