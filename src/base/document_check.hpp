#pragma once
// What documents and metadata from outside must fulfil: lengths, UTF-8, keys, finite numbers.
// One place, so that every way into the library refuses the same things with the same words.

#include <cstddef>
#include <string_view>

#include "scaup/document.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

inline constexpr std::size_t kMaxIdBytes = 65'536;
inline constexpr std::size_t kMaxTextBytes = std::size_t{16} << 20U;
inline constexpr std::size_t kMaxKeyBytes = 1'024;
inline constexpr std::size_t kMaxMetadataEntries = 10'000;

// Errors of all: `invalid_argument`. A message begins with the part at fault ("id: ", "metadata: ") and
// never holds the text of a document.

/// UTF-8; `what` begins the message: `what: byte 0xff at offset 3 is not UTF-8`.
[[nodiscard]] Status check_utf8(std::string_view what, std::string_view text);
/// Not empty, at most kMaxIdBytes, UTF-8.
[[nodiscard]] Status check_id(std::string_view id);
/// At most kMaxTextBytes, UTF-8; may be empty.
[[nodiscard]] Status check_text(std::string_view text);
/// Not empty, at most kMaxKeyBytes, UTF-8, not beginning with '$', not "#document".
[[nodiscard]] Status check_key(std::string_view key);
/// At most kMaxMetadataEntries; every key and value, elements of lists included.
[[nodiscard]] Status check_metadata(const Metadata& metadata);
/// Limits and UTF-8. The range must be a range; whether it is that of the text only the source can tell.
[[nodiscard]] Status check_origin(const Origin& origin);
/// Id, text, metadata and origin; the embedding is left to who knows the dimension.
[[nodiscard]] Status check_document(const Document& document);

}  // namespace scaup::inline v0
