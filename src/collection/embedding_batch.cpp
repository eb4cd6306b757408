#include "collection/embedding_batch.hpp"

#include <algorithm>
#include <unordered_map>

#include "base/utf8.hpp"
#include "collection/negative.hpp"
#include "collection/request_check.hpp"
#include "embed/embed_checked.hpp"
#include "simd/vector_check.hpp"

namespace scaup::inline v0 {
namespace {

Error no_embedder(std::string_view what) {
  return {ErrorCode::invalid_argument, std::string(what) + ", and the collection has no embedder to make one"};
}

Status check_text(const RequestView& request) {
  if (const auto place = find_invalid_utf8(request.text)) {
    return Error(ErrorCode::invalid_argument, "the query text is not UTF-8 at offset " + std::to_string(*place));
  }
  return {};
}

// Of a keyword or hybrid query.
Status check_words(const RequestView& request, const Embedder* embedder, const StoreSchema& schema) {
  const bool hybrid = request.options.mode == QueryMode::hybrid;
  if (request.text.empty()) {
    return Error(ErrorCode::invalid_argument, "the query has no text, and its mode asks for words");
  }
  if (!hybrid && !request.vector.empty()) {
    return Error(ErrorCode::invalid_argument, "the query has a vector, and its mode asks for words alone");
  }
  if (Status valid = check_text(request); !valid) return valid;
  if (!request.vector.empty()) return check_vector(request.vector, schema.metric, schema.dimension);
  if (hybrid && embedder == nullptr) return no_embedder("the hybrid query has no vector");
  return {};
}

Status check_content(const RequestView& request, const Embedder* embedder, const StoreSchema& schema) {
  if (request.options.mode != QueryMode::dense) return check_words(request, embedder, schema);
  if (!request.text.empty() && !request.vector.empty()) {
    return Error(ErrorCode::invalid_argument, "the query has a text and a vector; give one of them");
  }
  if (!request.vector.empty()) return check_vector(request.vector, schema.metric, schema.dimension);
  if (request.text.empty()) return Error(ErrorCode::invalid_argument, "the query is empty");
  if (embedder == nullptr) return no_embedder("the query is a text without a vector");
  return check_text(request);
}

// Whether a vector is made of its text.
bool is_embedded(const RequestView& request) noexcept {
  return request.options.mode != QueryMode::keyword && request.vector.empty();
}

Status check_request(const RequestView& request, const Embedder* embedder, const StoreInfo& info,
                     const StoreCapabilities& capabilities) {
  Status status = check_query_options(request.options, capabilities);
  if (status) status = check_content(request, embedder, info.schema);
  if (status) status = check_negative(request, embedder, info, capabilities);
  return status;
}

// Of a call with several queries, the message says which.
Status in_request(Status status, std::span<const RequestView> requests, std::size_t index) {
  if (status || requests.size() == 1) return status;
  Error error = std::move(status).error();
  error.add_context(item_name("query", index, {}));
  return error;
}

// The texts of a call, each of them once: the same negative text often belongs to every query of a batch.
class Texts {
 public:
  void add(std::string_view text) {
    if (text.empty() || !rows_.emplace(text, list_.size()).second) return;
    list_.push_back(text);
  }
  [[nodiscard]] std::span<const std::string_view> list() const noexcept { return list_; }
  [[nodiscard]] std::size_t row_of(std::string_view text) const { return rows_.find(text)->second; }

 private:
  std::vector<std::string_view> list_;
  std::unordered_map<std::string_view, std::size_t> rows_;
};

// What the store gets: the key that a query groups by is asked for in its filter, and a negative query comes apart.
QueryOptions for_store(const QueryOptions& options) {
  QueryOptions made = options;
  made.negative.reset();
  if (!options.group_by.empty()) made.filter = options.filter && field(options.group_by).exists();
  return made;
}

}  // namespace

bool is_zero(std::span<const float> row) noexcept {
  return std::ranges::all_of(row, [](float x) { return x == 0.0F; });
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

Result<QueryBatch> QueryBatch::of_requests(std::span<const RequestView> requests, const Embedder* embedder,
                                           const StoreInfo& info, const StoreCapabilities& capabilities,
                                           const std::stop_token& stop) {
  Texts texts;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    Status valid = in_request(check_request(requests[i], embedder, info, capabilities), requests, i);
    if (!valid) return std::move(valid).error();
    if (is_embedded(requests[i])) texts.add(requests[i].text);
    if (requests[i].options.negative) texts.add(requests[i].options.negative->text);
  }
  QueryBatch batch;
  if (!texts.list().empty()) {
    auto made = embed_checked(*embedder, texts.list(), TextKind::query, stop);
    if (!made) return std::move(made).error();
    batch.made_ = *std::move(made);
  }
  // The vector given, or made of the text; empty where the embedder knows nothing of it.
  const auto vector_of = [&](std::string_view text, Vector given) {
    if (!given.empty()) return given;
    const auto row = batch.made_.row(texts.row_of(text));
    return is_zero(row) ? Vector() : row;
  };
  batch.requests_.reserve(requests.size());
  batch.queries_.reserve(requests.size());
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const auto& negative = requests[i].options.negative;
    const bool has_vector = requests[i].options.mode != QueryMode::keyword;
    const Vectors vectors = {.query = has_vector ? vector_of(requests[i].text, requests[i].vector) : Vector(),
                             .negative = negative ? vector_of(negative->text, negative->vector) : Vector()};
    Status added = in_request(batch.add(requests[i], vectors, info.schema.metric), requests, i);
    if (!added) return std::move(added).error();
  }
  return batch;
}

Status QueryBatch::add(const RequestView& request, const Vectors& vectors, Metric metric) {
  const auto& negative = request.options.negative;
  const bool words = request.options.mode != QueryMode::dense;
  const bool wants_vector = request.options.mode != QueryMode::keyword;
  requests_.push_back({.is_asked = words || !vectors.query.empty(),
                       .without_vector = wants_vector && vectors.query.empty(),
                       .negative_without_vector = negative && vectors.negative.empty()});
  if (!requests_.back().is_asked) return {};
  VectorQuery query{.vector = vectors.query,
                    .text = words ? request.text : std::string_view(),
                    .options = for_store(request.options),
                    .exclusion = {}};
  if (!vectors.negative.empty() && negative->mode == NegativeMode::filter) {
    query.exclusion = VectorExclusion{.vector = vectors.negative, .threshold = threshold_of(*negative)};
  } else if (!vectors.negative.empty() && !vectors.query.empty()) {
    auto difference = subtract(metric, vectors.query, vectors.negative);
    if (!difference) return std::move(difference).error();
    query.vector = differences_.emplace_back(*std::move(difference));
    // A difference lies where no documents are, farther out than the queries that the recall of a graph was measured
    // with.
    query.options.recall = 1.0 - (1.0 - query.options.recall) / 10;
  }
  queries_.push_back(std::move(query));
  return {};
}

std::vector<QueryResult> QueryBatch::in_order(std::vector<QueryResult> found) const {
  std::vector<QueryResult> results = std::move(found);
  // From the back, so that no result is overwritten that still has to move.
  std::size_t next = results.size();
  results.resize(requests_.size());
  for (std::size_t i = results.size(); i-- > 0;) {
    if (!requests_[i].is_asked) {
      results[i] = {};
    } else if (--next != i) {
      results[i] = std::move(results[next]);
    }
    results[i].stats.query_without_vector = requests_[i].without_vector;
    results[i].stats.negative_without_vector = requests_[i].negative_without_vector;
  }
  return results;
}

}  // namespace scaup::inline v0
