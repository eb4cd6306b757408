#pragma once
// Trimming of ranges; white space is what Unicode's property White_Space says.

#include <cstddef>
#include <string_view>

#include "text/chunkers/unit_counter.hpp"
#include "text/unicode.hpp"

namespace scaup::inline v0 {

/// `range` without the white space it begins with, or ends with.
[[nodiscard]] ByteRange trim_begin(std::string_view text, ByteRange range) noexcept;
[[nodiscard]] ByteRange trim_end(std::string_view text, ByteRange range) noexcept;

/// `range` without the white space at both ends; empty, at its end, if it holds nothing else. `text` is UTF-8.
[[nodiscard]] ByteRange trim(std::string_view text, ByteRange range) noexcept;

}  // namespace scaup::inline v0
