#include "index/row_codes.hpp"

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <limits>

#include "simd/kernels.hpp"

namespace scaup::inline v0 {
namespace {

// The relative slack that covers the rounding of sums of squares in double over 65,536 terms and of their root.
constexpr double kSlack = 1e-9;

float round_up(double value) noexcept {
  const auto rounded = static_cast<float>(value * (1.0 + kSlack));
  if (rounded == 0.0F && value > 0.0) return std::numeric_limits<float>::denorm_min();
  return static_cast<double>(rounded) < value ? std::nextafter(rounded, std::numeric_limits<float>::infinity())
                                              : rounded;
}

// The nearest integer of a float below 2^22, in arithmetic that compilers vectorise: beyond 2^23 the spacing of
// floats is 1, so adding a number there rounds.
float nearest(float x) noexcept {
  constexpr float kOneAndAHalfTimes2To23 = 12582912.0F;
  return (x + kOneAndAHalfTimes2To23) - kOneAndAHalfTimes2To23;
}

}  // namespace

RowFactors encode_row(std::span<const float> row, std::span<std::int8_t> codes) noexcept {
  constexpr float kLargestCode = 127.0F;
  float largest = 0.0F;
  for (const float x : row) largest = std::max(largest, std::abs(x));
  // Rows so small that the scale would be denormal have no codes: the whole row is the rest.
  const float scale = largest / kLargestCode >= FLT_MIN ? largest / kLargestCode : 0.0F;
  const float inverse = scale > 0.0F ? 1.0F / scale : 0.0F;
  double rest = 0.0;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const float code = std::clamp(nearest(row[i] * inverse), -kLargestCode, kLargestCode);
    codes[i] = static_cast<std::int8_t>(code);
    const double e = static_cast<double>(row[i]) - static_cast<double>(scale) * static_cast<double>(code);
    rest += e * e;
  }
  std::fill(codes.begin() + static_cast<std::ptrdiff_t>(row.size()), codes.end(), std::int8_t{0});
  return {.scale = scale, .residual = round_up(std::sqrt(rest))};
}

QueryCodes encode_query(std::span<const float> query, std::span<std::int16_t> codes) noexcept {
  constexpr double kLargestCode = 32767.0;
  double largest = 0.0;
  double sum = 0.0;
  for (const float x : query) {
    largest = std::max(largest, std::abs(static_cast<double>(x)));
    sum += std::abs(static_cast<double>(x));
  }
  std::fill(codes.begin(), codes.end(), std::int16_t{0});
  if (largest == 0.0) return {};
  // Each code may round up by a half, so that much is left free below the limit of the sum.
  const double room = static_cast<double>(kMaxInt16QuerySum) - static_cast<double>(query.size());
  const double scale = std::min(kLargestCode / largest, room / (sum * (1.0 + kSlack)));
  double rest = 0.0;
  for (std::size_t i = 0; i < query.size(); ++i) {
    const double x = static_cast<double>(query[i]);
    const double code = std::nearbyint(x * scale);
    codes[i] = static_cast<std::int16_t>(code);
    const double e = x - code / scale;
    rest += e * e;
  }
  return {.scale = scale, .residual = std::sqrt(rest) * (1.0 + kSlack)};
}

}  // namespace scaup::inline v0
