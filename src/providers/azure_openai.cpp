// Azure OpenAI: the model is a deployment. A base URL that ends in /openai/v1 is the newer form, without deployments in
// the path.

#include <array>

#include "providers/provider_table.hpp"

namespace scaup::inline v0 {

const ProviderTable& azure_openai_table() noexcept {
  static constexpr std::array kFixed = {FixedMember{"encoding_format", "\"base64\""}};
  static constexpr EmbeddingFields kEmbedding = {.path = "/deployments/{model}/embeddings",
                                                 .dimension = "dimensions",
                                                 .fixed = kFixed,
                                                 .limits = {.max_texts = 2048, .max_tokens = 300000}};
  static constexpr std::array kStreamed = {FixedMember{"stream_options", R"({"include_usage":true})"}};
  static constexpr ChatFields kChat = {
      .path = "/deployments/{model}/chat/completions", .max_tokens = "max_completion_tokens", .streamed = kStreamed};
  static constexpr ProviderTable kTable = {.name = "azure_openai",
                                           .key_variable = "AZURE_OPENAI_API_KEY",
                                           .key_header = "api-key",
                                           .key_prefix = "",
                                           .prefix = "/openai",
                                           .query = "api-version=2024-10-21",
                                           .health = {.path = "/models"},
                                           .embedding = &kEmbedding,
                                           .chat = &kChat};
  return kTable;
}

}  // namespace scaup::inline v0
