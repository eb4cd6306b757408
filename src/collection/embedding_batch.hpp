#pragma once
// Vectors for the documents of a write and for the texts of a batch of queries.

#include <cstddef>
#include <optional>
#include <span>
#include <stop_token>
#include <string_view>
#include <vector>

#include "collection/request_check.hpp"
#include "scaup/collection.hpp"

namespace scaup::inline v0 {

/// Whether a row made by an embedder says nothing: all components are zero.
[[nodiscard]] bool is_zero(std::span<const float> row) noexcept;

/// A write, each document with its vector: the one it brings, or one made of its text. Borrows the documents.
class EmbeddingBatch {
 public:
  /// `documents` have been checked. Errors: `invalid_argument` if a text must be embedded without an embedder.
  [[nodiscard]] static Result<EmbeddingBatch> of_documents(std::span<const Document> documents,
                                                           const Embedder* embedder, const std::stop_token& stop);

  /// Borrowed from this object.
  [[nodiscard]] std::span<const StoreRecord> records() const noexcept { return records_; }
  [[nodiscard]] std::size_t without_vector() const noexcept { return without_vector_; }

 private:
  Embeddings made_;
  std::vector<StoreRecord> records_;
  std::size_t without_vector_ = 0;
};

/// A batch of queries, each with its vector.
class QueryBatch {
 public:
  /// Checks the requests and embeds their texts. What `requests` borrow stays borrowed.
  [[nodiscard]] static Result<QueryBatch> of_requests(std::span<const RequestView> requests, const Embedder* embedder,
                                                      const StoreInfo& info, const StoreCapabilities& capabilities,
                                                      const std::stop_token& stop);

  /// The requests that have a vector, or words to look for. Borrowed from this object.
  [[nodiscard]] std::span<const VectorQuery> queries() const noexcept { return queries_; }
  /// Puts the results of `queries()` back beside the requests of whose text the embedder knows nothing.
  [[nodiscard]] std::vector<QueryResult> in_order(std::vector<QueryResult> found) const;

 private:
  using Vector = std::span<const float>;
  // Of one request; empty where there is none.
  struct Vectors {
    Vector query;
    Vector negative;
  };
  struct Known {
    bool is_asked = false;        // the store has a query for it
    bool without_vector = false;  // though it wants one
    bool negative_without_vector = false;
  };
  Status add(const RequestView& request, const Vectors& vectors, Metric metric);

  Embeddings made_;
  std::vector<std::vector<float>> differences_;  // queries less their negative ones; their floats never move
  std::vector<VectorQuery> queries_;
  std::vector<Known> requests_;
};

}  // namespace scaup::inline v0
