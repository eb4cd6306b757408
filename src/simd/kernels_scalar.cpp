// The reference kernels in plain C++, which the others are tested against and which run where no vector
// instructions are known. Compiled without contraction, so that a product is rounded before it is added.

#include "simd/kernel_tables.hpp"

namespace scaup::inline v0 {
namespace {

float dot(const float* a, const float* b, std::size_t n) noexcept {
  float sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

float l2_squared(const float* a, const float* b, std::size_t n) noexcept {
  float sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const float difference = a[i] - b[i];
    sum += difference * difference;
  }
  return sum;
}

float norm_squared(const float* a, std::size_t n) noexcept {
  return dot(a, a, n);
}

void dot_4_rows(const float* query, const float* const rows[4], std::size_t n, float out[4]) noexcept {
  for (std::size_t row = 0; row < 4; ++row) out[row] = dot(query, rows[row], n);
}

void l2_squared_4_rows(const float* query, const float* const rows[4], std::size_t n, float out[4]) noexcept {
  for (std::size_t row = 0; row < 4; ++row) out[row] = l2_squared(query, rows[row], n);
}

// Halves the sums until one is left: the order that every table follows.
double fold(double sums[kDoubleSums]) noexcept {
  for (std::size_t half = kDoubleSums / 2; half > 0; half /= 2) {
    for (std::size_t i = 0; i < half; ++i) sums[i] += sums[i + half];
  }
  return sums[0];
}

double dot_double(const float* a, const float* b, std::size_t n) noexcept {
  double sums[kDoubleSums] = {};
  for (std::size_t i = 0; i < n; ++i) sums[i % kDoubleSums] += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return fold(sums);
}

double l2_squared_double(const float* a, const float* b, std::size_t n) noexcept {
  double sums[kDoubleSums] = {};
  for (std::size_t i = 0; i < n; ++i) {
    const double difference = static_cast<double>(a[i]) - static_cast<double>(b[i]);
    sums[i % kDoubleSums] += difference * difference;
  }
  return fold(sums);
}

std::int32_t dot_int16_int8(const std::int16_t* query, const std::int8_t* codes, std::size_t n) noexcept {
  std::int32_t sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += std::int32_t{query[i]} * std::int32_t{codes[i]};
  return sum;
}

void dot_int16_int8_4_rows(const std::int16_t* query, const std::int8_t* const rows[4], std::size_t n,
                           std::int32_t out[4]) noexcept {
  for (std::size_t row = 0; row < 4; ++row) out[row] = dot_int16_int8(query, rows[row], n);
}

void dot_int16_int8_4_queries(const std::int16_t* const queries[4], const std::int8_t* const rows[4], std::size_t n,
                              std::int32_t out[4][4]) noexcept {
  for (std::size_t row = 0; row < 4; ++row) {
    for (std::size_t query = 0; query < 4; ++query) out[row][query] = dot_int16_int8(queries[query], rows[row], n);
  }
}

std::int32_t dot_int8(const std::int8_t* a, const std::int8_t* b, std::size_t n) noexcept {
  std::int32_t sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += std::int32_t{a[i]} * std::int32_t{b[i]};
  return sum;
}

}  // namespace

Kernels scalar_kernels() noexcept {
  return {.name = "SCALAR",
          .dot = dot,
          .l2_squared = l2_squared,
          .norm_squared = norm_squared,
          .dot_4_rows = dot_4_rows,
          .l2_squared_4_rows = l2_squared_4_rows,
          .dot_double = dot_double,
          .l2_squared_double = l2_squared_double,
          .dot_int16_int8 = dot_int16_int8,
          .dot_int16_int8_4_rows = dot_int16_int8_4_rows,
          .dot_int16_int8_4_queries = dot_int16_int8_4_queries,
          .dot_int8 = dot_int8};
}

}  // namespace scaup::inline v0
