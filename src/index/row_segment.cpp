#include "index/row_segment.hpp"

#include <algorithm>
#include <bit>

#include "simd/kernels.hpp"

namespace scaup::inline v0 {

std::size_t rows_per_segment(std::size_t dimension) noexcept {
  constexpr std::size_t kTargetBytes = std::size_t{16} << 20;
  constexpr std::size_t kFewest = 64;
  constexpr std::size_t kMost = 32768;  // what stands beside each row would be more than the rows
  return std::clamp(std::bit_floor(kTargetBytes / (row_stride(dimension) * sizeof(float))), kFewest, kMost);
}

RowSegment::RowSegment(std::size_t rows, std::size_t dimension, HugePages pages)
    : stride_(row_stride(dimension)),
      code_stride_(code_stride(dimension)),
      float_memory_(rows * stride_ * sizeof(float), HugePages::when_told),
      code_memory_(rows * code_stride_, pages),
      factor_memory_(rows * sizeof(RowFactors)),
      norm_memory_(rows * sizeof(double)),
      floats_(own_floats()),
      codes_(own_codes()),
      factors_(own_factors()),
      norms_(own_norms()),
      died_memory_(rows * sizeof(std::atomic<Sequence>)),
      died_(reinterpret_cast<std::atomic<Sequence>*>(died_memory_.data())) {}

RowSegment::RowSegment(std::size_t rows, std::size_t dimension, const BorrowedRows& borrowed)
    : stride_(row_stride(dimension)),
      code_stride_(code_stride(dimension)),
      floats_(borrowed.floats),
      codes_(borrowed.codes),
      factors_(borrowed.factors),
      norms_(borrowed.norms),
      guard_(borrowed.guard),
      first_(borrowed.first),
      died_memory_(rows * sizeof(std::atomic<Sequence>)),
      died_(reinterpret_cast<std::atomic<Sequence>*>(died_memory_.data())) {}

void RowSegment::will_write(std::size_t first, std::size_t last) noexcept {
  float_memory_.will_fill(first * stride_ * sizeof(float), last * stride_ * sizeof(float));
  code_memory_.will_fill(first * code_stride_, last * code_stride_);
}

void RowSegment::write(std::size_t index, std::span<const float> vector) noexcept {
  float* out = own_floats() + index * stride_;
  std::ranges::copy(vector, out);
  std::fill(out + vector.size(), out + stride_, 0.0F);
  own_norms()[index] =
      vector.empty() ? std::numeric_limits<double>::quiet_NaN() : std::sqrt(kernels().dot_double(out, out, stride_));
  own_factors()[index] = encode_row(vector, std::span(own_codes() + index * code_stride_, code_stride_));
}

void RowSegment::copy(const BorrowedRows& from, std::size_t count) noexcept {
  for (std::size_t row = 0; from.guard != nullptr && row < count; ++row) from.guard->will_read(from.first + row);
  std::copy_n(from.floats, count * stride_, own_floats());
  std::copy_n(from.codes, count * code_stride_, own_codes());
  std::copy_n(from.factors, count, own_factors());
  std::copy_n(from.norms, count, own_norms());
}

}  // namespace scaup::inline v0
