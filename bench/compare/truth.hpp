#pragma once
// Exact neighbours in double precision: the oracle that every recall of the comparison refers to.

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

#include "matrix.hpp"

namespace scaup::bench {

[[nodiscard]] inline double dot(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  // The order of additions is the compiler's: rows whose cosines differ by less than 1e-15 may change places.
#pragma omp simd reduction(+ : sum)
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}

/// The scores of all rows for one query; vectors have length 1.
[[nodiscard]] inline std::vector<double> scores_of(const Matrix& base, std::span<const float> query) {
  std::vector<double> scores(base.rows);
  for (std::size_t i = 0; i < base.rows; ++i) scores[i] = dot(base.row(i), query);
  return scores;
}

/// The min(k, candidates) rows with the highest scores, best first; ties by row number.
[[nodiscard]] inline std::vector<std::int32_t> best_of(const std::vector<double>& scores,
                                                       std::vector<std::int32_t> candidates, std::size_t k) {
  const auto score = [&](std::int32_t row) { return scores[static_cast<std::size_t>(row)]; };
  const auto better = [&](std::int32_t a, std::int32_t b) {
    return score(a) != score(b) ? score(a) > score(b) : a < b;
  };
  const auto end = candidates.begin() + static_cast<std::ptrdiff_t>(std::min(k, candidates.size()));
  std::partial_sort(candidates.begin(), end, candidates.end(), better);
  candidates.erase(end, candidates.end());
  return candidates;
}

[[nodiscard]] inline std::vector<std::int32_t> best_of(const std::vector<double>& scores, std::size_t k) {
  std::vector<std::int32_t> all(scores.size());
  std::iota(all.begin(), all.end(), 0);
  return best_of(scores, std::move(all), k);
}

/// How many of `found` are in `truth`.
[[nodiscard]] inline std::size_t hits(std::vector<std::int32_t> found, std::vector<std::int32_t> truth) {
  std::sort(found.begin(), found.end());
  std::sort(truth.begin(), truth.end());
  std::vector<std::int32_t> both;
  std::set_intersection(found.begin(), found.end(), truth.begin(), truth.end(), std::back_inserter(both));
  return both.size();
}

}  // namespace scaup::bench
