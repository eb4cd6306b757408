#pragma once
// A retriever for tests: gives a list that was written down, and remembers what it was asked.

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "scaup/retriever.hpp"

namespace scaup::test {

inline Match scripted_match(std::string id, double score, Metadata metadata = {}) {
  return {.document = {.id = id, .text = "text of " + id, .metadata = std::move(metadata)}, .score = score};
}

class ScriptedRetriever final : public Retriever {
 public:
  explicit ScriptedRetriever(std::vector<Match> matches) : matches_(std::move(matches)) {}
  explicit ScriptedRetriever(Error error) : error_(std::move(error)) {}

  Result<QueryResult> retrieve(std::string_view question, const RetrieveOptions& options,
                               std::stop_token stop) const override {
    const std::lock_guard lock(mutex_);
    questions_.emplace_back(question);
    last_options_ = options;
    if (stop.stop_requested()) return Error(ErrorCode::cancelled, "scripted: cancelled");
    if (error_) return *error_;
    QueryResult result{.stats = {.plan = QueryPlan::exact_scan, .codes_compared = 10}};
    for (const Match& match : matches_) {
      if (result.size() == options.k) break;
      result.matches.push_back(match);
      if (!options.with_embeddings) result.matches.back().document.embedding.reset();
      result.matches.back().rank = result.size();
    }
    return result;
  }

  // What it was asked so far, in alphabetical order: several threads may ask.
  [[nodiscard]] std::vector<std::string> questions() const {
    const std::lock_guard lock(mutex_);
    auto sorted = questions_;
    std::ranges::sort(sorted);
    return sorted;
  }
  [[nodiscard]] RetrieveOptions last_options() const {
    const std::lock_guard lock(mutex_);
    return last_options_;
  }

 private:
  std::vector<Match> matches_ = {};
  std::optional<Error> error_ = {};
  mutable std::mutex mutex_;
  mutable std::vector<std::string> questions_;
  mutable RetrieveOptions last_options_;
};

inline std::shared_ptr<const ScriptedRetriever> scripted(std::vector<Match> matches) {
  return std::make_shared<const ScriptedRetriever>(std::move(matches));
}

inline std::vector<std::string> ids_of(const QueryResult& result) {
  std::vector<std::string> ids;
  for (const Match& match : result) ids.push_back(match.document.id);
  return ids;
}

}  // namespace scaup::test
