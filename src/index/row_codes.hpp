#pragma once
// int8 codes of rows: a quarter of the bytes of f32, with what is needed to bound the error of using them.
//
// A row r is kept as codes c and a scale s: r = s*c + e. The Euclidean norm of the rest e is kept beside them, so
// that by Cauchy-Schwarz |q.r - s*(q.c)| <= |q|*|e| for every query q. The scale is of the row: one scale for all rows
// would lose small rows beside large ones.

#include <cstddef>
#include <cstdint>
#include <span>

namespace scaup::inline v0 {

/// What belongs to the codes of one row.
struct RowFactors {
  float scale = 0;     ///< a component is about scale * code
  float residual = 0;  ///< at least the norm of the row minus scale * codes; rounded up
};

/// Bytes from one row of codes to the next: the dimension rounded up to a cache line.
[[nodiscard]] constexpr std::size_t code_stride(std::size_t dimension) noexcept {
  constexpr std::size_t kLine = 64;
  return (dimension + kLine - 1) / kLine * kLine;
}

/// Writes the codes of `row` (finite floats), in [-127, 127], and zeros up to the end of `codes`, which has
/// `code_stride(row.size())` elements or more. A row of zeros has codes, scale and residual 0.
[[nodiscard]] RowFactors encode_row(std::span<const float> row, std::span<std::int8_t> codes) noexcept;

/// A query in int16, for products with codes: q = query / scale + e, the norm of e being at most `residual`.
struct QueryCodes {
  double scale = 0;     ///< a component is about code / scale
  double residual = 0;  ///< at least the norm of the query minus codes / scale; rounded up
};

/// Writes the int16 codes of `query` and zeros up to the end of `codes`. The sum of their absolute values is at
/// most kMaxInt16QuerySum, so that no product with row codes overflows int32.
[[nodiscard]] QueryCodes encode_query(std::span<const float> query, std::span<std::int16_t> codes) noexcept;

}  // namespace scaup::inline v0
