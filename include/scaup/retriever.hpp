#pragma once
// Retrievers: from a question to passages. Small parts behind one interface, so that they compose.

#include <cstddef>
#include <memory>
#include <stop_token>
#include <string_view>

#include "scaup/collection.hpp"
#include "scaup/config.hpp"
#include "scaup/filter.hpp"
#include "scaup/query.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

struct RetrieveOptions {
  std::size_t k = 10;            ///< how many passages, at least 1
  Filter filter = {};            ///< only documents for which it holds, on top of the retriever's own filter
  bool with_embeddings = false;  ///< whether each match carries its vector, as a choice by diversity needs it
};

/// Finds passages for a question. Users may implement it.
/// Implementations may be called from several threads at once.
class SCAUP_API Retriever {
 public:
  virtual ~Retriever();
  /// At most k matches, best first. Errors: `invalid_argument` for k = 0 or an empty question;
  /// `cancelled`; those of the parts below.
  [[nodiscard]] virtual Result<QueryResult> retrieve(std::string_view question, const RetrieveOptions& options = {},
                                                     std::stop_token stop = {}) const = 0;
};

struct VectorRetrieverOptions {
  Filter filter = {};  ///< always applied
};

/// The nearest documents of `collection` by vector: `Collection::query` as a Retriever.
[[nodiscard]] SCAUP_API std::shared_ptr<const Retriever> make_vector_retriever(
    Collection collection, const VectorRetrieverOptions& options = {});

}  // namespace scaup::inline v0
