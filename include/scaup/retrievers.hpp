#pragma once
// Retrievers by words and by words and vectors together, beside the one by vector in retriever.hpp. And retrievers that
// are made of other retrievers, so that they compose: fused, varied, thresholds, dates, boosts, several questions,
// reranked, and larger passages around what was found.
//
// All of the latter: rank anew from 1, order equal scores by id, and return the errors of the parts below. `k` = 0, an
// empty question, a retriever that is null, and options out of range are `invalid_argument` at `retrieve`. One that
// reorders asks the part below for `candidates` documents, or k if that is more. Documents are those of the part below;
// QueryStats are its counts, added up where there are several.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "scaup/clock.hpp"
#include "scaup/collection.hpp"
#include "scaup/config.hpp"
#include "scaup/filter.hpp"
#include "scaup/fusion.hpp"
#include "scaup/query.hpp"
#include "scaup/reranker.hpp"
#include "scaup/result.hpp"
#include "scaup/retriever.hpp"

namespace scaup::inline v0 {

struct KeywordRetrieverOptions {
  Filter filter = {};  ///< always applied
};

/// The documents of `collection` that have the words of the question: `Collection::query` in the mode keyword.
[[nodiscard]] SCAUP_API std::shared_ptr<const Retriever> make_keyword_retriever(
    Collection collection, const KeywordRetrieverOptions& options = {});

struct HybridRetrieverOptions {
  HybridOptions hybrid = {};  ///< how the two scores become one
  Filter filter = {};         ///< always applied
};

/// By words and vectors together, which finds more than either: `Collection::query` in the mode hybrid.
[[nodiscard]] SCAUP_API std::shared_ptr<const Retriever> make_hybrid_retriever(
    Collection collection, const HybridRetrieverOptions& options = {});

struct FusedRetrieverOptions {
  FusionOptions fusion = {};     ///< one weight for each retriever, or none
  std::size_t candidates = 100;  ///< of each retriever; FusionOptions::depth decides how many of them count
  std::size_t threads = 0;       ///< for asking several retrievers at once; 0: one each, up to the cores
};

/// Asks every retriever and fuses what they find, see `fuse_matches`.
[[nodiscard]] SCAUP_API std::shared_ptr<const Retriever> make_fused_retriever(
    std::vector<std::shared_ptr<const Retriever>> retrievers, const FusedRetrieverOptions& options = {});

/// What relevance means to the choice by diversity, where it is weighed against cosines.
enum class MmrRelevance : std::uint8_t {
  automatic,  ///< `score` if all scores are from -1 to 1 and vectors alone made them (see ScoreParts), else `scaled`
  score,      ///< the score as it is
  scaled,     ///< the candidates' scores brought to 0 to 1, (s - min) / (max - min); 1 where all are equal
};

struct MmrRetrieverOptions {
  double lambda = 0.5;          ///< 1: relevance alone, 0: difference alone
  std::size_t candidates = 20;  ///< among which to choose
  MmrRelevance relevance = MmrRelevance::automatic;
};

/// Passages that differ from each other, by maximal marginal relevance: first the most relevant one, then each time the
/// one with the greatest lambda * relevance - (1 - lambda) * s, s being its greatest cosine with a chosen one. The
/// retriever below must give embeddings; a document without one differs from all. Scores stay what they were, and so
/// are not descending.
///
/// Errors: `dimension_mismatch` where the embeddings have different lengths.
[[nodiscard]] SCAUP_API std::shared_ptr<const Retriever> make_mmr_retriever(std::shared_ptr<const Retriever> retriever,
                                                                            const MmrRetrieverOptions& options = {});

/// Leaves out what has a lower score than `min_score`, which must be finite; fewer than k may come back.
[[nodiscard]] SCAUP_API std::shared_ptr<const Retriever> make_score_threshold_retriever(
    std::shared_ptr<const Retriever> retriever, double min_score);

struct RecencyRetrieverOptions {
  /// Metadata key of the date: a string in ISO 8601, "2026-03-01" or "2026-03-01T08:30:00+01:00" (without an offset:
  /// UTC; seconds and fractions may be missing), or a number of seconds since 1970.
  std::string key = "date";
  std::chrono::seconds half_life = std::chrono::hours(24 * 30);  ///< at least 1 second
  double undated_factor = 0.5;  ///< of documents without a date that can be read; from 0 to 1
  std::size_t candidates = 100;
  std::shared_ptr<const Clock> clock = {};  ///< tells the time; default: system_clock()
};

/// Multiplies each score by 0.5^(age / half_life); what lies in the future has age 0. A negative score is divided
/// instead, so that old is always worse.
[[nodiscard]] SCAUP_API std::shared_ptr<const Retriever> make_recency_retriever(
    std::shared_ptr<const Retriever> retriever, const RecencyRetrieverOptions& options = {});

/// Documents that are worth more or less than their score says.
struct Boost {
  Filter filter = {};  ///< for which documents
  double factor = 1;   ///< from 1e-6 to 1e6
};

struct BoostRetrieverOptions {
  std::vector<Boost> boosts = {};  ///< where several hold, each multiplies
  std::size_t candidates = 100;
};

/// Multiplies the scores of documents for which a filter holds, for example `field("version") == "2.1"`. A negative
/// score is divided instead, so that a factor above 1 is always better.
[[nodiscard]] SCAUP_API std::shared_ptr<const Retriever> make_boost_retriever(
    std::shared_ptr<const Retriever> retriever, const BoostRetrieverOptions& options);

/// One way to ask.
struct SubQuery {
  std::string text = {};
  double weight = 1;  ///< in the fusion
};

enum class OriginalQuestion : std::uint8_t { included, left_out };

struct MultiQueryRetrieverOptions {
  /// Other ways to ask a question, or its parts; must be set. May be called from several threads at once.
  std::function<Result<std::vector<SubQuery>>(std::string_view question, std::stop_token stop)> expand = {};
  OriginalQuestion original = OriginalQuestion::included;      ///< with weight 1, before the others
  FusionOptions fusion = {.method = Fusion::reciprocal_rank};  ///< its weights must be empty
  std::size_t candidates = 100;                                ///< of each question
  std::size_t threads = 0;                                     ///< 0: one for each question, up to the cores
};

/// Asks several questions at once and fuses what is found. A sub-query with the text of another is asked once, with the
/// sum of the weights. Errors: what `expand` reports; `invalid_argument` where nothing is left to ask, for more than
/// 1,000 sub-queries, and for weights out of range (see FusionOptions).
[[nodiscard]] SCAUP_API std::shared_ptr<const Retriever> make_multi_query_retriever(
    std::shared_ptr<const Retriever> retriever, const MultiQueryRetrieverOptions& options);

struct RerankRetrieverOptions {
  std::size_t candidates = 50;  ///< to be scored; more cost more time
  /// Gets the first k of the ranking below at once, before the reranker begins; on the caller's thread.
  std::function<void(const QueryResult& first)> on_first = {};
};

/// Orders the candidates by the scores of a reranker, which are `Match::score` and `ScoreParts::rerank` then.
/// Errors: those of the reranker; `bad_reply` if it does not give every text one finite score.
[[nodiscard]] SCAUP_API std::shared_ptr<const Retriever> make_rerank_retriever(
    std::shared_ptr<const Retriever> retriever, std::shared_ptr<const Reranker> reranker,
    const RerankRetrieverOptions& options = {});

// The three below find small chunks and give larger passages. The keys are those that chunkers write.

struct ParentRetrieverOptions {
  std::string parent_key = "parent_id";  ///< metadata key of the parent's id
  std::size_t candidates = 100;
};

/// Searches chunks and gives their parents from `parents`, each once, in the order of its best chunk and with that
/// one's score. A chunk that names no parent, or one that is not there, stands for itself. The filter of the call
/// applies to the chunks. Errors: those of `parents` too.
[[nodiscard]] SCAUP_API std::shared_ptr<const Retriever> make_parent_retriever(
    std::shared_ptr<const Retriever> retriever, Collection parents, const ParentRetrieverOptions& options = {});

struct WindowRetrieverOptions {
  /// Metadata keys of the range of bytes in the source. "parent_begin" and "parent_end" give the parent of a chunk
  /// without its being stored.
  std::string begin_key = "window_begin";
  std::string end_key = "window_end";
  std::size_t candidates = 100;
};

/// Gives each chunk with the text of the window around it, from the document `Origin::source_id` of `sources`; the
/// origin says what range that is. Of several chunks with the same window the best stays. A chunk is left as it is if
/// it has no such keys, or if the source is not there or no longer holds the chunk at its place. The embedding stays
/// that of the chunk. Errors: those of `sources` too.
[[nodiscard]] SCAUP_API std::shared_ptr<const Retriever> make_window_retriever(
    std::shared_ptr<const Retriever> retriever, Collection sources, const WindowRetrieverOptions& options = {});

struct AutoMergingRetrieverOptions {
  std::string parent_key = "parent_id";
  double ratio = 0.5;  ///< merged where more than this share of a parent's children was found; from 0 to 1
  std::size_t candidates = 20;
};

/// Puts a parent in place of its children where many of them were found among the candidates, with the mean of their
/// scores; then the same for the parents of these parents, up to 8 levels. `children` is the collection that is
/// searched, in which all children of a parent are counted; `parents` has the parents, and may be the same one.
/// Errors: those of the collections too.
[[nodiscard]] SCAUP_API std::shared_ptr<const Retriever> make_auto_merging_retriever(
    std::shared_ptr<const Retriever> retriever, Collection children, Collection parents,
    const AutoMergingRetrieverOptions& options = {});

}  // namespace scaup::inline v0
