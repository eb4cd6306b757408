#pragma once
// How far behind the k-th best row a walk goes on.

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>

#include "index/graph.hpp"
#include "simd/kernels.hpp"

namespace scaup::inline v0 {

/// The margin behind the k-th best row within which rows are still followed, in proportion to the distance of that row
/// (Al-Jazzazi et al. 2025, Distance Adaptive Beam Search). A query with many rows at nearly the same distance gets a
/// long walk and one with few a short walk, which costs less at equal recall than a beam that is followed to its end
/// each time.
class WalkMargin {
 public:
  // Distances leave out terms that are the same for all rows; a proportion needs them.
  WalkMargin(const Graph& graph, std::span<const float> query, std::size_t ef)
      : share_(static_cast<double>(ef) / kFullMargin) {
    const double square = kernels().dot_double(query.data(), query.data(), query.size());
    switch (graph.metric()) {
      case Metric::cosine: left_out_ = std::sqrt(square); break;  // |q| (1 - cos)
      case Metric::inner_product: left_out_ = std::sqrt(square) * graph.largest_norm(); break;
      case Metric::l2: left_out_ = square; break;
    }
  }

  [[nodiscard]] float end(float kth_distance) const noexcept {
    // Distances of codes are not exact, so that differences between the very nearest mean little.
    const double whole = std::max(static_cast<double>(kth_distance) + left_out_, kLeast * left_out_);
    const double end = static_cast<double>(kth_distance) + share_ * whole;
    return end < double{FLT_MAX} ? static_cast<float>(end) : std::numeric_limits<float>::infinity();
  }

 private:
  static constexpr double kFullMargin = 300.0;  // the ef whose margin is the whole distance; measured
  static constexpr double kLeast = 0.02;

  double share_;
  double left_out_ = 0;
};

}  // namespace scaup::inline v0
