#include "index/row_segment.hpp"

#include <algorithm>
#include <bit>

#include "simd/kernels.hpp"

namespace scaup::inline v0 {

std::size_t rows_per_segment(std::size_t dimension) noexcept {
  constexpr std::size_t kTargetBytes = std::size_t{16} << 20;
  constexpr std::size_t kFewest = 64;
  return std::max(kFewest, std::bit_floor(kTargetBytes / (row_stride(dimension) * sizeof(float))));
}

RowSegment::RowSegment(std::size_t rows, std::size_t dimension, HugePages pages)
    : stride_(row_stride(dimension)),
      code_stride_(code_stride(dimension)),
      float_memory_(rows * stride_ * sizeof(float), HugePages::when_told),
      code_memory_(rows * code_stride_, pages),
      floats_(reinterpret_cast<float*>(float_memory_.data())),
      codes_(reinterpret_cast<std::int8_t*>(code_memory_.data())),
      factors_(std::make_unique_for_overwrite<RowFactors[]>(rows)),
      norms_(std::make_unique_for_overwrite<double[]>(rows)),
      died_memory_(rows * sizeof(std::atomic<Sequence>), HugePages::none),
      died_(reinterpret_cast<std::atomic<Sequence>*>(died_memory_.data())) {}

void RowSegment::will_write(std::size_t first, std::size_t last) noexcept {
  float_memory_.will_fill(first * stride_ * sizeof(float), last * stride_ * sizeof(float));
  code_memory_.will_fill(first * code_stride_, last * code_stride_);
}

void RowSegment::write(std::size_t index, std::span<const float> vector) noexcept {
  float* out = floats_ + index * stride_;
  std::ranges::copy(vector, out);
  std::fill(out + vector.size(), out + stride_, 0.0F);
  norms_[index] =
      vector.empty() ? std::numeric_limits<double>::quiet_NaN() : std::sqrt(kernels().dot_double(out, out, stride_));
  factors_[index] = encode_row(vector, std::span(codes_ + index * code_stride_, code_stride_));
}

}  // namespace scaup::inline v0
