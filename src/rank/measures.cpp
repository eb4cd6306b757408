// Precision, recall, hit rate, MRR, MAP and nDCG of one ranking.

#include "rank/measures.hpp"

#include <algorithm>
#include <cmath>

namespace scaup::inline v0 {
namespace {

using Gains = std::span<const std::int64_t>;

double count_relevant(Gains gains) noexcept {
  return static_cast<double>(std::ranges::count_if(gains, [](std::int64_t gain) { return gain > 0; }));
}

double reciprocal_rank(Gains gains) noexcept {
  const auto first = std::ranges::find_if(gains, [](std::int64_t gain) { return gain > 0; });
  return first == gains.end() ? 0 : 1.0 / static_cast<double>(first - gains.begin() + 1);
}

// The sum of the precision at each relevant document.
double summed_precision(Gains gains) noexcept {
  double sum = 0;
  double found = 0;
  for (std::size_t i = 0; i < gains.size(); ++i) {
    if (gains[i] <= 0) continue;
    found += 1;
    sum += found / static_cast<double>(i + 1);
  }
  return sum;
}

double discounted_gain(Gains gains) noexcept {
  double sum = 0;
  for (std::size_t i = 0; i < gains.size(); ++i) {
    if (gains[i] > 0) sum += static_cast<double>(gains[i]) / std::log2(static_cast<double>(i + 2));
  }
  return sum;
}

}  // namespace

double measure_ranking(const JudgedRanking& ranking, const MeasureAt& measure) noexcept {
  const Gains gains = Gains(ranking.gains).first(std::min(measure.k, ranking.gains.size()));
  const Gains ideal = Gains(ranking.ideal).first(std::min(measure.k, ranking.ideal.size()));
  const auto relevant = static_cast<double>(ranking.ideal.size());
  if (ideal.empty()) return 0;
  switch (measure.measure) {
    case Measure::precision: return count_relevant(gains) / static_cast<double>(measure.k);
    case Measure::recall: return count_relevant(gains) / relevant;
    case Measure::hit_rate: return count_relevant(gains) > 0 ? 1 : 0;
    case Measure::mrr: return reciprocal_rank(gains);
    case Measure::map: return summed_precision(gains) / relevant;
    case Measure::ndcg: return discounted_gain(gains) / discounted_gain(ideal);
  }
  return 0;
}

}  // namespace scaup::inline v0
