// Mistral (docs.mistral.ai/api): it refuses members that it does not know.

#include <array>

#include "providers/provider_table.hpp"

namespace scaup::inline v0 {

const ProviderTable& mistral_table() noexcept {
  static constexpr std::array kFixed = {FixedMember{"encoding_format", "\"base64\""}};
  static constexpr std::array kModels = {ModelFacts{"mistral-embed", 1024}};
  static constexpr EmbeddingFields kEmbedding = {.path = "/embeddings",
                                                 .dimension = "output_dimension",
                                                 .fixed = kFixed,
                                                 .limits = {.max_texts = 128, .max_tokens = 16384},
                                                 .models = kModels};
  // Usage comes with the last chunk unasked.
  static constexpr ChatFields kChat = {.path = "/chat/completions", .seed = "random_seed"};
  static constexpr ProviderTable kTable = {.name = "mistral",
                                           .key_variable = "MISTRAL_API_KEY",
                                           .base_url = "https://api.mistral.ai/v1",
                                           .health = {.path = "/models"},
                                           .embedding = &kEmbedding,
                                           .chat = &kChat};
  return kTable;
}

}  // namespace scaup::inline v0
