// Makes the data of the comparison: clustered vectors from a fixed seed, shared sets as unit f32, and exact
// neighbours of the queries.
//
//   compare_data cluster ROWS DIMENSION QUERIES OUT      OUT.base.fbin and OUT.query.fbin
//   compare_data unit IN.i8bin OUT.fbin                  the same vectors with length 1
//   compare_data truth OUT                               OUT.gt100.ibin; prints cosines of 1st and 10th neighbour

#include <cstdio>
#include <cstring>
#include <numbers>
#include <random>

#include "truth.hpp"

namespace {

using scaup::bench::Matrix;
using scaup::bench::Table;

constexpr std::size_t kLatent = 64;
constexpr std::size_t kRowsPerCluster = 50;
// Chosen so that the 1st and the 10th neighbour of a query in 100,000 x 384 have cosine 0.82 and 0.77 on average.
constexpr double kSpread = 0.56;
constexpr double kNoise = 0.20;

/// Normal numbers that are the same with every standard library: Box and Muller's transform of mt19937_64.
class Normal {
 public:
  explicit Normal(std::uint64_t seed) : random_(seed) {}
  double operator()() {
    const double radius = std::sqrt(-2 * std::log(uniform()));
    return radius * std::cos(2 * std::numbers::pi * uniform());
  }
  /// In (0, 1].
  double uniform() { return (static_cast<double>(random_() >> 11U) + 1) * 0x1p-53; }

 private:
  std::mt19937_64 random_;
};

struct Clusters {
  Matrix centres;
  Matrix map;                 // kLatent x dimension
  std::vector<double> up_to;  // cumulative weights; the last is the sum
};

Clusters make_clusters(std::size_t count, std::size_t dimension, Normal& normal) {
  Clusters clusters{Matrix(count, kLatent), Matrix(kLatent, dimension), {}};
  for (float& x : clusters.centres.values) x = static_cast<float>(normal());
  for (float& x : clusters.map.values) x = static_cast<float>(normal() / std::sqrt(static_cast<double>(kLatent)));
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) clusters.up_to.push_back(sum += std::exp(normal()));
  return clusters;
}

void fill(const Clusters& clusters, std::span<float> vector, Normal& normal) {
  const auto at =
      std::upper_bound(clusters.up_to.begin(), clusters.up_to.end() - 1, normal.uniform() * clusters.up_to.back());
  const auto centre = clusters.centres.row(static_cast<std::size_t>(at - clusters.up_to.begin()));
  for (float& x : vector) x = static_cast<float>(kNoise * normal());
  for (std::size_t l = 0; l < kLatent; ++l) {
    const float latent = centre[l] + static_cast<float>(kSpread * normal());
    const auto direction = clusters.map.row(l);
    for (std::size_t i = 0; i < vector.size(); ++i) vector[i] += latent * direction[i];
  }
  scaup::bench::normalise(vector);
}

void cluster(std::size_t rows, std::size_t dimension, std::size_t queries, const std::string& out) {
  Normal normal(20240607);
  const Clusters clusters = make_clusters(std::max<std::size_t>(20, rows / kRowsPerCluster), dimension, normal);
  Matrix base(rows, dimension);
  for (std::size_t i = 0; i < rows; ++i) fill(clusters, base.row(i), normal);
  Matrix query(queries, dimension);
  for (std::size_t i = 0; i < queries; ++i) fill(clusters, query.row(i), normal);
  write_table(out + ".base.fbin", base);
  write_table(out + ".query.fbin", query);
}

void unit(const std::string& in, const std::string& out) {
  const auto codes = scaup::bench::read_table<std::int8_t>(in);
  Matrix matrix(codes.rows, codes.columns);
  std::copy(codes.values.begin(), codes.values.end(), matrix.values.begin());
  for (std::size_t i = 0; i < matrix.rows; ++i) scaup::bench::normalise(matrix.row(i));
  write_table(out, matrix);
}

void truth(const std::string& out) {
  const auto base = scaup::bench::read_table<float>(out + ".base.fbin");
  const auto query = scaup::bench::read_table<float>(out + ".query.fbin");
  const std::size_t k = std::min<std::size_t>(100, base.rows);
  Table<std::int32_t> nearest(query.rows, k);
  double first = 0;
  double tenth = 0;
  for (std::size_t q = 0; q < query.rows; ++q) {
    const auto scores = scaup::bench::scores_of(base, query.row(q));
    const auto best = scaup::bench::best_of(scores, k);
    std::copy(best.begin(), best.end(), nearest.row(q).begin());
    first += scores[static_cast<std::size_t>(best[0])];
    tenth += scores[static_cast<std::size_t>(best[std::min<std::size_t>(9, k - 1)])];
  }
  write_table(out + ".gt100.ibin", nearest);
  const auto n = static_cast<double>(query.rows);
  std::printf("%.4f %.4f\n", first / n, tenth / n);
}

int run(int count, char** arguments) {
  const std::vector<std::string> all(arguments + 1, arguments + count);
  if (all.size() == 5 && all[0] == "cluster") {
    cluster(std::stoul(all[1]), std::stoul(all[2]), std::stoul(all[3]), all[4]);
  } else if (all.size() == 3 && all[0] == "unit") {
    unit(all[1], all[2]);
  } else if (all.size() == 2 && all[0] == "truth") {
    truth(all[1]);
  } else {
    std::fprintf(stderr, "compare_data: cluster ROWS DIMENSION QUERIES OUT | unit IN OUT | truth OUT\n");
    return 2;
  }
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  try {
    return run(count, arguments);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "compare_data: %s\n", error.what());
    return 1;
  }
}
