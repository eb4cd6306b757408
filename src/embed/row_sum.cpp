#include "embed/row_sum.hpp"

#include <cstdint>
#include <cstring>

namespace scaup::inline v0 {
namespace {

// Numbers handled in one step: a constant, so that compilers vectorise the inner loop without a remainder.
constexpr std::size_t kStep = 16;

template <typename T>
float number_at(const std::byte* row, std::size_t index) noexcept {
  T value;
  std::memcpy(&value, row + index * sizeof value, sizeof value);
  return static_cast<float>(value);
}

template <typename T>
void add_scaled(std::span<float> sum, const std::byte* __restrict row, float scale) noexcept {
  float* __restrict out = sum.data();
  std::size_t at = 0;
  for (; at + kStep <= sum.size(); at += kStep) {
    for (std::size_t i = 0; i < kStep; ++i) out[at + i] += scale * number_at<T>(row, at + i);
  }
  for (; at < sum.size(); ++at) out[at] += scale * number_at<T>(row, at);
}

}  // namespace

void add_scaled_i8(std::span<float> sum, const std::byte* row, float scale) noexcept {
  add_scaled<std::int8_t>(sum, row, scale);
}

void add_scaled_f32(std::span<float> sum, const std::byte* row, float scale) noexcept {
  add_scaled<float>(sum, row, scale);
}

}  // namespace scaup::inline v0
