// A retriever's run over the queries of a test collection.

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/boundary.hpp"
#include "base/in_quotes.hpp"
#include "base/parallel.hpp"
#include "scaup/evaluate.hpp"

namespace scaup::inline v0 {
namespace {

using Queries = std::vector<const EvaluationQuery*>;

Status ask(const Retriever& retriever, const EvaluationQuery& query, std::size_t k, const std::stop_token& stop,
           std::vector<ScoredId>& ranking) {
  auto found = retriever.retrieve(query.text, {.k = k}, stop);
  if (!found) {
    Error error = std::move(found).error();
    error.add_context("query " + in_quotes(query.id));
    return error;
  }
  for (Match& match : found->matches) ranking.push_back({std::move(match.document.id), match.score});
  return {};
}

Result<Run> run_all(const Retriever& retriever, const Queries& queries, std::size_t k, std::size_t threads,
                    const std::stop_token& stop) {
  std::vector<std::vector<ScoredId>> rankings(queries.size());
  const auto asked = parallel_for(queries.size(), thread_count(threads, queries.size()),
                                  [&](std::size_t i) { return ask(retriever, *queries[i], k, stop, rankings[i]); });
  if (!asked) return asked.error();
  Run run;
  for (std::size_t i = 0; i < queries.size(); ++i) {
    if (run.emplace(queries[i]->id, std::move(rankings[i])).second) continue;
    return Error(ErrorCode::invalid_argument, "the query " + in_quotes(queries[i]->id) + " comes twice");
  }
  return run;
}

// The queries that the judgements ask for, in their order.
Result<Queries> judged_queries(std::span<const EvaluationQuery> queries, const Judgements& judgements) {
  std::unordered_map<std::string_view, const EvaluationQuery*> by_id;
  for (const EvaluationQuery& query : queries) by_id.emplace(query.id, &query);
  Queries judged;
  for (const auto& [id, gains] : judgements) {
    bool relevant = false;
    for (const auto& [document, gain] : gains) relevant |= gain > 0;
    if (!relevant) continue;
    const auto found = by_id.find(id);
    if (found == by_id.end()) {
      return Error(ErrorCode::invalid_argument,
                   "evaluate: the judged query " + in_quotes(id) + " is not among the queries");
    }
    judged.push_back(found->second);
  }
  return judged;
}

}  // namespace

Result<Run> make_run(const Retriever& retriever, std::span<const EvaluationQuery> queries, std::size_t k,
                     std::size_t threads, std::stop_token stop) {
  return guarded([&]() -> Result<Run> {
    Queries all;
    for (const EvaluationQuery& query : queries) all.push_back(&query);
    return run_all(retriever, all, k, threads, stop);
  });
}

Result<EvaluationReport> evaluate(const Retriever& retriever, std::span<const EvaluationQuery> queries,
                                  const Judgements& judgements, const EvaluateOptions& options, std::stop_token stop) {
  return guarded([&]() -> Result<EvaluationReport> {
    const auto judged = judged_queries(queries, judgements);
    if (!judged) return judged.error();
    std::size_t deepest = 1;
    for (const MeasureAt& measure : options.measures) deepest = std::max(deepest, measure.k);
    const auto run = run_all(retriever, *judged, deepest, options.threads, stop);
    if (!run) return run.error();
    return evaluate(*run, judgements, options);
  });
}

}  // namespace scaup::inline v0
