#pragma once
// Rerankers: a closer look at few passages, to put them into a better order.

#include <cstddef>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "scaup/config.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// Who gives the scores. Scores of two identities must not be compared.
struct RerankerIdentity {
  std::string provider = {};
  std::string model = {};

  friend bool operator==(const RerankerIdentity&, const RerankerIdentity&) = default;
};

/// How well one text answers the question.
struct RerankScore {
  std::size_t index = 0;  ///< of the text in the call
  double score = 0;       ///< finite; higher is better; comparable only within one call
};

/// Scores texts for a question, usually with a model that reads both together. Users may implement it.
/// Implementations may be called from several threads at once.
class SCAUP_API Reranker {
 public:
  virtual ~Reranker();
  /// One score for each text, each index once, in any order. No texts give no scores.
  ///
  /// Errors: `invalid_argument` for text that is not UTF-8; `cancelled`; whatever the provider adds.
  [[nodiscard]] virtual Result<std::vector<RerankScore>> rerank(std::string_view question,
                                                                std::span<const std::string_view> texts,
                                                                std::stop_token stop = {}) const = 0;
  /// Never changes during the life of the object.
  [[nodiscard]] virtual const RerankerIdentity& identity() const noexcept = 0;
};

struct LocalRerankerOptions {
  std::string analysis = "english";  ///< how texts become words, see CollectionOptions
  /// Of the place of a text in the call, 1 for the first and falling evenly: what the ranking before says. 0 where the
  /// order says nothing.
  double order_weight = 1.0;
  double title_weight = 0.4;      ///< of the BM25 score of a text's title: its first line, where more follows
  double neighbour_weight = 0.2;  ///< of what its five nearest among the texts got
};

/// Scores by words, without model or network: BM25, the place in the first ranking, the title, and the smoothing by
/// neighbours of the hybrid score (see HybridOptions). Statistics, such as how rare a word is, are those of the texts of
/// the call: give it 50 or more, found by vector; a keyword or hybrid ranking knows better. Weights are 0 to 100.
///
/// Errors: `invalid_argument` for weights out of range and an unknown analysis.
/// Cost: that of analysing the texts, 10 to 50 MB a second, and n^2 / 2 comparisons of their words.
[[nodiscard]] SCAUP_API Result<std::shared_ptr<const Reranker>> make_local_reranker(
    const LocalRerankerOptions& options = {});

}  // namespace scaup::inline v0
