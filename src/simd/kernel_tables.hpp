#pragma once
// Where the tables come from: one plain C++ table, and one for each target of the SIMD library.

#include <cstddef>
#include <span>

#include "simd/kernels.hpp"

namespace scaup::inline v0 {

/// The number of partial sums of a double kernel, see Kernels.
inline constexpr std::size_t kDoubleSums = 16;

/// The reference table "SCALAR": one term after another, in order.
[[nodiscard]] Kernels scalar_kernels() noexcept;

/// Writes the table of each compiled target that this processor supports, the best one last, and returns
/// how many; where `tables` is too small, the worst ones are left out.
[[nodiscard]] std::size_t highway_kernels(std::span<Kernels> tables) noexcept;

}  // namespace scaup::inline v0
