#include "rank/diversity.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <span>
#include <vector>

#include "support/catch.hpp"

using namespace scaup;
using scaup::test::require_error;
using scaup::test::require_ok;

namespace {

using Places = std::vector<std::size_t>;
using Vectors = std::vector<std::vector<float>>;

Places choose(const std::vector<double>& relevance, const Vectors& vectors, std::size_t k, double lambda) {
  const std::vector<std::span<const float>> views(vectors.begin(), vectors.end());
  return require_ok(choose_diverse(relevance, views, k, lambda));
}

double cosine(const std::vector<float>& a, const std::vector<float>& b) {
  double ab = 0;
  double aa = 0;
  double bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += double{a[i]} * double{b[i]};
    aa += double{a[i]} * double{a[i]};
    bb += double{b[i]} * double{b[i]};
  }
  return aa == 0 || bb == 0 ? 0 : ab / (std::sqrt(aa) * std::sqrt(bb));
}

// The definition, word for word.
Places oracle(const std::vector<double>& relevance, const Vectors& vectors, std::size_t k, double lambda) {
  Places chosen;
  while (chosen.size() < std::min(k, vectors.size())) {
    std::size_t best = vectors.size();
    double best_value = 0;
    for (std::size_t i = 0; i < vectors.size(); ++i) {
      if (std::ranges::find(chosen, i) != chosen.end()) continue;
      double value = relevance[i];
      double nearest = -2;
      for (const std::size_t other : chosen) nearest = std::max(nearest, cosine(vectors[i], vectors[other]));
      if (!chosen.empty()) value = lambda * relevance[i] - (1 - lambda) * nearest;
      if (best == vectors.size() || value > best_value) {
        best = i;
        best_value = value;
      }
    }
    chosen.push_back(best);
  }
  return chosen;
}

}  // namespace

TEST_CASE("diversity: a near-duplicate waits for what is different") {
  // cosines: first and second 1, first and third .6, first and fourth 0, third and fourth .8.
  const Vectors vectors = {{1, 0}, {2, 0}, {0.6F, 0.8F}, {0, 1}};
  const std::vector<double> relevance = {0.9, 0.89, 0.7, 0.3};
  // After the first: .5 * .89 - .5 * 1 = -.055; .5 * .7 - .5 * .6 = .05; .5 * .3 - 0 = .15.
  // After the fourth: -.055; .5 * .7 - .5 * .8 = -.05.
  REQUIRE(choose(relevance, vectors, 4, 0.5) == Places{0, 3, 2, 1});
  REQUIRE(choose(relevance, vectors, 2, 0.5) == Places{0, 3});
  REQUIRE(choose(relevance, vectors, 4, 1) == Places{0, 1, 2, 3});
  // By difference alone: 0 (cosine 0 with the first), then .6 or 1.
  REQUIRE(choose(relevance, vectors, 4, 0) == Places{0, 3, 2, 1});
  // .8 * .89 - .2 = .512; .8 * .7 - .12 = .44; .24.
  REQUIRE(choose(relevance, vectors, 2, 0.8) == Places{0, 1});
}

TEST_CASE("diversity: the first choice is the most relevant, wherever it stands") {
  REQUIRE(choose({0.1, 0.5, 0.2}, {{1, 0}, {1, 0}, {1, 0}}, 1, 0) == Places{1});
}

TEST_CASE("diversity: equal candidates are taken in their order") {
  REQUIRE(choose({0.5, 0.5, 0.5}, {{1, 0}, {1, 0}, {1, 0}}, 3, 0.5) == Places{0, 1, 2});
}

TEST_CASE("diversity: opposite vectors are the most different") {
  REQUIRE(choose({0.9, 0.2, 0.2}, {{1, 0}, {0, 1}, {-1, 0}}, 2, 0.5) == Places{0, 2});
}

TEST_CASE("diversity: candidates without a vector are different from all") {
  REQUIRE(choose({0.9, 0.5, 0.1}, {{1, 0}, {1, 0}, {}}, 3, 0.5) == Places{0, 2, 1});
  REQUIRE(choose({0.9, 0.5, 0.1}, {{1, 0}, {1, 0}, {0, 0}}, 3, 0.5) == Places{0, 2, 1});
}

TEST_CASE("diversity: no candidates, or none wanted, give an empty choice") {
  REQUIRE(choose({}, {}, 5, 0.5).empty());
  REQUIRE(choose({1}, {{1}}, 0, 0.5).empty());
}

TEST_CASE("diversity: refuses what is out of range") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto refused = [](const std::vector<double>& relevance, const Vectors& vectors, double lambda, ErrorCode code) {
    const std::vector<std::span<const float>> views(vectors.begin(), vectors.end());
    require_error(choose_diverse(relevance, views, 1, lambda), code);
  };
  refused({1}, {{1}}, 1.5, ErrorCode::invalid_argument);
  refused({1}, {{1}}, nan, ErrorCode::invalid_argument);
  refused({1, 2}, {{1}}, 0.5, ErrorCode::invalid_argument);
  refused({nan}, {{1}}, 0.5, ErrorCode::invalid_argument);
  refused({1}, {{std::numeric_limits<float>::infinity()}}, 0.5, ErrorCode::invalid_argument);
  refused({1, 1}, {{1}, {1, 2}}, 0.5, ErrorCode::dimension_mismatch);
}

TEST_CASE("diversity: chooses what the definition chooses") {
  std::mt19937_64 random(5);
  for (int round = 0; round < 200; ++round) {
    const std::size_t n = random() % 25;
    Vectors vectors(n);
    std::vector<double> relevance(n);
    for (std::size_t i = 0; i < n; ++i) {
      // Small integers, so that no sum is rounded and equal values are equal here and there.
      for (int c = 0; c < 3; ++c) vectors[i].push_back(static_cast<float>(random() % 7) - 3);
      if (i > 0 && random() % 5 == 0) vectors[i] = vectors[i - 1];
      relevance[i] = static_cast<double>(random() % 1000) / 1000;
    }
    const double lambda = static_cast<double>(random() % 11) / 10;
    const std::size_t k = random() % 30;
    REQUIRE(choose(relevance, vectors, k, lambda) == oracle(relevance, vectors, k, lambda));
  }
}
