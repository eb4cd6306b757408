#pragma once
// How good a ranking is: measures against judgements, with intervals, comparison of two rankings, and test collections.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "scaup/config.hpp"
#include "scaup/document.hpp"
#include "scaup/file_system.hpp"
#include "scaup/fusion.hpp"
#include "scaup/result.hpp"
#include "scaup/retriever.hpp"

namespace scaup::inline v0 {

/// Query id -> document id -> gain. A document is relevant if its gain is above 0; what is not judged is not relevant.
using Judgements = std::map<std::string, std::map<std::string, std::int64_t, std::less<>>, std::less<>>;

/// Query id -> ranking, best first. The order of the list counts, scores are not looked at (trec_eval sorts by score,
/// and equal scores by descending id).
using Run = std::map<std::string, std::vector<ScoredId>, std::less<>>;

/// Measures over the first k of a ranking, with R relevant documents in the judgements. The definitions are those of
/// trec_eval, whose names stand in brackets; each is in [0, 1].
enum class Measure : std::uint8_t {
  precision,  ///< relevant ones found / k, also where fewer than k were returned [P_k]
  recall,     ///< relevant ones found / R [recall_k]
  hit_rate,   ///< 1 if a relevant one was found, else 0 [success_k]
  mrr,        ///< 1 / rank of the first relevant one, 0 without one [recip_rank, over the first k]
  map,        ///< sum of the precision at each relevant one found / R [map_cut_k]
  /// Sum of gain / log2(rank + 1), divided by that of the ideal ranking: all judged documents by descending gain, the
  /// first min(k, R) of them. Gains are linear, negative ones count as 0 [ndcg_cut_k].
  ndcg,
};

/// A measure and its depth.
struct MeasureAt {
  Measure measure = Measure::ndcg;
  std::size_t k = 10;  ///< at least 1

  friend bool operator==(const MeasureAt&, const MeasureAt&) = default;
};

/// "nDCG@10", "recall@100".
[[nodiscard]] SCAUP_API std::string to_string(const MeasureAt& measure);

/// Resampling of queries.
struct BootstrapOptions {
  std::size_t draws = 10'000;  ///< 100 to 1,000,000
  double confidence = 0.95;    ///< share of the draws within an interval, in (0, 1)
  std::uint64_t seed = 1;      ///< the same seed gives the same numbers on every machine
};

struct EvaluateOptions {
  std::vector<MeasureAt> measures = {{Measure::ndcg, 10}, {Measure::recall, 100},   {Measure::mrr, 10},
                                     {Measure::map, 100}, {Measure::precision, 10}, {Measure::hit_rate, 10}};
  BootstrapOptions bootstrap = {};
  /// Of the evaluation of a retriever: threads for queries; 0: all cores.
  std::size_t threads = 0;
};

struct Interval {
  double low = 0;
  double high = 0;
};

/// One measure over all queries.
struct MeasureReport {
  MeasureAt what = {};
  double mean = 0;
  Interval interval = {};              ///< of the mean: percentiles of the bootstrap over queries
  std::vector<double> per_query = {};  ///< in the order of EvaluationReport::queries
};

struct EvaluationReport {
  std::vector<std::string> queries = {};     ///< those with a gain above 0, ascending; only these count
  std::vector<MeasureReport> measures = {};  ///< as the options have them
  std::size_t unanswered = 0;                ///< of the queries: how many the run does not have, or has nothing for
  std::size_t unjudged = 0;                  ///< queries of the run that do not count
};

/// Measures a run. A judged query that the run does not have counts with 0.
///
/// Errors: `invalid_argument` for options out of range, a document that comes twice in a ranking, and judgements
/// without any gain above 0.
///
/// Cost: O(entries log n), and draws * queries for each measure.
[[nodiscard]] SCAUP_API Result<EvaluationReport> evaluate(const Run& run, const Judgements& judgements,
                                                          const EvaluateOptions& options = {});

/// A question of a test collection.
struct EvaluationQuery {
  std::string id = {};
  std::string text = {};
};

/// What a retriever finds for queries, each asked for `k` documents. Errors: those of the retriever, naming the query;
/// `invalid_argument` for two queries with the same id; `cancelled`.
[[nodiscard]] SCAUP_API Result<Run> make_run(const Retriever& retriever, std::span<const EvaluationQuery> queries,
                                             std::size_t k, std::size_t threads = 0, std::stop_token stop = {});

/// Asks the retriever the queries that have a gain above 0, and measures what it finds.
/// Errors: those of `make_run` and of the measuring; `invalid_argument` if a judged query is not among the queries.
[[nodiscard]] SCAUP_API Result<EvaluationReport> evaluate(const Retriever& retriever,
                                                          std::span<const EvaluationQuery> queries,
                                                          const Judgements& judgements,
                                                          const EvaluateOptions& options = {},
                                                          std::stop_token stop = {});

/// Two systems on the same queries.
struct PairedComparison {
  double first_mean = 0;
  double second_mean = 0;
  double difference = 0;   ///< second - first
  Interval interval = {};  ///< of the difference: percentiles of the paired bootstrap over queries
  /// How probable a difference at least so large, in either direction, would be if it made no difference which system
  /// is which: the randomisation test of Fisher, by random signs, (extreme draws + 1) / (draws + 1).
  double p_value = 1;
  std::size_t second_better = 0;  ///< queries on which the second is better
  std::size_t first_better = 0;
};

/// Compares two systems by the measure of each query, in the same order. Errors: `invalid_argument` for options out of
/// range, no values, different numbers of them, and values that are not finite or above 1e100 in size.
[[nodiscard]] SCAUP_API Result<PairedComparison> compare_paired(std::span<const double> first,
                                                                std::span<const double> second,
                                                                const BootstrapOptions& options = {});

/// The same for two runs and one measure. Errors: those of `evaluate` too.
[[nodiscard]] SCAUP_API Result<PairedComparison> compare_runs(const Run& first, const Run& second,
                                                              const Judgements& judgements,
                                                              const MeasureAt& measure = {},
                                                              const BootstrapOptions& options = {});

/// What the text of a loaded document is; its title is metadata "title" in both cases, where there is one.
enum class BeirText : std::uint8_t {
  body,            ///< the text alone
  title_and_body,  ///< title, a space, text; where one is empty, the other alone
};

struct BeirOptions {
  std::string split = "test";  ///< the file qrels/<split>.tsv; letters, digits, '_' and '-'
  BeirText text = BeirText::body;
  std::uint64_t max_file_bytes = std::uint64_t{1} << 30U;  ///< a larger file is refused
  std::shared_ptr<FileSystem> file_system = {};            ///< default: posix_file_system()
};

/// A test collection.
struct TestCollection {
  std::vector<Document> documents = {};  ///< in the order of the file
  std::vector<EvaluationQuery> queries = {};
  Judgements judgements = {};
  std::size_t judged_unknown_documents = 0;  ///< judgements of documents that the corpus does not have; they count
};

/// Reads a folder in the layout of BEIR: corpus.jsonl {_id, title, text}, queries.jsonl {_id, text}, and
/// qrels/<split>.tsv: query id, document id, gain, separated by tabs, with or without a line of headings. Other members
/// and empty lines are ignored.
///
/// Errors, which name file and line: `invalid_argument` for what is not so, ids that come twice, and judgements of
/// queries that are not there; `not_found` and `io`; `cancelled`.
[[nodiscard]] SCAUP_API Result<TestCollection> load_beir(const std::filesystem::path& folder,
                                                         const BeirOptions& options = {}, std::stop_token stop = {});

}  // namespace scaup::inline v0
