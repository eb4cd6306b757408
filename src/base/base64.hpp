#pragma once
// Base64 as RFC 4648, section 4 defines it: the standard alphabet, padded, nothing else between.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "scaup/config.hpp"

namespace scaup::inline v0 {

/// How many bytes `text` stands for, by its length and padding; nothing if no base64 text has that length.
[[nodiscard]] SCAUP_API std::optional<std::size_t> decoded_base64_size(std::string_view text) noexcept;

/// Decodes `text` into `out`, which must have `decoded_base64_size(text)` bytes. False for a foreign character, line
/// breaks included, padding inside, and for bits after the last byte that are not 0, so that each value has one
/// encoding.
[[nodiscard]] SCAUP_API bool decode_base64(std::string_view text, std::span<std::byte> out) noexcept;

/// Appends the padded base64 text of `bytes` to `out`.
SCAUP_API void append_base64(std::string& out, std::string_view bytes);

}  // namespace scaup::inline v0
