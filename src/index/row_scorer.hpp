#pragma once
// One query against rows: a fast integer estimate from int8 codes with a proven error bound, and the exact
// score in double.
//
// With q the query, r a row, q' and r' what their codes stand for:
//   q.r = q'.r' + (q - q').r' + q.(r - r'),  so by Cauchy-Schwarz
//   |q.r - q'.r'| <= |q - q'| * (|r| + |r - r'|) + |q| * |r - r'|.
// The norms on the right are kept (|r|, |r - r'|) or known of the query; the integer product is exact, and the
// few operations in double are covered by a relative slack.

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/aligned_memory.hpp"
#include "index/row_codes.hpp"
#include "index/row_segment.hpp"
#include "scaup/metric.hpp"
#include "simd/kernels.hpp"

namespace scaup::inline v0 {

/// The score of a row as scaup::score() defines it, in double, from `n` components or more: zeros behind them change
/// nothing.
[[nodiscard]] double exact_score(Metric metric, const float* query, double query_norm, const float* row,
                                 double row_norm, std::size_t n) noexcept;

/// Thread-compatible: const members concurrently; a non-const member needs exclusive access.
class RowScorer {
 public:
  RowScorer(Metric metric, std::span<const float> query);

  /// What a row must reach, as a linear form of its integer product and its factors: one multiplication and
  /// addition for each, whatever the metric.
  struct Bar {
    double product = 0;       ///< times scale * integer product
    double residual = 0;      ///< times the residual norm
    double norm = 0;          ///< times the norm
    double norm_squared = 0;  ///< times the norm squared
    double least = 0;         ///< the sum must reach this
  };

  /// The bar that every row with a score of at least `threshold` reaches.
  [[nodiscard]] Bar bar(double threshold) const noexcept;

  /// Whether a row has, for certain, a score below the threshold of the bar. False for a row without a vector.
  [[nodiscard]] static bool misses(const Bar& bar, std::int32_t product, RowFactors factors, double norm) noexcept {
    return static_cast<double>(product) * static_cast<double>(factors.scale) * bar.product +
               static_cast<double>(factors.residual) * bar.residual + norm * bar.norm + norm * norm * bar.norm_squared <
           bar.least;
  }

  /// The integer products of the query with codes of rows.
  [[nodiscard]] std::int32_t product(const std::int8_t* codes) const noexcept {
    return kernels_.dot_int16_int8(codes_, codes, code_stride_);
  }
  void product_4(const std::int8_t* const rows[4], std::int32_t out[4]) const noexcept {
    kernels_.dot_int16_int8_4_rows(codes_, rows, code_stride_, out);
  }
  /// out[row][i] = the product of the i-th of four queries of the same dimension with each of four rows.
  static void product_4_queries(const RowScorer* const scorers[4], const std::int8_t* const rows[4],
                                std::int32_t out[4][4]) noexcept {
    const std::int16_t* const queries[4] = {scorers[0]->codes_, scorers[1]->codes_, scorers[2]->codes_,
                                            scorers[3]->codes_};
    scorers[0]->kernels_.dot_int16_int8_4_queries(queries, rows, scorers[0]->code_stride_, out);
  }
  /// The int16 codes of the query, `code_stride(dimension)` of them, 64-byte aligned.
  [[nodiscard]] const std::int16_t* codes() const noexcept { return codes_; }

  /// The score as scaup::score() defines it.
  [[nodiscard]] double exact(const float* row, double row_norm) const noexcept {
    return exact_score(metric_, query_, norm_, row, row_norm, stride_);
  }

 private:
  Metric metric_;
  const Kernels& kernels_;
  std::size_t stride_;
  std::size_t code_stride_;
  AlignedMemory memory_;  // the query as floats, then as codes
  float* query_;
  std::int16_t* codes_;
  double norm_ = 0;
  QueryCodes factors_;
};

}  // namespace scaup::inline v0
