// The retrievers at the bottom: Collection::query by vector, by words, or by both, behind the Retriever interface.

#include <utility>

#include "base/boundary.hpp"
#include "scaup/retrievers.hpp"

namespace scaup::inline v0 {
namespace {

class CollectionRetriever final : public Retriever {
 public:
  /// `query` has what every call has in common.
  CollectionRetriever(Collection collection, QueryOptions query)
      : collection_(std::move(collection)), query_(std::move(query)) {}

  Result<QueryResult> retrieve(std::string_view question, const RetrieveOptions& options,
                               std::stop_token stop) const override {
    return guarded([&] {
      QueryOptions query = query_;
      query.k = options.k;
      query.filter = query_.filter && options.filter;
      query.with_embeddings = options.with_embeddings;
      return collection_.query(question, query, stop);
    });
  }

 private:
  const Collection collection_;
  const QueryOptions query_;
};

}  // namespace

std::shared_ptr<const Retriever> make_vector_retriever(Collection collection, const VectorRetrieverOptions& options) {
  return std::make_shared<const CollectionRetriever>(std::move(collection), QueryOptions{.filter = options.filter});
}

std::shared_ptr<const Retriever> make_keyword_retriever(Collection collection, const KeywordRetrieverOptions& options) {
  return std::make_shared<const CollectionRetriever>(
      std::move(collection), QueryOptions{.mode = QueryMode::keyword, .filter = options.filter});
}

std::shared_ptr<const Retriever> make_hybrid_retriever(Collection collection, const HybridRetrieverOptions& options) {
  return std::make_shared<const CollectionRetriever>(
      std::move(collection),
      QueryOptions{.mode = QueryMode::hybrid, .hybrid = options.hybrid, .filter = options.filter});
}

}  // namespace scaup::inline v0
