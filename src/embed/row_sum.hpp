#pragma once
// Sums of scaled rows of numbers: the inner loop of a static embedder.

#include <cstddef>
#include <span>

namespace scaup::inline v0 {

/// `sum[i] += scale * row[i]` for int8 numbers; `row` has `sum.size()` bytes.
void add_scaled_i8(std::span<float> sum, const std::byte* row, float scale) noexcept;
/// The same for f32 numbers; `row` has `4 * sum.size()` bytes and may lie at any address.
void add_scaled_f32(std::span<float> sum, const std::byte* row, float scale) noexcept;

}  // namespace scaup::inline v0
