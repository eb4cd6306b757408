#pragma once
// Random vectors and a ten-line brute force, the oracle for every search.

#include <algorithm>
#include <cstddef>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "scaup/metric.hpp"
#include "support/catch.hpp"

namespace scaup::test {

inline std::vector<float> random_vector(std::mt19937_64& random, std::size_t dimension) {
  std::normal_distribution<float> normal;
  std::vector<float> vector(dimension);
  std::ranges::generate(vector, [&] { return normal(random); });
  return vector;
}

struct Scored {
  std::string id;
  double score = 0;

  friend bool operator==(const Scored&, const Scored&) = default;
};

struct NamedVector {
  std::string id;
  std::vector<float> vector;
};

/// The best k by scaup::score(), ties by id.
inline std::vector<Scored> brute_force(Metric metric, std::span<const NamedVector> rows, std::span<const float> query,
                                       std::size_t k) {
  std::vector<Scored> scored;
  for (const NamedVector& row : rows) scored.push_back({row.id, require_ok(score(metric, query, row.vector))});
  std::ranges::sort(
      scored, [](const Scored& a, const Scored& b) { return a.score != b.score ? a.score > b.score : a.id < b.id; });
  scored.resize(std::min(k, scored.size()));
  return scored;
}

}  // namespace scaup::test
