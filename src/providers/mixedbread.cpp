// mixedbread (mixedbread.com/api-reference). Prompts of its models are prefixes: give them as such.

#include <array>

#include "providers/provider_table.hpp"

namespace scaup::inline v0 {

const ProviderTable& mixedbread_table() noexcept {
  static constexpr std::array kFixed = {FixedMember{"normalized", "true"}, FixedMember{"encoding_format", "\"float\""}};
  static constexpr std::array kModels = {ModelFacts{"mixedbread-ai/mxbai-embed-large-v1", 1024}};
  static constexpr EmbeddingFields kEmbedding = {.path = "/embeddings",
                                                 .dimension = "dimensions",
                                                 .fixed = kFixed,
                                                 .limits = {.max_texts = 256},
                                                 .models = kModels};
  // It lists no models: one short text is embedded.
  static constexpr HealthFields kHealth = {.method = "POST",
                                           .path = "/embeddings",
                                           .body = R"({"model":"mixedbread-ai/mxbai-embed-large-v1","input":["a"]})"};
  static constexpr ProviderTable kTable = {.name = "mixedbread",
                                           .key_variable = "MXBAI_API_KEY",
                                           .base_url = "https://api.mixedbread.com/v1",
                                           .health = kHealth,
                                           .embedding = &kEmbedding};
  return kTable;
}

}  // namespace scaup::inline v0
