// A run against judgements, query by query.

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/boundary.hpp"
#include "base/in_quotes.hpp"
#include "rank/bootstrap.hpp"
#include "rank/measures.hpp"
#include "scaup/evaluate.hpp"

namespace scaup::inline v0 {
namespace {

using Gains = Judgements::mapped_type;

Error invalid(const std::string& problem) {
  return {ErrorCode::invalid_argument, "evaluate: " + problem};
}

Status check(const EvaluateOptions& options) {
  for (const MeasureAt& measure : options.measures) {
    if (measure.k == 0) return invalid("a measure has k = 0; it must be at least 1");
    if (measure.measure > Measure::ndcg) return invalid("a measure is not one of enum Measure");
  }
  return check_bootstrap(options.bootstrap);
}

bool has_relevant(const Gains& gains) {
  return std::ranges::any_of(gains, [](const auto& judged) { return judged.second > 0; });
}

std::int64_t gain_of(const Gains& gains, std::string_view id) {
  const auto found = gains.find(id);
  return found == gains.end() ? 0 : std::max<std::int64_t>(found->second, 0);
}

Result<JudgedRanking> judge(const std::string& query, const std::vector<ScoredId>& ranking, const Gains& gains) {
  JudgedRanking judged;
  std::unordered_set<std::string_view> seen;
  for (const ScoredId& entry : ranking) {
    if (!seen.insert(entry.id).second) {
      return invalid("query " + in_quotes(query) + ": the document " + in_quotes(entry.id) + " is ranked twice");
    }
    judged.gains.push_back(gain_of(gains, entry.id));
  }
  for (const auto& [id, gain] : gains) {
    if (gain > 0) judged.ideal.push_back(gain);
  }
  std::ranges::sort(judged.ideal, std::greater<>());
  return judged;
}

// Adds one judged query to the report.
Status add_query(EvaluationReport& report, const Run& run, const std::string& query, const Gains& gains) {
  static const std::vector<ScoredId> kNothing;
  const auto found = run.find(query);
  const std::vector<ScoredId>& ranking = found == run.end() ? kNothing : found->second;
  if (ranking.empty()) ++report.unanswered;
  const auto judged = judge(query, ranking, gains);
  if (!judged) return judged.error();
  report.queries.push_back(query);
  for (MeasureReport& measure : report.measures) measure.per_query.push_back(measure_ranking(*judged, measure.what));
  return {};
}

std::size_t count_unjudged(const Run& run, const Judgements& judgements) {
  return static_cast<std::size_t>(std::ranges::count_if(run, [&](const auto& entry) {
    const auto found = judgements.find(entry.first);
    return found == judgements.end() || !has_relevant(found->second);
  }));
}

Result<EvaluationReport> evaluated(const Run& run, const Judgements& judgements, const EvaluateOptions& options) {
  if (auto checked = check(options); !checked) return checked.error();
  EvaluationReport report;
  for (const MeasureAt& measure : options.measures) report.measures.push_back({.what = measure});
  for (const auto& [query, gains] : judgements) {
    if (!has_relevant(gains)) continue;
    if (auto added = add_query(report, run, query, gains); !added) return added.error();
  }
  if (report.queries.empty()) return invalid("no query has a judgement above 0, so there is nothing to measure");
  for (MeasureReport& measure : report.measures) {
    measure.mean = mean_of(measure.per_query);
    measure.interval = bootstrap_interval(measure.per_query, options.bootstrap);
  }
  report.unjudged = count_unjudged(run, judgements);
  return report;
}

}  // namespace

std::string to_string(const MeasureAt& measure) {
  constexpr std::string_view kNames[] = {"precision", "recall", "hit rate", "MRR", "MAP", "nDCG"};
  const auto number = static_cast<std::size_t>(measure.measure);
  return std::string(number < std::size(kNames) ? kNames[number] : "unknown") + "@" + std::to_string(measure.k);
}

Result<EvaluationReport> evaluate(const Run& run, const Judgements& judgements, const EvaluateOptions& options) {
  return guarded([&] { return evaluated(run, judgements, options); });
}

Result<PairedComparison> compare_runs(const Run& first, const Run& second, const Judgements& judgements,
                                      const MeasureAt& measure, const BootstrapOptions& options) {
  return guarded([&]() -> Result<PairedComparison> {
    // The intervals of the single runs are not asked for, so they cost as few draws as may be.
    const EvaluateOptions single{.measures = {measure}, .bootstrap = {.draws = 100}};
    const auto of_first = evaluated(first, judgements, single);
    if (!of_first) return of_first.error();
    const auto of_second = evaluated(second, judgements, single);
    if (!of_second) return of_second.error();
    return compare_paired(of_first->measures[0].per_query, of_second->measures[0].per_query, options);
  });
}

}  // namespace scaup::inline v0
