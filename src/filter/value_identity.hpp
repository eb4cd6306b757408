#pragma once
// When two metadata values are one and the same group, and the hash that goes with it.

#include <cstdint>

#include "scaup/document.hpp"

namespace scaup::inline v0 {

/// Strings, numbers and bools where a filter calls them equal (the integer 1 and the real 1.0 are identical); lists
/// where their type, their elements and the order of these are the same.
[[nodiscard]] bool identical_values(const Value& a, const Value& b) noexcept;

/// Equal for identical values.
[[nodiscard]] std::uint64_t identity_hash(const Value& value) noexcept;

}  // namespace scaup::inline v0
