#pragma once
// Distances between rows of codes, and the two numbers a row by which an integer dot product becomes a distance.
// Lower is nearer; only the order counts, so terms that are the same for all rows are left out.

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstdint>

#include "index/exact_search.hpp"
#include "index/row_codes.hpp"
#include "index/row_segment.hpp"
#include "scaup/metric.hpp"

namespace scaup::inline v0 {

/// For a row with codes c: distance = addend - multiplier * (query . c), the query in the unit of `query_factor`.
struct RowWeights {
  float multiplier = 0;
  float addend = 0;
};

/// A large number that further sums do not drive to infinity.
inline constexpr double kLargeWeight = 1e37;

/// `codes_dot` is the product of the codes with themselves. For l2 the distance is that to scale * codes, so that rows
/// are compared as points in one space.
[[nodiscard]] inline RowWeights row_weights(Metric metric, RowFactors factors, double norm,
                                            std::int32_t codes_dot) noexcept {
  const double scale = static_cast<double>(factors.scale);
  const auto clamped = [](double value) { return static_cast<float>(std::min(value, kLargeWeight)); };
  switch (metric) {
    case Metric::cosine: return {norm > 0.0 ? clamped(scale / norm) : 0.0F, 0.0F};
    case Metric::inner_product: return {clamped(scale), 0.0F};
    case Metric::l2: return {clamped(scale), clamped(scale * scale * static_cast<double>(codes_dot))};
  }
  return {};
}

/// What the product of two rows is multiplied with, beside both multipliers.
[[nodiscard]] constexpr float dot_factor(Metric metric) noexcept {
  return metric == Metric::l2 ? 2.0F : 1.0F;
}

/// A distance that orders: what overflowed to NaN counts as far.
[[nodiscard]] inline float ordered_distance(float distance) noexcept {
  return distance < FLT_MAX ? distance : FLT_MAX;
}

/// The codes and weights of rows that a view shows.
class RowCodesView {
 public:
  explicit RowCodesView(const RowsView& rows) noexcept : rows_(rows) {}

  [[nodiscard]] const RowSegment& segment(Slot slot) const noexcept {
    return *rows_.segments[slot / rows_.rows_in_segment];
  }
  [[nodiscard]] std::size_t index(Slot slot) const noexcept { return slot % rows_.rows_in_segment; }
  [[nodiscard]] const std::int8_t* codes(Slot slot) const noexcept { return segment(slot).codes(index(slot)); }
  [[nodiscard]] const float* floats(Slot slot) const noexcept { return segment(slot).row(index(slot)); }
  [[nodiscard]] RowFactors factors(Slot slot) const noexcept { return segment(slot).factors(index(slot)); }
  [[nodiscard]] double norm(Slot slot) const noexcept { return segment(slot).norm(index(slot)); }
  [[nodiscard]] bool has_vector(Slot slot) const noexcept { return segment(slot).has_vector(index(slot)); }
  [[nodiscard]] bool visible(Slot slot) const noexcept {
    return slot < rows_.rows && segment(slot).visible(index(slot), rows_.sequence);
  }
  /// How many rows from `first` on are visible and have a vector. Cost: a look at each.
  [[nodiscard]] std::size_t vectors_from(std::size_t first) const noexcept {
    std::size_t count = 0;
    for (std::size_t slot = first; slot < rows_.rows; ++slot) {
      const auto row = static_cast<Slot>(slot);
      if (has_vector(row) && visible(row)) ++count;
    }
    return count;
  }

 private:
  const RowsView& rows_;
};

}  // namespace scaup::inline v0
