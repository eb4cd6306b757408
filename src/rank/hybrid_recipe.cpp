// The terms of the default hybrid score.

#include "rank/hybrid_recipe.hpp"

#include <algorithm>

namespace scaup::inline v0 {
namespace {

// The mean of H over the neighbours of one document, weighted by similarity.
double neighbour_mean(std::span<const NeighbourLink> links, std::span<const std::uint32_t> slots,
                      std::span<const double> base) noexcept {
  double sum = 0;
  double weights = 0;
  for (const NeighbourLink& link : links) {
    if (!(link.similarity > 0)) continue;
    const auto similarity = static_cast<double>(link.similarity);
    weights += similarity;
    const auto at = std::ranges::lower_bound(slots, link.slot);
    if (at != slots.end() && *at == link.slot) sum += similarity * base[static_cast<std::size_t>(at - slots.begin())];
  }
  return weights > 0 ? sum / weights : 0;
}

}  // namespace

RecipeScale recipe_scale(std::span<const RecipeCandidate> candidates, double mean_dense) noexcept {
  RecipeScale scale{.best_dense = mean_dense, .mean_dense = mean_dense};
  for (const RecipeCandidate& candidate : candidates) {
    scale.best_keyword = std::max(scale.best_keyword, candidate.keyword);
    scale.best_dense = std::max(scale.best_dense, candidate.dense.value_or(mean_dense));
  }
  return scale;
}

double recipe_base(const RecipeCandidate& candidate, const RecipeScale& scale, const RecipeWeights& weights) noexcept {
  double base = scale.best_keyword > 0 ? candidate.keyword / scale.best_keyword : 0;
  const double range = scale.best_dense - scale.mean_dense;
  if (candidate.dense && range > 0) base += weights.dense * ((*candidate.dense - scale.mean_dense) / range);
  return base;
}

double recipe_title(const RecipeCandidate& candidate, const RecipeScale& scale, const RecipeWeights& weights) noexcept {
  return scale.best_keyword > 0 ? weights.title * (candidate.title / scale.best_keyword) : 0;
}

std::vector<double> recipe_scores(std::span<const RecipeCandidate> candidates, const RecipeScale& scale,
                                  const RecipeWeights& weights) {
  std::vector<double> scores;
  scores.reserve(candidates.size());
  for (const RecipeCandidate& candidate : candidates) {
    scores.push_back(recipe_base(candidate, scale, weights) + recipe_title(candidate, scale, weights));
  }
  return scores;
}

std::vector<double> recipe_scores(std::span<const RecipeCandidate> candidates, const RecipeScale& scale,
                                  const RecipeWeights& weights, std::span<const std::span<const NeighbourLink>> links) {
  std::vector<std::uint32_t> slots;
  std::vector<double> base;
  for (const RecipeCandidate& candidate : candidates) {
    slots.push_back(candidate.slot);
    base.push_back(recipe_base(candidate, scale, weights));
  }
  std::vector<double> scores = neighbour_means(slots, base, links);
  for (std::size_t i = 0; i < scores.size(); ++i) {
    scores[i] = base[i] + recipe_title(candidates[i], scale, weights) + weights.neighbours * scores[i];
  }
  return scores;
}

std::vector<double> neighbour_means(std::span<const std::uint32_t> slots, std::span<const double> base,
                                    std::span<const std::span<const NeighbourLink>> links) {
  std::vector<double> means;
  means.reserve(links.size());
  for (const auto& list : links) means.push_back(neighbour_mean(list, slots, base));
  return means;
}

}  // namespace scaup::inline v0
