// Resampling with a generator whose numbers the C++ standard fixes, so that reports are the same everywhere.

#include "rank/bootstrap.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "base/boundary.hpp"

namespace scaup::inline v0 {
namespace {

// The value below which a share of sorted values lies, interpolated between neighbours.
double percentile(std::span<const double> sorted, double share) noexcept {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  if (below + 1 >= sorted.size()) return sorted.back();
  const double rest = place - static_cast<double>(below);
  return sorted[below] * (1 - rest) + sorted[below + 1] * rest;
}

Status check_values(std::span<const double> values, std::string_view which) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::abs(values[i]) <= 1e100) continue;
    return Error(ErrorCode::invalid_argument, "compare: value " + std::to_string(i) + " of the " + std::string(which) +
                                                  " system is not a number from -1e100 to 1e100");
  }
  return {};
}

Status check_pairs(std::span<const double> first, std::span<const double> second, const BootstrapOptions& options) {
  if (auto checked = check_bootstrap(options); !checked) return checked;
  if (first.empty() || first.size() != second.size()) {
    return Error(ErrorCode::invalid_argument, "compare: " + std::to_string(first.size()) + " and " +
                                                  std::to_string(second.size()) +
                                                  " values; give one for each query and system");
  }
  if (auto checked = check_values(first, "first"); !checked) return checked;
  return check_values(second, "second");
}

PairedComparison compared(std::span<const double> first, std::span<const double> second,
                          const BootstrapOptions& options) {
  std::vector<double> differences;
  PairedComparison comparison{.first_mean = mean_of(first), .second_mean = mean_of(second)};
  for (std::size_t i = 0; i < first.size(); ++i) {
    differences.push_back(second[i] - first[i]);
    if (second[i] > first[i]) ++comparison.second_better;
    if (second[i] < first[i]) ++comparison.first_better;
  }
  comparison.difference = mean_of(differences);
  comparison.interval = bootstrap_interval(differences, options);
  comparison.p_value = randomisation_p_value(differences, options);
  return comparison;
}

}  // namespace

Status check_bootstrap(const BootstrapOptions& options) {
  if (options.draws < 100 || options.draws > 1'000'000) {
    return Error(ErrorCode::invalid_argument,
                 "bootstrap: draws is " + std::to_string(options.draws) + ", not from 100 to 1,000,000");
  }
  if (!(options.confidence > 0 && options.confidence < 1)) {
    return Error(ErrorCode::invalid_argument,
                 "bootstrap: confidence is " + std::to_string(options.confidence) + ", not between 0 and 1");
  }
  return {};
}

double mean_of(std::span<const double> values) noexcept {
  double sum = 0;
  for (const double value : values) sum += value;
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

Interval bootstrap_interval(std::span<const double> values, const BootstrapOptions& options) {
  std::mt19937_64 random(options.seed);
  std::vector<double> means(options.draws);
  for (double& mean : means) {
    double sum = 0;
    for (std::size_t i = 0; i < values.size(); ++i) sum += values[random() % values.size()];
    mean = sum / static_cast<double>(values.size());
  }
  std::ranges::sort(means);
  const double outside = (1 - options.confidence) / 2;
  return {.low = percentile(means, outside), .high = percentile(means, 1 - outside)};
}

double randomisation_p_value(std::span<const double> differences, const BootstrapOptions& options) {
  double observed = 0;
  for (const double difference : differences) observed += difference;
  // Sums of the same numbers in another order of signs may differ in the last bits.
  const double extreme = std::abs(observed) * (1 - 1e-12);
  std::mt19937_64 random(options.seed);
  std::size_t as_extreme = 0;
  for (std::size_t draw = 0; draw < options.draws; ++draw) {
    double sum = 0;
    std::uint64_t signs = 0;
    for (std::size_t i = 0; i < differences.size(); ++i) {
      if (i % 64 == 0) signs = random();
      sum += (signs & 1U) != 0 ? differences[i] : -differences[i];
      signs >>= 1U;
    }
    if (std::abs(sum) >= extreme) ++as_extreme;
  }
  return static_cast<double>(as_extreme + 1) / static_cast<double>(options.draws + 1);
}

Result<PairedComparison> compare_paired(std::span<const double> first, std::span<const double> second,
                                        const BootstrapOptions& options) {
  return guarded([&]() -> Result<PairedComparison> {
    if (auto checked = check_pairs(first, second, options); !checked) return checked.error();
    return compared(first, second, options);
  });
}

}  // namespace scaup::inline v0
