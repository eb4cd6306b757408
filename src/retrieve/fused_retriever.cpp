// Several retrievers, or several questions to one, asked at once and fused.

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/boundary.hpp"
#include "base/parallel.hpp"
#include "rank/fuse_lists.hpp"
#include "retrieve/retriever_parts.hpp"
#include "scaup/retrievers.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::size_t kMostSubQueries = 1'000;

struct Request {
  const Retriever* retriever = nullptr;
  std::string_view question = {};
};

// Asks all requests, on several threads, and fuses the answers.
Result<QueryResult> ask_and_fuse(const std::vector<Request>& requests, const RetrieveOptions& options,
                                 const RetrieveOptions& below, const FusionOptions& fusion, std::size_t threads,
                                 const std::stop_token& stop) {
  std::vector<QueryResult> answers(requests.size());
  const auto asked =
      parallel_for(requests.size(), thread_count(threads, requests.size()), [&](std::size_t i) -> Status {
        auto answer = requests[i].retriever->retrieve(requests[i].question, below, stop);
        if (!answer) return std::move(answer).error();
        answers[i] = *std::move(answer);
        return {};
      });
  if (!asked) return asked.error();
  QueryResult result;
  std::vector<std::vector<Match>> lists;
  for (QueryResult& answer : answers) {
    add_stats(result.stats, answer.stats);
    lists.push_back(std::move(answer.matches));
  }
  auto fused = fuse_matches(lists, fusion);
  if (!fused) return std::move(fused).error();
  if (fused->size() > options.k) fused->resize(options.k);
  for (FusedMatch& one : *fused) result.matches.push_back(std::move(one.match));
  return result;
}

class FusedRetriever final : public Retriever {
 public:
  FusedRetriever(std::vector<std::shared_ptr<const Retriever>> retrievers, FusedRetrieverOptions options)
      : retrievers_(std::move(retrievers)), options_(std::move(options)) {}

  Result<QueryResult> retrieve(std::string_view question, const RetrieveOptions& options,
                               std::stop_token stop) const override {
    return guarded([&]() -> Result<QueryResult> {
      if (retrievers_.empty()) return retriever_error(kName, "there is no retriever to ask");
      std::vector<Request> requests;
      for (const auto& retriever : retrievers_) {
        if (auto checked = check_retrieve(kName, retriever, question, options); !checked) return checked.error();
        requests.push_back({retriever.get(), question});
      }
      if (auto checked = check_fusion(options_.fusion, requests.size()); !checked) return checked.error();
      return ask_and_fuse(requests, options, with_candidates(options, options_.candidates), options_.fusion,
                          options_.threads, stop);
    });
  }

 private:
  static constexpr std::string_view kName = "fused retriever";
  const std::vector<std::shared_ptr<const Retriever>> retrievers_;
  const FusedRetrieverOptions options_;
};

class MultiQueryRetriever final : public Retriever {
 public:
  MultiQueryRetriever(std::shared_ptr<const Retriever> retriever, MultiQueryRetrieverOptions options)
      : retriever_(std::move(retriever)), options_(std::move(options)) {}

  Result<QueryResult> retrieve(std::string_view question, const RetrieveOptions& options,
                               std::stop_token stop) const override {
    return guarded([&]() -> Result<QueryResult> {
      if (auto checked = check(question, options); !checked) return checked.error();
      const auto questions = all_questions(question, stop);
      if (!questions) return questions.error();
      FusionOptions fusion = options_.fusion;
      std::vector<Request> requests;
      for (const SubQuery& one : *questions) {
        requests.push_back({retriever_.get(), one.text});
        fusion.weights.push_back(one.weight);
      }
      if (auto checked = check_fusion(fusion, requests.size()); !checked) return checked.error();
      return ask_and_fuse(requests, options, with_candidates(options, options_.candidates), fusion, options_.threads,
                          stop);
    });
  }

 private:
  [[nodiscard]] Status check(std::string_view question, const RetrieveOptions& options) const {
    if (!options_.expand) return retriever_error(kName, "expand is not set");
    if (!options_.fusion.weights.empty()) return retriever_error(kName, "fusion.weights is set; weigh the sub-queries");
    return check_retrieve(kName, retriever_, question, options);
  }

  // What to ask, each text once.
  [[nodiscard]] Result<std::vector<SubQuery>> all_questions(std::string_view question,
                                                            const std::stop_token& stop) const {
    auto expanded = options_.expand(question, stop);
    if (!expanded) return std::move(expanded).error();
    if (expanded->size() > kMostSubQueries) {
      return retriever_error(kName, std::to_string(expanded->size()) + " sub-queries, more than 1,000");
    }
    std::vector<SubQuery> all;
    if (options_.original == OriginalQuestion::included) all.push_back({std::string(question), 1});
    for (SubQuery& one : *expanded) {
      if (one.text.empty()) continue;
      const auto same = std::ranges::find(all, one.text, &SubQuery::text);
      if (same == all.end()) {
        all.push_back(std::move(one));
      } else {
        same->weight += one.weight;
      }
    }
    if (all.empty()) return retriever_error(kName, "there is no question to ask: no sub-query has a text");
    return all;
  }

  static constexpr std::string_view kName = "multi-query retriever";
  const std::shared_ptr<const Retriever> retriever_;
  const MultiQueryRetrieverOptions options_;
};

}  // namespace

std::shared_ptr<const Retriever> make_fused_retriever(std::vector<std::shared_ptr<const Retriever>> retrievers,
                                                      const FusedRetrieverOptions& options) {
  return std::make_shared<const FusedRetriever>(std::move(retrievers), options);
}

std::shared_ptr<const Retriever> make_multi_query_retriever(std::shared_ptr<const Retriever> retriever,
                                                            const MultiQueryRetrieverOptions& options) {
  return std::make_shared<const MultiQueryRetriever>(std::move(retriever), options);
}

}  // namespace scaup::inline v0
