// Cohere, version 2 of its interface (docs.cohere.com/reference).

#include <array>

#include "providers/provider_table.hpp"

namespace scaup::inline v0 {

const ProviderTable& cohere_table() noexcept {
  static constexpr std::array kFixed = {FixedMember{"embedding_types", R"(["float"])"},
                                        FixedMember{"truncate", "\"END\""}};
  static constexpr std::array kModels = {ModelFacts{"embed-v4.0", 1536}, ModelFacts{"embed-english-v3.0", 1024},
                                         ModelFacts{"embed-multilingual-v3.0", 1024},
                                         ModelFacts{"embed-english-light-v3.0", 384},
                                         ModelFacts{"embed-multilingual-light-v3.0", 384}};
  static constexpr EmbeddingFields kEmbedding = {.path = "/v2/embed",
                                                 .reply = EmbeddingShape::by_type,
                                                 .texts = "texts",
                                                 .dimension = "output_dimension",
                                                 .kind = "input_type",
                                                 .document_kind = "search_document",
                                                 .query_kind = "search_query",
                                                 .fixed = kFixed,
                                                 .limits = {.max_texts = 96},
                                                 .models = kModels};
  static constexpr RerankFields kRerank = {.path = "/v2/rerank"};
  static constexpr ProviderTable kTable = {.name = "cohere",
                                           .key_variable = "CO_API_KEY",
                                           .base_url = "https://api.cohere.com",
                                           .health = {.path = "/v1/models", .member = "models"},
                                           .embedding = &kEmbedding,
                                           .rerank = &kRerank};
  return kTable;
}

}  // namespace scaup::inline v0
