#pragma once
// Collection: documents with their vectors, added, found, changed and removed.

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "scaup/archive.hpp"
#include "scaup/config.hpp"
#include "scaup/document.hpp"
#include "scaup/embedder.hpp"
#include "scaup/filter.hpp"
#include "scaup/index_options.hpp"
#include "scaup/metric.hpp"
#include "scaup/query.hpp"
#include "scaup/result.hpp"
#include "scaup/vector_store.hpp"

namespace scaup::inline v0 {

struct CollectionOptions {
  // Stored with the collection; on an existing one, a contradiction is an error.
  /// How vectors are compared. Absent: cosine for a new collection, anything for an existing one.
  std::optional<Metric> metric = {};
  /// Components of every vector, 1 to 65,536. Absent: the embedder's, or else that of the first vector.
  std::optional<std::size_t> dimension = {};
  /// How texts become words for keyword search: "english" (stop words left out, stems), "simple" (words as they are),
  /// "multilingual" (the same, and pairs of CJK characters), or a language of Snowball such as "german".
  /// Absent: english for a new collection, anything for an existing one.
  std::optional<std::string> analysis = {};
  /// The metadata key with the title of a document, whose words count on their own and as part of the text. Absent:
  /// "title" for a new collection, anything for an existing one.
  std::optional<std::string> title_key = {};
  // Of this process only.
  /// Makes vectors of texts. Without one, documents bring their own and queries are vectors.
  std::shared_ptr<const Embedder> embedder = {};
  /// How vectors are indexed; the defaults are meant to be left alone.
  IndexOptions index = {};
};

/// What a write did.
struct WriteReport {
  std::size_t added = 0;
  std::size_t replaced = 0;
  std::size_t removed = 0;  ///< by `exchange`
  /// Documents whose text the embedder knows nothing of: kept, found by filters, left out of vector search.
  std::size_t without_vector = 0;
};

/// One query of a batch, with options of its own: exactly one of `text` and `vector` in the mode dense, `text` in the
/// mode keyword, `text` and perhaps `vector` in its place for the vectors in the mode hybrid.
struct QueryRequest {
  std::string text = {};
  std::vector<float> vector = {};
  QueryOptions options = {};
};

/// A handle to a collection, cheap to copy; copies are the same collection. It stays valid after its
/// Database is gone; after the collection is removed every call is `not_found`.
///
/// Every call is all or nothing: after an error the collection is as before, and a reader sees a batch
/// whole or not at all. Arguments are borrowed for the call, results own their memory. Embedding happens
/// outside every lock. All calls refuse text that is not UTF-8, empty ids, ids twice in one call, vectors
/// with NaN or infinity or of another dimension, a zero vector under cosine, and filters that do not
/// `validate()`; the message says what, where and which value. A call whose stop token asks returns `cancelled`.
///
/// Thread-safe: any member from any thread at any time.
class SCAUP_API Collection {
 public:
  [[nodiscard]] const std::string& name() const noexcept;
  /// Schema, number of documents, and how many of them have no vector.
  [[nodiscard]] Result<StoreInfo> info(std::stop_token stop = {}) const;
  /// Null where the collection has none.
  [[nodiscard]] std::shared_ptr<const Embedder> embedder() const;

  /// Adds documents. Those without an embedding get one from the embedder, in one call for all.
  /// Errors: `already_exists` if an id is there already (`upsert` replaces); `dimension_mismatch`;
  /// `embedder_mismatch`; `invalid_argument`; what the embedder reports.
  Result<WriteReport> add(std::span<const Document> documents, std::stop_token stop = {});
  Result<WriteReport> add(std::initializer_list<Document> documents, std::stop_token stop = {});

  /// Adds documents or replaces, whole, those whose id is there. Errors: as `add`, but `already_exists`.
  Result<WriteReport> upsert(std::span<const Document> documents, std::stop_token stop = {});
  Result<WriteReport> upsert(std::initializer_list<Document> documents, std::stop_token stop = {});

  /// Removes documents, ignoring ids that are not there or come twice, and adds or replaces others, whole, in one step:
  /// no reader sees the one without the other. An id in both lists is replaced. Errors: as `upsert`.
  Result<WriteReport> exchange(std::span<const std::string> removed, std::span<const Document> documents,
                               std::stop_token stop = {});

  /// Changes the metadata of documents without touching text or vector; all of them or none.
  /// Errors: `not_found` if an id is not there; `invalid_argument`.
  Status update_metadata(std::span<const MetadataUpdate> updates, std::stop_token stop = {});
  /// Sets these keys of one document; other keys stay.
  Status update_metadata(std::string_view id, const Metadata& set, std::stop_token stop = {});

  /// Removes documents by id; ids that are not there are ignored, an empty list removes nothing.
  /// Returns how many were removed.
  Result<std::size_t> remove(std::span<const std::string> ids, std::stop_token stop = {});
  Result<std::size_t> remove(std::initializer_list<std::string> ids, std::stop_token stop = {});
  /// Removes the documents for which `filter` holds. Errors: `invalid_argument` for the empty filter,
  /// which would be everything: remove the collection instead.
  Result<std::size_t> remove(const Filter& filter, std::stop_token stop = {});

