// Voyage AI (docs.voyageai.com/reference).

#include <array>

#include "providers/provider_table.hpp"

namespace scaup::inline v0 {

const ProviderTable& voyage_table() noexcept {
  static constexpr std::array kFixed = {FixedMember{"truncation", "true"},
                                        FixedMember{"encoding_format", "\"base64\""}};
  static constexpr std::array kModels = {ModelFacts{"voyage-4-large", 1024},
                                         ModelFacts{"voyage-4", 1024, 0, 320000},
                                         ModelFacts{"voyage-4-lite", 1024, 0, 1000000},
                                         ModelFacts{"voyage-3-large", 1024},
                                         ModelFacts{"voyage-3.5", 1024, 0, 320000},
                                         ModelFacts{"voyage-3.5-lite", 1024, 0, 1000000},
                                         ModelFacts{"voyage-code-3", 1024}};
  static constexpr EmbeddingFields kEmbedding = {.path = "/embeddings",
                                                 .dimension = "output_dimension",
                                                 .kind = "input_type",
                                                 .document_kind = "document",
                                                 .query_kind = "query",
                                                 .fixed = kFixed,
                                                 .limits = {.max_texts = 1000, .max_tokens = 120000},
                                                 .models = kModels};
  static constexpr std::array kRerankFixed = {FixedMember{"truncation", "true"},
                                              FixedMember{"return_documents", "false"}};
  static constexpr RerankFields kRerank = {.path = "/rerank", .count = "top_k", .fixed = kRerankFixed};
  // It lists no models: one short text is embedded.
  static constexpr HealthFields kHealth = {
      .method = "POST", .path = "/embeddings", .body = R"({"model":"voyage-3.5-lite","input":["a"]})"};
  static constexpr ProviderTable kTable = {.name = "voyage",
                                           .key_variable = "VOYAGE_API_KEY",
                                           .base_url = "https://api.voyageai.com/v1",
                                           .health = kHealth,
                                           .embedding = &kEmbedding,
                                           .rerank = &kRerank};
  return kTable;
}

}  // namespace scaup::inline v0
