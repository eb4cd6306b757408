#pragma once
// VectorStore: the seam a Collection stands on. The local engine is one; a server behind it can be another.
//
// A Collection checks what users pass (ids, UTF-8, numbers, dimensions, filters, options) before it
// calls a store, and embeds texts; a store keeps documents and vectors and finds them again.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "scaup/config.hpp"
#include "scaup/document.hpp"
#include "scaup/embedder.hpp"
#include "scaup/filter.hpp"
#include "scaup/index_options.hpp"
#include "scaup/metric.hpp"
#include "scaup/query.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// What is fixed for all vectors and words of a store, and kept with them.
struct StoreSchema {
  Metric metric = Metric::cosine;
  std::optional<std::size_t> dimension = {};      ///< absent until the first vector fixes it
  std::optional<EmbedderIdentity> embedder = {};  ///< who made the vectors, where that is known
  std::string analysis = "english";               ///< how texts become words, see CollectionOptions
  std::string title_key = "title";                ///< the metadata key of titles

  friend bool operator==(const StoreSchema&, const StoreSchema&) = default;
};

struct StoreInfo {
  StoreSchema schema = {};
  std::size_t documents = 0;
  std::size_t without_vector = 0;    ///< of these, documents that vector search leaves out
  std::size_t graph_rows = 0;        ///< rows in the graph, those removed since included; 0: no graph
  std::uint64_t revision = 0;        ///< grows with every applied write
  std::uint64_t schema_version = 0;  ///< grows when `replace_embeddings` changes the schema
};

/// What a store can do; a call that needs more is refused by the Collection before it gets here.
struct StoreCapabilities {
  bool text_filters = true;    ///< conditions on the text: contains
  bool regex_filters = true;   ///< conditions on the text: regular expressions
  bool atomic_batches = true;  ///< a batch is applied whole or not at all, and seen so by readers
  bool exclusions = true;      ///< queries that leave out what is near to a second vector: `VectorQuery::exclusion`
  bool grouping = true;        ///< queries with at most one match a group: `QueryOptions::group_by`
  bool keywords = false;       ///< queries of the modes keyword and hybrid
};

enum class WriteMode : std::uint8_t {
  add,     ///< an id that is there already: `already_exists`
  upsert,  ///< an id that is there already is replaced whole
};

/// A document and its vector, borrowed for the call. `document->embedding` is not looked at. An empty
/// vector means: keep the document, leave it out of vector search.
struct StoreRecord {
  const Document* document = nullptr;
  std::span<const float> vector = {};
};

struct WriteCounts {
  std::size_t added = 0;
  std::size_t replaced = 0;
  std::size_t removed = 0;
};

/// Rows whose score for `vector` is greater than `threshold` are left out of a query.
struct VectorExclusion {
  std::span<const float> vector = {};
  double threshold = 0;
};

/// A query, borrowed for the call. `options.negative` is never set: a subtraction is done already, and a
/// negative filter is the `exclusion`. With `options.group_by`, `options.filter` asks that the key is there.
struct VectorQuery {
  std::span<const float> vector = {};  ///< empty in the mode keyword, and where a hybrid query has no vector
  std::string_view text = {};          ///< the words, in the modes keyword and hybrid
  QueryOptions options = {};
  std::optional<VectorExclusion> exclusion = {};
};

/// A new vector for a stored document, borrowed for the call; empty as in StoreRecord.
struct EmbeddingUpdate {
  std::string_view id = {};
  std::span<const float> vector = {};
};

/// Keeps documents with vectors. Users may implement it.
/// Implementations may be called from several threads at once. Every call is all or nothing unless
/// `capabilities()` says otherwise, and returns `cancelled` when its stop token asks before it has an effect.
class SCAUP_API VectorStore {
 public:
  virtual ~VectorStore();

  [[nodiscard]] virtual StoreCapabilities capabilities() const noexcept = 0;
  [[nodiscard]] virtual Result<StoreInfo> info(std::stop_token stop) const = 0;

  /// Errors: `already_exists`; `dimension_mismatch` if a concurrent first write fixed another dimension;
  /// `embedder_mismatch` if the schema's version is not `schema_version` any more.
  [[nodiscard]] virtual Result<WriteCounts> write(std::span<const StoreRecord> records, WriteMode mode,
                                                  std::uint64_t schema_version, std::stop_token stop) = 0;
  /// Removes these ids, as far as they are there and not among the records, and adds or replaces the records, which
  /// may be none: in one step, unless it is not overridden. Errors: as `write`.
  [[nodiscard]] virtual Result<WriteCounts> exchange(std::span<const std::string> removed,
                                                     std::span<const StoreRecord> records, std::uint64_t schema_version,
                                                     std::stop_token stop);
  /// Errors: `not_found` if an id is not there; then no document is changed.
  [[nodiscard]] virtual Status update_metadata(std::span<const MetadataUpdate> updates, std::stop_token stop) = 0;
  /// Removes these ids, ignoring those not there; returns how many went.
  [[nodiscard]] virtual Result<std::size_t> remove_ids(std::span<const std::string> ids, std::stop_token stop) = 0;
  /// Removes what the filter, never empty, holds for; returns how many went.
  [[nodiscard]] virtual Result<std::size_t> remove_matching(const Filter& filter, std::stop_token stop) = 0;
  /// Notes who makes the vectors, where nobody is noted yet; does nothing if it is this one already.
  /// Errors: `embedder_mismatch`, `dimension_mismatch`.
  [[nodiscard]] virtual Status adopt_embedder(const EmbedderIdentity& identity, std::stop_token stop) = 0;
  /// Puts new vectors in place of all old ones and takes over `schema`.
  /// Errors: `unavailable` if the store has been written to since `revision`; nothing is changed then.
  [[nodiscard]] virtual Status replace_embeddings(const StoreSchema& schema, std::span<const EmbeddingUpdate> updates,
                                                  std::uint64_t revision, std::stop_token stop) = 0;

  /// One entry for each id, in order; absent where there is no such document.
  [[nodiscard]] virtual Result<std::vector<std::optional<Document>>> get(std::span<const std::string> ids,
                                                                         bool with_embeddings,
                                                                         std::stop_token stop) const = 0;
  [[nodiscard]] virtual Result<ScanPage> scan(const ScanOptions& options, std::stop_token stop) const = 0;
  [[nodiscard]] virtual Result<std::size_t> count(const Filter& filter, std::stop_token stop) const = 0;
  /// One result for each query, in order. All queries of a call see the same state of the store.
  /// Errors: `dimension_mismatch`, `embedder_mismatch` as in `write`.
  [[nodiscard]] virtual Result<std::vector<QueryResult>> query(std::span<const VectorQuery> queries,
                                                               std::uint64_t schema_version,
                                                               std::stop_token stop) const = 0;

  /// Returns when the index holds all documents that were there when the call began; at once, unless overridden.
  /// Errors: why the index could not be made.
  [[nodiscard]] virtual Status wait_until_indexed(std::stop_token stop) const;
  /// Measures recall on stored documents. The options are in range. `unavailable` unless overridden.
  [[nodiscard]] virtual Result<RecallReport> self_recall(const SelfRecallOptions& options, std::stop_token stop) const;
};

}  // namespace scaup::inline v0
