#pragma once
// What a query asks for and what comes back, shared by collections, stores and retrievers.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scaup/config.hpp"
#include "scaup/document.hpp"
#include "scaup/filter.hpp"
#include "scaup/fusion.hpp"

namespace scaup::inline v0 {

/// How the rows were found.
enum class QueryPlan : std::uint8_t {
  none,           ///< nothing was searched: an empty collection, or a query without a vector
  exact_scan,     ///< every row was compared
  filtered_scan,  ///< every row that the filter selects was compared, and no other
  graph_walk,     ///< the graph was searched, and rows that it does not hold yet were compared
};

/// What a query compares.
enum class QueryMode : std::uint8_t {
  dense,    ///< vectors
  keyword,  ///< words: BM25 over the texts and their titles
  hybrid,   ///< both, brought to one ranking as HybridOptions says
};

/// How a hybrid query makes one score of two. Each side brings its best `candidates`; what else would have a high score
/// in sum is not seen.
struct HybridOptions {
  /// One of the fusions of the two lists. Absent: the sum of keyword score, title score and similarity, each brought to
  /// scale (docs/quality.md), which measures better than any fusion of lists; for the metrics cosine and inner_product,
  /// and relative_score under l2.
  std::optional<Fusion> fusion = {};
  /// The weight of the vectors: absent, 0.4 where the scores are summed; in a fusion it is 0 to 1, the words have the
  /// rest, and absent means 0.3 for the built-in model and 0.5 for other vectors.
  std::optional<double> dense_weight = {};
  double title_weight = 0.4;  ///< of a title's score, where the scores are summed; 0 or more
  /// Of what a document's five nearest by words got for the question, where the scores are summed; 0 to 100, 0:
  /// nothing. It lifts documents among others that fit, which pays where a question has many answers. The lists of
  /// nearest documents are made in the background, from the first query that asks for them on; until a document has its
  /// list, and right after a write, its neighbours count nothing. `wait_until_indexed` waits for them.
  double neighbour_weight = 0.2;
  bool adaptive = false;         ///< whether `dense_weight` follows the class of the question, see `weights_for`
  std::size_t candidates = 200;  ///< of each side; at least k is taken
};

/// What a negative query does.
enum class NegativeMode : std::uint8_t {
  /// Moves the query away: its vector less the negative one, both brought to length 1 first, so that only their
  /// directions count; under cosine the difference is brought to length 1 as well. Scores are those of the
  /// difference. Under l2 that is a point near the origin, which says something only where the vectors have length 1.
  subtract,
  /// Leaves out every document whose score for the negative vector is greater than `threshold`; scores stay those
  /// of the query. It is a condition like a filter: min(k, documents left) come back.
  filter,
};

/// What a query should stay away from: exactly one of `text` and `vector`.
struct NegativeQuery {
  std::string text = {};           ///< embedded together with the query
  std::vector<float> vector = {};  ///< what is required of the vector of a query is required of it
  NegativeMode mode = NegativeMode::subtract;
  /// Of the mode `filter` alone; a score of the metric: -1 to 1 under cosine, any number under inner_product, at most 0
  /// under l2 (minus the square of the distance within which documents are left out). Absent: 0.5 under cosine;
  /// the other metrics have no default.
  std::optional<double> threshold = {};
};

struct QueryOptions {
  std::size_t k = 10;                    ///< how many matches, at least 1; fewer come back if fewer match
  QueryMode mode = QueryMode::dense;     ///< what is compared; keyword and hybrid need a text
  HybridOptions hybrid = {};             ///< of the mode hybrid
  Filter filter = {};                    ///< only documents for which it holds; by default all
  bool with_embeddings = false;          ///< whether each match carries its vector
  std::optional<double> min_score = {};  ///< only matches with at least this score, in the range of mode and metric
  /// Threads for one call, the caller's included. 0: all cores where the collection is large enough for
  /// that to pay, else one.
  std::size_t threads = 0;
  /// The share of the exact answer to be found, on average over queries, in (0, 1]. Where the collection has a graph,
  /// the width of its search is chosen by what was measured on the collection's own documents; 1 is an exact query.
  double recall = 0.95;
  /// The width of the graph search, in place of what `recall` would choose; raised to k.
  std::optional<std::size_t> ef = {};
  /// Whether the answer must be that of comparing all documents.
  bool exact = false;
  /// This way in place of the cheapest, for measurements and tests; where it is not possible here, an exact one is
  /// taken.
  std::optional<QueryPlan> plan = {};
  /// What to stay away from. A query with the same direction as the negative one that is subtracted from it is
  /// refused: nothing is left. A text that the embedder knows nothing of has no effect (see QueryStats).
  std::optional<NegativeQuery> negative = {};
  /// A metadata key; empty: none. The answer then holds, of the documents with the same value under this key, only
  /// the best: min(k, number of values among the matching documents) come back. Documents without the key are left
  /// out. The integer 1 and the real 1.0 are the same value, as in a filter; a list is one value as a whole.
  std::string group_by = {};
};

/// What one query did.
struct QueryStats {
  QueryPlan plan = QueryPlan::none;
  std::size_t ef = 0;                  ///< width of the graph search; 0: exact
  std::size_t hops = 0;                ///< rows of the graph whose links were followed
  std::size_t codes_compared = 0;      ///< rows compared with the query by their int8 codes
  std::size_t rows_rescored = 0;       ///< rows whose score was computed from their floats, in double
  std::size_t filter_evaluations = 0;  ///< documents whose text was looked at for the filter
  std::size_t postings = 0;            ///< places of the query's words in documents that were looked at
  /// The embedder knew no token of the query text, so nothing could be found by vector (a hybrid query finds what has
  /// its words).
  bool query_without_vector = false;
  /// The embedder knew no token of the negative text, so the query was answered without it.
  bool negative_without_vector = false;
  std::size_t negative_comparisons = 0;  ///< rows whose score for the negative vector was computed, in double
  /// Inside the store, for all queries of the call, their embedding not counted.
  std::chrono::nanoseconds elapsed = {};
};

/// Matches, best first; equal scores by id, ascending. Behaves like a list of Match.
struct QueryResult {
  std::vector<Match> matches = {};
  QueryStats stats = {};

  [[nodiscard]] auto begin() const noexcept { return matches.begin(); }
  [[nodiscard]] auto end() const noexcept { return matches.end(); }
  [[nodiscard]] std::size_t size() const noexcept { return matches.size(); }
  [[nodiscard]] bool empty() const noexcept { return matches.empty(); }
  [[nodiscard]] const Match& operator[](std::size_t index) const noexcept { return matches[index]; }
};

struct ScanOptions {
  Filter filter = {};                     ///< only documents for which it holds; by default all
  std::size_t limit = 100;                ///< documents a page, 1 to 100,000
  std::optional<std::string> after = {};  ///< `next` of the page before; absent for the first page
  bool with_embeddings = false;           ///< whether each document carries its vector
};

/// One page of a scan, in ascending order of id (by bytes).
struct ScanPage {
  std::vector<Document> documents = {};
  std::optional<std::string> next = {};  ///< pass it as `after`; absent after the last page
};

/// A change to the metadata of one document: first `erase`, then `set`.
struct MetadataUpdate {
  std::string id = {};
  Metadata set = {};                    ///< added, or put in place of what the key held
  std::vector<std::string> erase = {};  ///< keys; those not there are ignored
};

}  // namespace scaup::inline v0
