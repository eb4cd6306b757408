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

}  // namespace scaup::inline v0
