// Google Vertex AI, text embeddings by :predict. The base URL ends in .../projects/PROJECT/locations/REGION, the key is
// an OAuth token.

#include <array>

#include "providers/provider_table.hpp"

namespace scaup::inline v0 {

const ProviderTable& vertex_ai_table() noexcept {
  // gemini-embedding-001 takes one text a request.
  static constexpr std::array kModels = {ModelFacts{"gemini-embedding-001", 3072, 1, 2048},
                                         ModelFacts{"text-embedding-005", 768},
                                         ModelFacts{"text-multilingual-embedding-002", 768}};
  static constexpr EmbeddingFields kEmbedding = {.path = "/publishers/google/models/{model}:predict",
                                                 .reply = EmbeddingShape::predictions,
                                                 .texts = "instances",
                                                 .dimension = "outputDimensionality",
                                                 .kind = "task_type",
                                                 .document_kind = "RETRIEVAL_DOCUMENT",
                                                 .query_kind = "RETRIEVAL_QUERY",
                                                 .limits = {.max_texts = 250, .max_tokens = 20000},
                                                 .models = kModels};
  static constexpr ProviderTable kTable = {.name = "vertex_ai",
                                           .key_variable = "GOOGLE_OAUTH_ACCESS_TOKEN",
                                           .health = {.path = "/endpoints?pageSize=1", .member = ""},
                                           .embedding = &kEmbedding};
  return kTable;
}

}  // namespace scaup::inline v0
