// Maximal marginal relevance, greedily.

#include "rank/diversity.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "simd/kernels.hpp"
#include "simd/vector_check.hpp"

namespace scaup::inline v0 {
namespace {

using Vector = std::span<const float>;

Error invalid(const std::string& problem) {
  return {ErrorCode::invalid_argument, "choice by diversity: " + problem};
}

Status check_vectors(std::span<const Vector> vectors) {
  std::size_t dimension = 0;
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    if (vectors[i].empty()) continue;
    if (dimension != 0 && vectors[i].size() != dimension) {
      return Error(ErrorCode::dimension_mismatch, "choice by diversity: candidate " + std::to_string(i) + " has " +
                                                      std::to_string(vectors[i].size()) + " components, another has " +
                                                      std::to_string(dimension));
    }
    dimension = vectors[i].size();
    if (auto finite = check_finite(vectors[i]); !finite) return finite;
  }
  return {};
}

Status check(std::span<const double> relevance, std::span<const Vector> vectors, double lambda) {
  if (!(lambda >= 0 && lambda <= 1)) return invalid("lambda is " + std::to_string(lambda) + ", not from 0 to 1");
  if (relevance.size() != vectors.size()) {
    return invalid(std::to_string(relevance.size()) + " relevances for " + std::to_string(vectors.size()) + " vectors");
  }
  if (!std::ranges::all_of(relevance, [](double value) { return std::isfinite(value); })) {
    return invalid("a relevance is not a finite number");
  }
  return check_vectors(vectors);
}

// The candidates and how near each is to what is chosen so far.
class Choice {
 public:
  Choice(std::span<const double> relevance, std::span<const Vector> vectors, double lambda)
      : relevance_(relevance), vectors_(vectors), lambda_(lambda), open_(vectors.size(), 1) {
    for (const Vector& vector : vectors) norms_.push_back(std::sqrt(dot(vector, vector)));
  }

  // The first choice, by relevance alone; there must be a candidate.
  [[nodiscard]] std::size_t most_relevant() const {
    return static_cast<std::size_t>(std::ranges::max_element(relevance_) - relevance_.begin());
  }

  void choose(std::size_t chosen) {
    const bool first = nearest_.empty();
    if (first) nearest_.assign(vectors_.size(), 0);
    open_[chosen] = 0;
    for (std::size_t i = 0; i < vectors_.size(); ++i) {
      if (open_[i] == 0) continue;
      const double near = cosine(chosen, i);
      nearest_[i] = first ? near : std::max(nearest_[i], near);
    }
  }

  // The next choice; something must be chosen, and something left.
  [[nodiscard]] std::size_t next() const {
    std::size_t best = vectors_.size();
    double best_value = 0;
    for (std::size_t i = 0; i < vectors_.size(); ++i) {
      if (open_[i] == 0) continue;
      const double value = lambda_ * relevance_[i] - (1 - lambda_) * nearest_[i];
      if (best < vectors_.size() && value <= best_value) continue;
      best = i;
      best_value = value;
    }
    return best;
  }

 private:
  static double dot(Vector a, Vector b) noexcept { return kernels().dot_double(a.data(), b.data(), a.size()); }

  [[nodiscard]] double cosine(std::size_t a, std::size_t b) const noexcept {
    if (norms_[a] == 0 || norms_[b] == 0) return 0;  // no vector, or no direction
    return dot(vectors_[a], vectors_[b]) / (norms_[a] * norms_[b]);
  }

  std::span<const double> relevance_;
  std::span<const Vector> vectors_;
  double lambda_;
  std::vector<double> norms_ = {};
  std::vector<double> nearest_ = {};  // the greatest cosine with a chosen one
  std::vector<char> open_;            // whether it can still be chosen
};

}  // namespace

Result<std::vector<std::size_t>> choose_diverse(std::span<const double> relevance, std::span<const Vector> vectors,
                                                std::size_t k, double lambda) {
  if (auto checked = check(relevance, vectors, lambda); !checked) return checked.error();
  const std::size_t wanted = std::min(k, vectors.size());
  std::vector<std::size_t> chosen;
  if (wanted == 0) return chosen;
  Choice choice(relevance, vectors, lambda);
  chosen.push_back(choice.most_relevant());
  while (chosen.size() < wanted) {
    choice.choose(chosen.back());
    chosen.push_back(choice.next());
  }
  return chosen;
}

}  // namespace scaup::inline v0
