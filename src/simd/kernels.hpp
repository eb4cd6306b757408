#pragma once
// The distance kernels as a table of function pointers, and the choice of one table for the process.
// All pointers may be unaligned; `n` may be any number, 0 included. Kernels never allocate and never fail.

#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// Kernels of one instruction set. The f32 kernels accumulate in f32 in several lanes: a result differs
/// from the exact sum by at most `kernel_error_factor(n)` times the sum of the absolute values of the terms.
struct Kernels {
  std::string_view name;  ///< "SCALAR", or as the SIMD library calls the target: "SSE4", "AVX2", "AVX3", ...
  float (*dot)(const float* a, const float* b, std::size_t n) noexcept;
  float (*l2_squared)(const float* a, const float* b, std::size_t n) noexcept;
  float (*norm_squared)(const float* a, std::size_t n) noexcept;
  /// out[i] = dot(query, rows[i]) for four rows, read as four streams.
  void (*dot_4_rows)(const float* query, const float* const rows[4], std::size_t n, float out[4]) noexcept;
  /// out[i] = l2_squared(query, rows[i]) for four rows, read as four streams.
  void (*l2_squared_4_rows)(const float* query, const float* const rows[4], std::size_t n, float out[4]) noexcept;
  /// The same as `dot` and `l2_squared` with every product and sum in double.
  double (*dot_double)(const float* a, const float* b, std::size_t n) noexcept;
  double (*l2_squared_double)(const float* a, const float* b, std::size_t n) noexcept;
};

/// Bound on the relative rounding error of an f32 kernel over n terms, valid for any order of summation
/// (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., section 3.1): n*u / (1 - n*u), u = 2^-24,
/// with three roundings more for the difference and the square of a term.
[[nodiscard]] constexpr double kernel_error_factor(std::size_t n) noexcept {
  const double nu = (static_cast<double>(n) + 3.0) * 0x1p-24;
  return nu / (1.0 - nu);
}

/// The table of this process, chosen at the first call, see scaup::simd_target(). Where the environment asks
/// for a target that is not there, the scalar table; `simd_target()` reports the error.
[[nodiscard]] const Kernels& kernels() noexcept;

/// Every table that this processor can run, the scalar reference first; for tests and benches.
[[nodiscard]] std::span<const Kernels> all_kernels();

}  // namespace scaup::inline v0
