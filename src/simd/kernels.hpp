#pragma once
// The distance kernels as a table of function pointers, and the choice of one table for the process.
// All pointers may be unaligned; `n` may be any number, 0 included. Kernels never allocate, never fail and
// never read outside the n elements of each argument.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// Kernels of one instruction set.
///
/// The f32 kernels accumulate in f32 in several lanes: where no step overflows, a result differs from the
/// exact sum by at most `kernel_error_bound(n, t)`, t being the exact sum of the absolute values of the
/// terms. Where a term or a partial sum exceeds FLT_MAX the result is an infinity or NaN and says nothing:
/// a caller treats a result that is not finite as unknown and asks the double kernel.
///
/// The double kernels give the same bits in every table: 16 partial sums, element i in sum i % 16, folded
/// in a fixed order. For finite floats and n up to 2^32 they neither overflow nor lose a term to underflow.
///
/// The integer kernels are exact, the same in every table, as long as no partial sum can leave int32.
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
  /// The dot product of a query of int16 and a row of int8 codes. The sum of all |query[i] * codes[i]| must
  /// be at most 2^31 - 1. Any codes and a query whose absolute values sum up to at most
  /// `kMaxInt16QuerySum` keep to that; the query may not hold -32768.
  std::int32_t (*dot_int16_int8)(const std::int16_t* query, const std::int8_t* codes, std::size_t n) noexcept;
  /// out[i] = dot_int16_int8(query, rows[i]) for four rows, read as four streams; the same condition.
  void (*dot_int16_int8_4_rows)(const std::int16_t* query, const std::int8_t* const rows[4], std::size_t n,
                                std::int32_t out[4]) noexcept;
  /// out[row][query] = dot_int16_int8(queries[query], rows[row], n) for four of each; the same condition.
  void (*dot_int16_int8_4_queries)(const std::int16_t* const queries[4], const std::int8_t* const rows[4],
                                   std::size_t n, std::int32_t out[4][4]) noexcept;
  /// The dot product of two rows of int8 codes; n at most `kMaxInt8Terms`. A squared distance follows from
  /// it and the two norms, also where each row has a scale of its own.
  std::int32_t (*dot_int8)(const std::int8_t* a, const std::int8_t* b, std::size_t n) noexcept;
};

/// The largest sum of absolute values of an int16 query: times 128 it still fits into int32. Codes made here are at
/// most 127; those that a file brings may be anything.
inline constexpr std::int32_t kMaxInt16QuerySum = 2'147'483'647 / 128;

/// The most terms of an int8 dot product: each is at most 128 * 128.
inline constexpr std::size_t kMaxInt8Terms = 2'147'483'647 / (128 * 128);

/// Bound on the relative rounding error of an f32 kernel over n terms, valid for any order of summation and
/// with or without fused multiply-add (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed.,
/// sections 3.1 and 4.2): the additions round a term at most n - 1 times, whatever their order; its product
/// rounds once, unless fused; a difference that is squared, twice. Starting from zero lanes and adding them
/// rounds nothing. So k = n + 2 roundings at most, also for norms, and k*u / (1 - k*u) with u = 2^-24; one
/// more is counted for the computation of the bound itself.
[[nodiscard]] constexpr double kernel_error_factor(std::size_t n) noexcept {
  const double nu = (static_cast<double>(n) + 3.0) * 0x1p-24;
  return nu / (1.0 - nu);
}

/// Bound on the absolute error of an f32 kernel over n terms whose absolute values sum up to `sum_of_terms`:
/// the relative one, and for each term what a product or a square loses below the smallest normal number
/// (half of 2^-149; sums and differences lose nothing there). Valid while n < 2^22.
[[nodiscard]] constexpr double kernel_error_bound(std::size_t n, double sum_of_terms) noexcept {
  return kernel_error_factor(n) * sum_of_terms + static_cast<double>(n) * 0x1p-149;
}

/// The table of this process, chosen at the first call, see scaup::simd_target(). Where the environment asks
/// for a target that is not there, the scalar table; `simd_target()` reports the error. Thread-safe.
[[nodiscard]] const Kernels& kernels() noexcept;

/// Every table that this processor can run, the scalar reference first, then from the oldest instruction set
/// to the best; for tests and benches. Thread-safe.
[[nodiscard]] std::span<const Kernels> all_kernels() noexcept;

}  // namespace scaup::inline v0
