// OpenAI, and every server that speaks its protocol (platform.openai.com/docs/api-reference).

#include <array>

#include "providers/provider_table.hpp"

namespace scaup::inline v0 {

const ProviderTable& openai_table() noexcept {
  static constexpr std::array kFixed = {FixedMember{"encoding_format", "\"base64\""}};
  static constexpr std::array kModels = {ModelFacts{"text-embedding-3-small", 1536},
                                         ModelFacts{"text-embedding-3-large", 3072},
                                         ModelFacts{"text-embedding-ada-002", 1536}};
  static constexpr EmbeddingFields kEmbedding = {.path = "/embeddings",
                                                 .dimension = "dimensions",
                                                 .fixed = kFixed,
                                                 .limits = {.max_texts = 2048, .max_tokens = 300000},
                                                 .models = kModels};
  static constexpr std::array kStreamed = {
      FixedMember{"stream_options", R"({"include_usage":true,"include_obfuscation":false})"}};
  static constexpr ChatFields kChat = {
      .path = "/chat/completions", .max_tokens = "max_completion_tokens", .streamed = kStreamed};
  // Other servers know the older names alone.
  static constexpr std::array kCompatibleStreamed = {FixedMember{"stream_options", R"({"include_usage":true})"}};
  static constexpr ChatFields kCompatibleChat = {.path = "/chat/completions", .streamed = kCompatibleStreamed};
  static constexpr ProviderTable kTable = {.name = "openai",
                                           .key_variable = "OPENAI_API_KEY",
                                           .base_url = "https://api.openai.com/v1",
                                           .health = {.path = "/models"},
                                           .embedding = &kEmbedding,
                                           .chat = &kChat,
                                           .compatible_chat = &kCompatibleChat};
  return kTable;
}

}  // namespace scaup::inline v0