  /// The document with this id, with its embedding. Errors: `not_found`.
  [[nodiscard]] Result<Document> get(std::string_view id, std::stop_token stop = {}) const;
  /// One entry for each id, in order, with embeddings; absent where there is no such document.
  [[nodiscard]] Result<std::vector<std::optional<Document>>> get_many(std::span<const std::string> ids,
                                                                      std::stop_token stop = {}) const;

  /// One page of documents in ascending order of id. A document that is there during the whole scan,
  /// page after page, comes exactly once, whatever is written meanwhile.
  /// Errors: `invalid_argument` for a limit out of range.
  [[nodiscard]] Result<ScanPage> scan(const ScanOptions& options = {}, std::stop_token stop = {}) const;

  /// How many documents there are, or for how many `filter` holds.
  [[nodiscard]] Result<std::size_t> count(const Filter& filter = {}, std::stop_token stop = {}) const;

  /// The min(k, matching) documents nearest to `text`, best first; equal scores by id. Scores are computed in double.
  /// In collections of some thousands of documents and more the answer may be approximate: it holds the share
  /// `QueryOptions::recall` of the exact answer, on average over queries; never fewer than min(k, matching) documents,
  /// and all of the exact answer with `QueryOptions::exact`. An empty collection gives an empty list, and so does a
  /// text that the embedder knows nothing of (see QueryStats).
  ///
  /// Errors: `invalid_argument` for k = 0, an empty text, or a collection without an embedder;
  /// `embedder_mismatch`; what the embedder reports.
  ///
  /// Cost: one embedding, then O(n * dimension) where the query is exact, about O(log n * dimension) where it is not.
  [[nodiscard]] Result<QueryResult> query(std::string_view text, const QueryOptions& options = {},
                                          std::stop_token stop = {}) const;
  /// The same for a vector of `dimension` finite floats; it need not have length 1.
  [[nodiscard]] Result<QueryResult> query(std::span<const float> vector, const QueryOptions& options = {},
                                          std::stop_token stop = {}) const;
  /// Several queries at once, each with its own options, over one state of the collection; texts are
  /// embedded in one call. One result for each request, in order; one bad request fails the call.
  [[nodiscard]] Result<std::vector<QueryResult>> query_batch(std::span<const QueryRequest> requests,
                                                             std::stop_token stop = {}) const;

  /// Embeds every text anew with `embedder`, which becomes the collection's, and puts the new vectors in
  /// place of the old ones in one step; until then queries see the old ones.
  /// Errors: what the embedder reports; `unavailable` if writers change the collection all the while.
  Result<WriteReport> reembed(std::shared_ptr<const Embedder> embedder, std::stop_token stop = {});

  /// Waits until the graph holds all documents that are there now; queries need not wait for that, they compare
  /// the rest one by one. Returns at once where the collection is too small for a graph.
  /// Errors: `cancelled`; `out_of_memory` or `unavailable` if there can be no graph, and queries are exact.
  Status wait_until_indexed(std::stop_token stop = {}) const;

  /// Measures how much of the exact answer queries find, on documents of the collection that are asked about as if they
  /// were not in it. Errors: `invalid_argument` for options out of range.
  /// Cost: `sample` exact queries and as many approximate ones.
  [[nodiscard]] Result<RecallReport> self_recall(const SelfRecallOptions& options = {},
                                                 std::stop_token stop = {}) const;

  /// Writes every document as a line of JSON, each once, in no particular order. The documents are those of one moment,
  /// but for stores of your own, which are read page by page. Errors: `cancelled`; those of the sink.
  Result<TransferReport> export_json_lines(ByteSink& sink, const JsonLinesOptions& options = {},
                                           std::stop_token stop = {}) const;
  /// Adds the documents of lines of JSON, as `add` or `upsert` would, embedding those that bring no vector. It writes
  /// some hundred lines at a time: after an error, which names the line, what was written before stays.
  /// Errors: `invalid_argument` for a line; those of `add`; those of the source.
  Result<TransferReport> import_json_lines(ByteSource& source, const JsonLinesOptions& options = {},
                                           std::stop_token stop = {});

  struct State;
  explicit Collection(std::shared_ptr<State> state);  ///< for the library; State is not defined elsewhere

 private:
  std::shared_ptr<State> state_;
};

/// A collection on a store of your own; it belongs to no Database.
/// Errors: `invalid_argument` for a bad name, a null store or bad options; `embedder_mismatch`,
/// `dimension_mismatch` where options and store contradict each other.
[[nodiscard]] SCAUP_API Result<Collection> make_collection(std::string name, std::shared_ptr<VectorStore> store,
                                                           const CollectionOptions& options = {});

}  // namespace scaup::inline v0
