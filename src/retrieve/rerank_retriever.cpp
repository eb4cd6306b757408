// The rerank stage: candidates of any retriever in the order of a Reranker.

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "base/boundary.hpp"
#include "retrieve/retriever_parts.hpp"
#include "scaup/retrievers.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::string_view kName = "rerank retriever";

Error bad_reply(const std::string& problem) {
  return {ErrorCode::bad_reply, std::string(kName) + ": the reranker " + problem};
}

// The scores in the order of the texts.
Result<std::vector<double>> in_order(const std::vector<RerankScore>& scores, std::size_t texts) {
  if (scores.size() != texts) {
    return bad_reply("gave " + std::to_string(scores.size()) + " scores for " + std::to_string(texts) + " texts");
  }
  std::vector<double> ordered(texts);
  std::vector<char> seen(texts, 0);
  for (const RerankScore& score : scores) {
    if (score.index >= texts) return bad_reply("scored text " + std::to_string(score.index) + ", which there is not");
    if (std::exchange(seen[score.index], 1) != 0)
      return bad_reply("scored text " + std::to_string(score.index) + " twice");
    if (!std::isfinite(score.score)) return bad_reply("gave text " + std::to_string(score.index) + " no finite score");
    ordered[score.index] = score.score;
  }
  return ordered;
}

class RerankRetriever final : public Retriever {
 public:
  RerankRetriever(std::shared_ptr<const Retriever> retriever, std::shared_ptr<const Reranker> reranker,
                  RerankRetrieverOptions options)
      : retriever_(std::move(retriever)), reranker_(std::move(reranker)), options_(std::move(options)) {}

  Result<QueryResult> retrieve(std::string_view question, const RetrieveOptions& options,
                               std::stop_token stop) const override {
    return guarded([&]() -> Result<QueryResult> {
      if (auto checked = check_retrieve(kName, retriever_, question, options); !checked) return checked.error();
      if (!reranker_) return retriever_error(kName, "the reranker is null");
      auto found = retriever_->retrieve(question, with_candidates(options, options_.candidates), stop);
      if (!found || found->empty()) return found;
      if (options_.on_first) hand_out(*found, options.k);
      if (auto reranked = rerank(question, *found, stop); !reranked) return reranked.error();
      rank_by_score(*found, options.k);
      return found;
    });
  }

 private:
  void hand_out(const QueryResult& found, std::size_t k) const {
    QueryResult first = found;
    if (first.matches.size() > k) first.matches.resize(k);
    options_.on_first(first);
  }

  [[nodiscard]] Status rerank(std::string_view question, QueryResult& found, const std::stop_token& stop) const {
    std::vector<std::string_view> texts;
    for (const Match& match : found) texts.push_back(match.document.text);
    const auto scores = reranker_->rerank(question, texts, stop);
    if (!scores) return scores.error();
    const auto ordered = in_order(*scores, texts.size());
    if (!ordered) return ordered.error();
    for (std::size_t i = 0; i < texts.size(); ++i) {
      found.matches[i].score = (*ordered)[i];
      found.matches[i].parts.rerank = (*ordered)[i];
    }
    return {};
  }

  const std::shared_ptr<const Retriever> retriever_;
  const std::shared_ptr<const Reranker> reranker_;
  const RerankRetrieverOptions options_;
};

}  // namespace

std::shared_ptr<const Retriever> make_rerank_retriever(std::shared_ptr<const Retriever> retriever,
                                                       std::shared_ptr<const Reranker> reranker,
                                                       const RerankRetrieverOptions& options) {
  return std::make_shared<const RerankRetriever>(std::move(retriever), std::move(reranker), options);
}

}  // namespace scaup::inline v0
