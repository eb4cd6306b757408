#pragma once
// The check that every vector from outside passes before it is kept or compared: all components finite.

#include <cstddef>
#include <optional>
#include <span>

#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// The index of the first component that is NaN or infinite, or nothing.
[[nodiscard]] std::optional<std::size_t> first_not_finite(std::span<const float> vector) noexcept;

/// Success if all components are finite; else `invalid_argument` that names the first one that is not, its
/// index and its value, as in "component 3 is NaN, every component must be finite". The caller adds which
/// vector it is.
[[nodiscard]] Status check_finite(std::span<const float> vector);

}  // namespace scaup::inline v0
