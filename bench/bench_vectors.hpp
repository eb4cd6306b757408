#pragma once
// Vectors for the benches of the graph: generated clusters, and files of real ones.

#include <cmath>
#include <cstdint>
#include <fstream>
#include <numeric>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace scaup::bench {

struct Vectors {
  std::size_t dimension = 0;
  std::vector<float> values = {};
  [[nodiscard]] std::size_t count() const { return dimension == 0 ? 0 : values.size() / dimension; }
  [[nodiscard]] std::span<const float> at(std::size_t i) const { return {values.data() + i * dimension, dimension}; }
};

inline void normalise(std::span<float> v) {
  const double norm = std::sqrt(std::inner_product(v.begin(), v.end(), v.begin(), 0.0));
  for (float& x : v) x = static_cast<float>(static_cast<double>(x) / norm);
}

// Gaussian clusters of uneven size in few latent dimensions, mapped to many, with noise.
class ClusteredSource {
 public:
  explicit ClusteredSource(std::size_t dimension)
      : dimension_(dimension), map_(kLatent * dimension), centres_(kClusters * kLatent) {
    for (float& x : map_) x = normal_(random_) / std::sqrt(static_cast<float>(kLatent));
    for (float& x : centres_) x = normal_(random_);
    std::vector<double> weights(kClusters);
    for (double& w : weights) w = std::exp(static_cast<double>(normal_(random_)));
    pick_ = std::discrete_distribution<std::size_t>(weights.begin(), weights.end());
  }

  Vectors draw(std::size_t count) {
    Vectors out{dimension_, std::vector<float>(count * dimension_)};
    std::vector<float> latent(kLatent);
    for (std::size_t i = 0; i < count; ++i) {
      const float* centre = centres_.data() + pick_(random_) * kLatent;
      for (std::size_t j = 0; j < kLatent; ++j) latent[j] = centre[j] + kSpread * normal_(random_);
      const std::span<float> row(out.values.data() + i * dimension_, dimension_);
      for (std::size_t j = 0; j < kLatent; ++j) {
        for (std::size_t d = 0; d < dimension_; ++d) row[d] += latent[j] * map_[j * dimension_ + d];
      }
      for (float& x : row) x += kNoise * normal_(random_);
      normalise(row);
    }
    return out;
  }

 private:
  static constexpr std::size_t kClusters = 2000;
  static constexpr std::size_t kLatent = 64;
  static constexpr float kSpread = 0.5F;
  static constexpr float kNoise = 0.2F;

  std::size_t dimension_;
  std::mt19937_64 random_{42};
  std::normal_distribution<float> normal_;
  std::vector<float> map_;
  std::vector<float> centres_;
  std::discrete_distribution<std::size_t> pick_;
};

inline Vectors read_i8bin(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::uint32_t header[2] = {0, 0};
  if (!in.read(reinterpret_cast<char*>(header), sizeof header)) return {};
  std::vector<std::int8_t> codes(std::size_t{header[0]} * header[1]);
  if (!in.read(reinterpret_cast<char*>(codes.data()), static_cast<std::streamsize>(codes.size()))) return {};
  Vectors out{header[1], std::vector<float>(codes.begin(), codes.end())};
  for (std::size_t i = 0; i < out.count(); ++i) normalise({out.values.data() + i * out.dimension, out.dimension});
  return out;
}

}  // namespace scaup::bench
