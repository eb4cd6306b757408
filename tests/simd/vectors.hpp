#pragma once
// What the tests of kernels share: dimensions, random vectors, exact sums.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace scaup::test {

/// 0 to 257, which covers every remainder of every vector length and unrolling, and some large dimensions.
inline std::vector<std::size_t> dimensions() {
  std::vector<std::size_t> all;
  for (std::size_t n = 0; n <= 257; ++n) all.push_back(n);
  all.insert(all.end(), {384, 512, 768, 1000, 1024, 1536, 3072, 4096, 65536});
  return all;
}

inline std::vector<float> random_floats(std::size_t n, std::mt19937_64& random) {
  std::normal_distribution<float> normal;
  std::vector<float> values(n);
  for (float& value : values) value = normal(random);
  return values;
}

template <typename T>
std::vector<T> random_integers(std::size_t n, int low, int high, std::mt19937_64& random) {
  std::uniform_int_distribution<int> uniform(low, high);
  std::vector<T> values(n);
  for (T& value : values) value = static_cast<T>(uniform(random));
  return values;
}

/// A sum and the sum of the absolute values of its terms, to 64 bits of precision.
struct ExactSum {
  long double sum = 0;
  long double magnitude = 0;

  void add(long double term) {
    sum += term;
    magnitude += std::abs(term);
  }
};

inline ExactSum exact_dot(const float* a, const float* b, std::size_t n) {
  ExactSum exact;
  for (std::size_t i = 0; i < n; ++i) exact.add(static_cast<long double>(a[i]) * b[i]);
  return exact;
}

inline ExactSum exact_l2_squared(const float* a, const float* b, std::size_t n) {
  ExactSum exact;
  for (std::size_t i = 0; i < n; ++i) {
    const long double difference = static_cast<long double>(a[i]) - b[i];
    exact.add(difference * difference);
  }
  return exact;
}

}  // namespace scaup::test
