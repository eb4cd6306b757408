// Jina AI (jina.ai/embeddings, jina.ai/reranker).

#include <array>

#include "providers/provider_table.hpp"

namespace scaup::inline v0 {

const ProviderTable& jina_table() noexcept {
  static constexpr std::array kFixed = {FixedMember{"normalized", "true"}, FixedMember{"embedding_type", "\"base64\""},
                                        FixedMember{"truncate", "true"}};
  static constexpr std::array kModels = {ModelFacts{"jina-embeddings-v3", 1024},
                                         ModelFacts{"jina-embeddings-v2-base-en", 768}};
  static constexpr EmbeddingFields kEmbedding = {.path = "/embeddings",
                                                 .dimension = "dimensions",
                                                 .kind = "task",
                                                 .document_kind = "retrieval.passage",
                                                 .query_kind = "retrieval.query",
                                                 .kindless_models = "jina-embeddings-v2",
                                                 .fixed = kFixed,
                                                 .limits = {.max_texts = 2048},
                                                 .models = kModels};
  static constexpr std::array kRerankFixed = {FixedMember{"return_documents", "false"}};
  static constexpr RerankFields kRerank = {.path = "/rerank", .fixed = kRerankFixed};
  // It lists no models: one short text is embedded.
  static constexpr HealthFields kHealth = {
      .method = "POST", .path = "/embeddings", .body = R"({"model":"jina-embeddings-v3","input":["a"]})"};
  static constexpr ProviderTable kTable = {.name = "jina",
                                           .key_variable = "JINA_API_KEY",
                                           .base_url = "https://api.jina.ai/v1",
                                           .health = kHealth,
                                           .embedding = &kEmbedding,
                                           .rerank = &kRerank};
  return kTable;
}

}  // namespace scaup::inline v0
