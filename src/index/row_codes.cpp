#include "index/row_codes.hpp"

#include <algorithm>
#include <array>
#include <cfloat>
#include <cmath>
#include <limits>
#include <numeric>

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

// Maxima and sums are kept side by side, lane by lane: one alone compilers may not reorder, and so not vectorise.
constexpr std::size_t kLanes = 16;
constexpr float kLargestCode = 127.0F;

// The lanes of `row` from `first` on, with zeros behind its end in `padded`.
const float* lanes_at(std::span<const float> row, std::size_t first, std::array<float, kLanes>& padded) noexcept {
  if (first + kLanes <= row.size()) return row.data() + first;
  std::ranges::copy(row.subspan(first), padded.begin());
  return padded.data();
}

float largest_absolute(std::span<const float> row) noexcept {
  std::array<float, kLanes> padded = {};
  std::array<float, kLanes> largest = {};
  for (std::size_t first = 0; first < row.size(); first += kLanes) {
    const float* const lanes = lanes_at(row, first, padded);
    for (std::size_t i = 0; i < kLanes; ++i) largest[i] = std::max(largest[i], std::abs(lanes[i]));
  }
  return std::ranges::max(largest);
}

// Adds the squares of what the codes lose to `rest`.
void encode_lanes(const float* lanes, float scale, float inverse, std::int8_t* codes,
                  std::array<double, kLanes>& rest) noexcept {
  std::array<float, kLanes> rounded;
  for (std::size_t i = 0; i < kLanes; ++i) {
    rounded[i] = std::clamp(nearest(lanes[i] * inverse), -kLargestCode, kLargestCode);
  }
  for (std::size_t i = 0; i < kLanes; ++i) codes[i] = static_cast<std::int8_t>(rounded[i]);
  for (std::size_t i = 0; i < kLanes; ++i) {
    const double e = static_cast<double>(lanes[i]) - static_cast<double>(scale) * static_cast<double>(rounded[i]);
    rest[i] += e * e;
  }
}

}  // namespace

RowFactors encode_row(std::span<const float> row, std::span<std::int8_t> codes) noexcept {
  const float largest = largest_absolute(row);
  // Rows so small that the scale would be denormal have no codes: the whole row is the rest.
  const float scale = largest / kLargestCode >= FLT_MIN ? largest / kLargestCode : 0.0F;
  const float inverse = scale > 0.0F ? 1.0F / scale : 0.0F;
  std::array<float, kLanes> padded = {};
  std::array<double, kLanes> rest = {};
  std::size_t first = 0;
  for (; first < row.size(); first += kLanes) {
    encode_lanes(lanes_at(row, first, padded), scale, inverse, codes.data() + first, rest);
  }
  std::ranges::fill(codes.subspan(first), std::int8_t{0});
  return {.scale = scale, .residual = round_up(std::sqrt(std::accumulate(rest.begin(), rest.end(), 0.0)))};
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
