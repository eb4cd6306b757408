#include "collection/embedding_batch.hpp"

#include <algorithm>

#include "base/utf8.hpp"
#include "collection/request_check.hpp"
#include "simd/vector_check.hpp"

namespace scaup::inline v0 {
namespace {

Error bad_reply(const Embedder& embedder, std::string what) {
  return {ErrorCode::bad_reply, "embedder " + to_string(embedder.identity()) + ": " + std::move(what)};
}

Error no_embedder(std::string_view what) {
  return {ErrorCode::invalid_argument, std::string(what) + ", and the collection has no embedder to make one"};
}

Status check_request(const QueryRequest& request, const Embedder* embedder, const StoreInfo& info,
                     const StoreCapabilities& capabilities) {
  if (Status valid = check_query_options(request.options, capabilities); !valid) return valid;
  if (!request.text.empty() && !request.vector.empty()) {
    return Error(ErrorCode::invalid_argument, "the query has a text and a vector; give one of them");
  }
  if (!request.vector.empty()) return check_vector(request.vector, info.schema.metric, info.schema.dimension);
  if (request.text.empty()) return Error(ErrorCode::invalid_argument, "the query is empty");
  if (embedder == nullptr) return no_embedder("the query is a text without a vector");
  if (const auto place = find_invalid_utf8(request.text)) {
    return Error(ErrorCode::invalid_argument, "the query text is not UTF-8 at offset " + std::to_string(*place));
  }
  return {};
}

}  // namespace

bool is_zero(std::span<const float> row) noexcept {
  return std::ranges::all_of(row, [](float x) { return x == 0.0F; });
}

Result<Embeddings> embed_checked(const Embedder& embedder, std::span<const std::string_view> texts, TextKind kind,
                                 const std::stop_token& stop) {
  const std::size_t dimension = embedder.identity().dimension;
  if (texts.empty()) return Embeddings{.dimension = dimension, .values = {}};
  auto made = embedder.embed(texts, kind, stop);
  if (!made) return made;
  if (made->dimension != dimension || made->values.size() != texts.size() * dimension) {
    return bad_reply(embedder, std::to_string(made->values.size()) + " numbers in rows of " +
                                   std::to_string(made->dimension) + " for " + std::to_string(texts.size()) + " texts");
  }
  if (const auto place = first_not_finite(made->values)) {
    return bad_reply(embedder, "the vector of text " + std::to_string(*place / dimension) + " is not finite");
  }
  return made;
}

Result<EmbeddingBatch> EmbeddingBatch::of_documents(std::span<const Document> documents, const Embedder* embedder,
                                                    const std::stop_token& stop) {
  EmbeddingBatch batch;
  std::vector<std::string_view> texts;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    if (documents[i].embedding) continue;
    if (embedder == nullptr) return no_embedder(item_name("document", i, documents[i].id) + " has no embedding");
    texts.emplace_back(documents[i].text);
  }
  if (!texts.empty()) {
    auto made = embed_checked(*embedder, texts, TextKind::document, stop);
    if (!made) return std::move(made).error();
    batch.made_ = *std::move(made);
  }
  batch.records_.reserve(documents.size());
  std::size_t next_row = 0;
  for (const Document& document : documents) {
    std::span<const float> vector;
    if (document.embedding) {
      vector = *document.embedding;
    } else if (const auto row = batch.made_.row(next_row++); !is_zero(row)) {
      vector = row;
    } else {
      ++batch.without_vector_;
    }
    batch.records_.push_back({.document = &document, .vector = vector});
  }
  return batch;
}

Result<QueryBatch> QueryBatch::of_requests(std::span<const QueryRequest> requests, const Embedder* embedder,
                                           const StoreInfo& info, const StoreCapabilities& capabilities,
                                           const std::stop_token& stop) {
  QueryBatch batch;
  std::vector<std::string_view> texts;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    Status valid = check_request(requests[i], embedder, info, capabilities);
    if (!valid) {
      Error error = std::move(valid).error();
      if (requests.size() > 1) error.add_context(item_name("query", i, {}));
      return error;
    }
    if (requests[i].vector.empty()) texts.emplace_back(requests[i].text);
  }
  if (!texts.empty()) {
    auto made = embed_checked(*embedder, texts, TextKind::query, stop);
    if (!made) return std::move(made).error();
    batch.made_ = *std::move(made);
  }
  std::size_t next_row = 0;
  for (const QueryRequest& request : requests) {
    const std::span<const float> vector =
        request.vector.empty() ? batch.made_.row(next_row++) : std::span(request.vector);
    batch.has_vector_.push_back(!request.vector.empty() || !is_zero(vector));
    if (batch.has_vector_.back()) batch.queries_.push_back({.vector = vector, .options = request.options});
  }
  return batch;
}

std::vector<QueryResult> QueryBatch::in_order(std::vector<QueryResult> found) const {
  std::vector<QueryResult> results(has_vector_.size());
  std::size_t next = 0;
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (has_vector_[i]) {
      results[i] = std::move(found[next++]);
    } else {
      results[i].stats.query_without_vector = true;
    }
  }
  return results;
}

}  // namespace scaup::inline v0
