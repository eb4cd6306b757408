// Choice by diversity over any retriever that gives embeddings.

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "base/boundary.hpp"
#include "rank/diversity.hpp"
#include "rank/fuse_lists.hpp"
#include "retrieve/retriever_parts.hpp"
#include "scaup/retrievers.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::string_view kName = "mmr retriever";

// Whether the scores can stand beside cosines: vectors alone made them, and they are cosines by their range.
bool are_cosines(const std::vector<Match>& matches) {
  return std::ranges::all_of(matches, [](const Match& match) {
    const bool other_parts =
        match.parts.keyword || match.parts.rerank || (match.parts.dense && *match.parts.dense != match.score);
    return !other_parts && match.score >= -1 && match.score <= 1;
  });
}

std::vector<double> relevance_of(const std::vector<Match>& matches, MmrRelevance kind) {
  std::vector<double> scores;
  for (const Match& match : matches) scores.push_back(match.score);
  if (kind == MmrRelevance::score || (kind == MmrRelevance::automatic && are_cosines(matches))) return scores;
  return contributions(scores, 1, {.method = Fusion::relative_score, .depth = std::max<std::size_t>(scores.size(), 1)});
}

Result<std::vector<std::size_t>> choose(const std::vector<Match>& matches, std::size_t k,
                                        const MmrRetrieverOptions& options) {
  std::vector<std::span<const float>> vectors;
  for (const Match& match : matches) {
    vectors.push_back(match.document.embedding ? std::span<const float>(*match.document.embedding)
                                               : std::span<const float>());
  }
  return choose_diverse(relevance_of(matches, options.relevance), vectors, k, options.lambda);
}

class MmrRetriever final : public Retriever {
 public:
  MmrRetriever(std::shared_ptr<const Retriever> retriever, const MmrRetrieverOptions& options)
      : retriever_(std::move(retriever)), options_(options) {}

  Result<QueryResult> retrieve(std::string_view question, const RetrieveOptions& options,
                               std::stop_token stop) const override {
    return guarded([&]() -> Result<QueryResult> {
      if (auto checked = check_retrieve(kName, retriever_, question, options); !checked) return checked.error();
      if (options_.relevance > MmrRelevance::scaled) return retriever_error(kName, "relevance is not one of the enum");
      RetrieveOptions below = with_candidates(options, options_.candidates);
      below.with_embeddings = true;
      auto found = retriever_->retrieve(question, below, stop);
      if (!found) return found;
      const auto chosen = choose(found->matches, options.k, options_);
      if (!chosen) return chosen.error();
      QueryResult result{.stats = found->stats};
      for (const std::size_t place : *chosen) {
        result.matches.push_back(std::move(found->matches[place]));
        if (!options.with_embeddings) result.matches.back().document.embedding.reset();
      }
      number_ranks(result);
      return result;
    });
  }

 private:
  const std::shared_ptr<const Retriever> retriever_;
  const MmrRetrieverOptions options_;
};

}  // namespace

std::shared_ptr<const Retriever> make_mmr_retriever(std::shared_ptr<const Retriever> retriever,
                                                    const MmrRetrieverOptions& options) {
  return std::make_shared<const MmrRetriever>(std::move(retriever), options);
}

}  // namespace scaup::inline v0
