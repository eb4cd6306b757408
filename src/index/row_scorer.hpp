#pragma once
// One query against rows: a fast f32 estimate with a proven error bound, and the exact score in double.

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstddef>
#include <span>

#include "base/aligned_memory.hpp"
#include "index/row_segment.hpp"
#include "scaup/metric.hpp"
#include "simd/kernels.hpp"

namespace scaup::inline v0 {

/// Thread-compatible: const members concurrently; a non-const member needs exclusive access.
class RowScorer {
 public:
  RowScorer(Metric metric, std::span<const float> query)
      : metric_(metric),
        kernels_(kernels()),
        stride_(row_stride(query.size())),
        memory_(stride_ * sizeof(float)),
        query_(reinterpret_cast<float*>(memory_.data())) {
    std::ranges::copy(query, query_);
    std::fill(query_ + query.size(), query_ + stride_, 0.0F);
    query_norm_ = std::sqrt(kernels_.dot_double(query_, query_, stride_));
    // Beside the rounding that the factor bounds, each of the n products may lose what is below the smallest
    // denormal f32, 2^-149; and the double arithmetic of the bound itself is allowed for.
    error_factor_ = kernel_error_factor(stride_) + 1e-12;
    underflow_ = static_cast<double>(stride_) * 0x1p-149;
  }

  /// Estimates in the unit of the kernel: a dot product, or for l2 a squared distance.
  [[nodiscard]] float estimate(const float* row) const noexcept {
    return metric_ == Metric::l2 ? kernels_.l2_squared(query_, row, stride_) : kernels_.dot(query_, row, stride_);
  }
  void estimate_4(const float* const rows[4], float out[4]) const noexcept {
    if (metric_ == Metric::l2) {
      kernels_.l2_squared_4_rows(query_, rows, stride_, out);
    } else {
      kernels_.dot_4_rows(query_, rows, stride_, out);
    }
  }

  /// Whether a row with this estimate and norm has, for certain, a score below `threshold`.
  [[nodiscard]] bool cannot_reach(double threshold, float estimate, double row_norm) const noexcept {
    if (!(std::abs(estimate) <= FLT_MAX)) return false;  // overflowed, so the estimate says nothing
    const double value = static_cast<double>(estimate);
    const double norms = query_norm_ * row_norm;
    switch (metric_) {
      case Metric::cosine: return value + underflow_ < (threshold - error_factor_) * norms;
      case Metric::inner_product: return value + underflow_ + error_factor_ * norms < threshold;
      case Metric::l2: return -(value - underflow_) / (1.0 + error_factor_) < threshold;
    }
    return false;
  }

  /// The score as scaup::score() defines it.
  [[nodiscard]] double exact(const float* row, double row_norm) const noexcept {
    switch (metric_) {
      case Metric::cosine:
        return std::clamp(kernels_.dot_double(query_, row, stride_) / (query_norm_ * row_norm), -1.0, 1.0);
      case Metric::inner_product: return kernels_.dot_double(query_, row, stride_);
      case Metric::l2: return -kernels_.l2_squared_double(query_, row, stride_);
    }
    return 0;
  }

 private:
  Metric metric_;
  const Kernels& kernels_;
  std::size_t stride_;
  AlignedMemory memory_;
  float* query_;
  double query_norm_ = 0;
  double error_factor_ = 0;
  double underflow_ = 0;
};

}  // namespace scaup::inline v0
