#include "index/row_scorer.hpp"

#include <algorithm>
#include <cmath>

namespace scaup::inline v0 {
namespace {

// Relative slack for the rounding of norms, products and sums in double: some 2^-50 in truth.
constexpr double kSlack = 1e-12;

}  // namespace

RowScorer::RowScorer(Metric metric, std::span<const float> query)
    : metric_(metric),
      kernels_(kernels()),
      stride_(row_stride(query.size())),
      code_stride_(code_stride(query.size())),
      memory_(stride_ * sizeof(float) + code_stride_ * sizeof(std::int16_t)),
      query_(reinterpret_cast<float*>(memory_.data())),
      codes_(reinterpret_cast<std::int16_t*>(memory_.data() + stride_ * sizeof(float))) {
  std::ranges::copy(query, query_);
  std::fill(query_ + query.size(), query_ + stride_, 0.0F);
  norm_ = std::sqrt(kernels_.dot_double(query_, query_, stride_));
  factors_ = encode_query(query, std::span(codes_, code_stride_));
}

RowScorer::Bar RowScorer::bar(double threshold) const noexcept {
  const double per_product = factors_.scale > 0 ? 1.0 / factors_.scale : 0.0;
  const double per_residual = factors_.residual + norm_;
  const double per_norm = factors_.residual + kSlack * norm_;
  switch (metric_) {
    case Metric::cosine:  // q.r >= threshold * |q| * |r|
      return {per_product, per_residual, per_norm - threshold * norm_ + std::abs(threshold) * kSlack * norm_, 0.0, 0.0};
    case Metric::inner_product:  // q.r >= threshold
      return {per_product, per_residual, per_norm, 0.0, threshold};
    case Metric::l2:  // 2 q.r - |r|^2 >= threshold + |q|^2
      return {2 * per_product, 2 * per_residual, 2 * per_norm, kSlack - 1.0,
              threshold + norm_ * norm_ * (1.0 - kSlack)};
  }
  return {};
}

double exact_score(Metric metric, const float* query, double query_norm, const float* row, double row_norm,
                   std::size_t n) noexcept {
  switch (metric) {
    case Metric::cosine: return std::clamp(kernels().dot_double(query, row, n) / (query_norm * row_norm), -1.0, 1.0);
    case Metric::inner_product: return kernels().dot_double(query, row, n);
    case Metric::l2: return -kernels().l2_squared_double(query, row, n);
  }
  return 0;
}

}  // namespace scaup::inline v0
