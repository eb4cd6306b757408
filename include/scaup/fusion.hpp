#pragma once
// Fusion: several rankings of the same documents become one. And the class of a question, which may set the weights.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "scaup/config.hpp"
#include "scaup/document.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// What a document gets for its place in one list; a list that does not hold it gives 0. Peers use the same names for
/// other formulas, so these are the definitions.
enum class Fusion : std::uint8_t {
  /// weight / (rank_constant + rank), rank from 1 (Cormack, Clarke and Buettcher 2009). Scores do not matter.
  reciprocal_rank,
  /// weight * (score - min) / (max - min), both over the first `depth` of the list; weight where all are equal.
  relative_score,
  /// weight * (score - (mean - 3 s)) / (6 s), s the standard deviation of a sample (n - 1), over the first `depth`;
  /// weight / 2 where all are equal. It is not cut off at 0 and 1.
  distribution_based,
  /// weight * score: for lists whose scores already have the same scale.
  weighted_sum,
};

struct FusionOptions {
  Fusion method = Fusion::relative_score;
  std::vector<double> weights = {};  ///< one for each list, from 0 to 1e100, not all 0; empty: 1 for each
  std::size_t depth = 100;           ///< how much of each list counts, from its beginning; at least 1
  double rank_constant = 60;         ///< of reciprocal_rank; from 0 to 1e100
};

/// One entry of a list to fuse; what is best stands first.
struct ScoredId {
  std::string id = {};
  double score = 0;  ///< from -1e100 to 1e100

  friend bool operator==(const ScoredId&, const ScoredId&) = default;
};

/// What one list said about a document.
struct FusionPart {
  std::size_t rank = 0;     ///< its place there, from 1; 0: the list does not have it within `depth`
  double score = 0;         ///< its score there; 0 if it is not there
  double contribution = 0;  ///< what the list added to the fused score
};

/// One entry of the fused ranking.
struct FusedId {
  std::string id = {};
  double score = 0;                    ///< sum of the contributions
  std::size_t rank = 0;                ///< 1 for the best
  std::vector<FusionPart> parts = {};  ///< one for each list, in their order
};

struct FusedMatch {
  /// As the first list has it that knows it, with the fused score and rank. Of ScoreParts each is that of the first
  /// list that has it, and so is the embedding.
  Match match = {};
  std::vector<FusionPart> parts = {};  ///< one for each list, in their order
};

/// All documents of the lists, each once, by descending fused score; equal scores by id, ascending. No list, or empty
/// ones, give an empty ranking.
///
/// Errors: `invalid_argument` for options or scores out of range, a number of weights other than that of the lists, and
/// an id that comes twice in one list.
///
/// Cost: O(n log n) for n entries.
[[nodiscard]] SCAUP_API Result<std::vector<FusedId>> fuse(const std::vector<std::vector<ScoredId>>& lists,
                                                          const FusionOptions& options = {});

/// The same for matches, by the ids of their documents. `Match::rank` is not looked at: the place in the list counts.
[[nodiscard]] SCAUP_API Result<std::vector<FusedMatch>> fuse_matches(const std::vector<std::vector<Match>>& lists,
                                                                     const FusionOptions& options = {});

/// What kind of answer a question asks for.
enum class QueryClass : std::uint8_t {
  factual,     ///< one fact: exact words matter
  conceptual,  ///< an explanation: meaning matters
  multi_part,  ///< several things at once
};

/// The class of a question, by rules for English and without a model. The first that applies decides; words are
/// compared without case:
/// 1. multi_part: two question marks or more; a semicolon; "versus", "vs", "compare", "compared", "contrast",
///    "difference" or "differences"; or a question word (who, what, when, where, which, why, how) right after "and",
///    "or" or a comma, with words before it.
/// 2. factual: at most three words; the first is who, whom, whose, when, where or which; "how" is followed by
///    "many", "much", "old", "long", "far", "tall", "big", "large", "high", "fast" or "often"; or the text has a
///    digit, a double quote, or a word with an underscore or of two capitals or more.
/// 3. conceptual: all others, an empty text too.
[[nodiscard]] SCAUP_API QueryClass classify_query(std::string_view question) noexcept;

/// Weights of the two sides of a hybrid search; they sum up to 1.
struct HybridWeights {
  double dense = 0;
  double keyword = 0;
};

/// What a hybrid search may use for a class, around the `dense_weight` for questions of all kinds: a factual question
/// gives the vectors half of it, a conceptual one half as much again, a multi-part one just it, and never more than 1.
/// `dense_weight` must be from 0 to 1; what is outside is brought to the nearer end, and NaN to 0. With the built-in
/// model nothing is gained by it on average (docs/quality.md), so nothing uses it by default.
[[nodiscard]] SCAUP_API HybridWeights weights_for(QueryClass query_class, double dense_weight = 0.3) noexcept;

}  // namespace scaup::inline v0
