// The vector retriever: Collection::query behind the Retriever interface.

#include <utility>

#include "base/boundary.hpp"
#include "scaup/retriever.hpp"

namespace scaup::inline v0 {
namespace {

class VectorRetriever final : public Retriever {
 public:
  VectorRetriever(Collection collection, const VectorRetrieverOptions& options)
      : collection_(std::move(collection)), options_(options) {}

  Result<QueryResult> retrieve(std::string_view question, const RetrieveOptions& options,
                               std::stop_token stop) const override {
    return guarded([&] {
      const QueryOptions query{
          .k = options.k, .filter = options_.filter && options.filter, .with_embeddings = options.with_embeddings};
      return collection_.query(question, query, stop);
    });
  }

 private:
  const Collection collection_;
  const VectorRetrieverOptions options_;
};

}  // namespace

std::shared_ptr<const Retriever> make_vector_retriever(Collection collection, const VectorRetrieverOptions& options) {
  return std::make_shared<const VectorRetriever>(std::move(collection), options);
}

}  // namespace scaup::inline v0
