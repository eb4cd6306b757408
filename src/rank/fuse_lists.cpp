// The fusion methods, each as what a place in a list contributes.

#include "rank/fuse_lists.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>

namespace scaup::inline v0 {
namespace {

// In range and a number: NaN fails both comparisons.
bool in_range(double number, double least) {
  return number >= least && number <= kLargestFusionNumber;
}

Error bad_option(const std::string& problem) {
  return {ErrorCode::invalid_argument, "fuse: " + problem};
}

Status check_weights(const std::vector<double>& weights, std::size_t lists) {
  if (weights.empty()) return {};
  if (weights.size() != lists) {
    return bad_option(std::to_string(weights.size()) + " weights for " + std::to_string(lists) +
                      " lists; give one for each, or none");
  }
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (!in_range(weights[i], 0)) {
      return bad_option("weight " + std::to_string(i) + " is " + std::to_string(weights[i]) + ", not from 0 to 1e100");
    }
  }
  if (std::ranges::all_of(weights, [](double weight) { return weight == 0; })) {
    return bad_option("all weights are 0; at least one must be greater");
  }
  return {};
}

void reciprocal_ranks(std::span<double> out, double weight, double constant) {
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = weight / (constant + static_cast<double>(i + 1));
}

void relative_scores(std::span<const double> scores, std::span<double> out, double weight) {
  const auto [least, most] = std::ranges::minmax(scores);
  const double range = most - least;
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = range > 0 ? weight * ((scores[i] - least) / range) : weight;
}

void distribution_scores(std::span<const double> scores, std::span<double> out, double weight) {
  double mean = 0;
  for (const double score : scores) mean += score;
  mean /= static_cast<double>(scores.size());
  double squares = 0;
  for (const double score : scores) squares += (score - mean) * (score - mean);
  const double deviation = scores.size() > 1 ? std::sqrt(squares / static_cast<double>(scores.size() - 1)) : 0;
  // Equal scores may have a mean beside them by rounding, so they are told apart by themselves.
  const bool equal = std::ranges::adjacent_find(scores, std::not_equal_to<>()) == scores.end() || !(deviation > 0);
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = weight * (equal ? 0.5 : ((scores[i] - mean) / deviation + 3) / 6);
  }
}

}  // namespace

Status check_fusion(const FusionOptions& options, std::size_t lists) {
  if (options.method > Fusion::weighted_sum) return bad_option("method is not one of enum Fusion");
  if (options.depth == 0) return bad_option("depth is 0; it must be at least 1");
  if (!in_range(options.rank_constant, 0)) {
    return bad_option("rank_constant is " + std::to_string(options.rank_constant) + ", not from 0 to 1e100");
  }
  return check_weights(options.weights, lists);
}

std::vector<double> contributions(std::span<const double> scores, double weight, const FusionOptions& options) {
  scores = scores.first(std::min(scores.size(), options.depth));
  std::vector<double> out(scores.size());
  if (scores.empty()) return out;
  switch (options.method) {
    case Fusion::reciprocal_rank: reciprocal_ranks(out, weight, options.rank_constant); break;
    case Fusion::relative_score: relative_scores(scores, out, weight); break;
    case Fusion::distribution_based: distribution_scores(scores, out, weight); break;
    case Fusion::weighted_sum:
      std::ranges::transform(scores, out.begin(), [&](double score) { return weight * score; });
      break;
  }
  return out;
}

std::vector<FusedSlot> fuse_slots(std::span<const RankedSlots> lists, const FusionOptions& options) {
  std::vector<FusedSlot> all;
  for (std::size_t list = 0; list < lists.size(); ++list) {
    const auto parts = contributions(lists[list].scores, weight_of(options, list), options);
    for (std::size_t i = 0; i < parts.size(); ++i) all.push_back({lists[list].slots[i], parts[i]});
  }
  // Stable, so that the parts of a slot are added in the order of the lists, and sums have the same bits every time.
  std::ranges::stable_sort(all, {}, &FusedSlot::slot);
  std::vector<FusedSlot> fused;
  for (const FusedSlot& part : all) {
    if (fused.empty() || fused.back().slot != part.slot) {
      fused.push_back(part);
    } else {
      fused.back().score += part.score;
    }
  }
  return fused;
}

}  // namespace scaup::inline v0
