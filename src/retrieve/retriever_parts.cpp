// Checks, ranks and counts of composed retrievers.

#include "retrieve/retriever_parts.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace scaup::inline v0 {

Error retriever_error(std::string_view who, const std::string& problem) {
  return {ErrorCode::invalid_argument, std::string(who) + ": " + problem};
}

Status check_retrieve(std::string_view who, const std::shared_ptr<const Retriever>& retriever,
                      std::string_view question, const RetrieveOptions& options) {
  if (!retriever) return retriever_error(who, "a retriever is null");
  if (options.k == 0) return retriever_error(who, "k is 0; it must be at least 1");
  if (question.empty()) return retriever_error(who, "the question is empty");
  return {};
}

RetrieveOptions with_candidates(RetrieveOptions options, std::size_t candidates) {
  options.k = std::max(options.k, candidates);
  return options;
}

// A user's retriever may give NaN, which is less than nothing here: no order at all would be undefined behaviour.
void rank_by_score(QueryResult& result, std::size_t k) {
  for (Match& match : result.matches) {
    if (std::isnan(match.score)) match.score = std::numeric_limits<double>::lowest();
  }
  std::ranges::sort(result.matches, [](const Match& a, const Match& b) {
    return a.score != b.score ? a.score > b.score : a.document.id < b.document.id;
  });
  if (result.matches.size() > k) result.matches.resize(k);
  number_ranks(result);
}

void number_ranks(QueryResult& result) noexcept {
  for (std::size_t i = 0; i < result.matches.size(); ++i) result.matches[i].rank = i + 1;
}

double scaled_score(double score, double factor) noexcept {
  constexpr double kLargest = std::numeric_limits<double>::max();
  const double finite = std::clamp(score, -kLargest, kLargest);  // infinity times 0 is NaN
  return std::clamp(finite < 0 ? finite / factor : finite * factor, -kLargest, kLargest);
}

void add_stats(QueryStats& whole, const QueryStats& part) noexcept {
  if (whole.plan == QueryPlan::none) whole.plan = part.plan;
  whole.ef = std::max(whole.ef, part.ef);
  whole.hops += part.hops;
  whole.codes_compared += part.codes_compared;
  whole.rows_rescored += part.rows_rescored;
  whole.filter_evaluations += part.filter_evaluations;
  whole.postings += part.postings;
  whole.query_without_vector |= part.query_without_vector;
  whole.negative_without_vector |= part.negative_without_vector;
  whole.negative_comparisons += part.negative_comparisons;
  whole.elapsed += part.elapsed;
}

}  // namespace scaup::inline v0
