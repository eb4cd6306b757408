#pragma once
// Dates in metadata as seconds.

#include <optional>

#include "scaup/document.hpp"

namespace scaup::inline v0 {

/// The moment that a value names, in seconds since 1970-01-01 00:00 UTC. A number is these seconds. A string is ISO
/// 8601 in its extended form: YYYY-MM-DD, or YYYY-MM-DDThh:mm with seconds, a fraction and an offset (Z, +hh:mm,
/// -hh:mm) where they are known; 't', 'z' and a space in place of the T count too (RFC 3339). Without an offset: UTC.
/// Nothing for another type, a number that is not finite, and what is no date.
[[nodiscard]] std::optional<double> seconds_since_1970(const Value& value) noexcept;

}  // namespace scaup::inline v0
