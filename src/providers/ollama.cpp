// Ollama: /api/embed, which normalises, and /api/chat (docs/openapi.yaml of its repository).

#include <array>

#include "providers/provider_table.hpp"

namespace scaup::inline v0 {

const ProviderTable& ollama_table() noexcept {
  static constexpr std::array kFixed = {FixedMember{"truncate", "true"}};
  static constexpr std::array kModels = {ModelFacts{"nomic-embed-text", 768}, ModelFacts{"all-minilm", 384},
                                         ModelFacts{"mxbai-embed-large", 1024}, ModelFacts{"bge-m3", 1024},
                                         ModelFacts{"embeddinggemma", 768}};
  // The server fans a batch out and fails it whole, so a batch is kept small.
  static constexpr EmbeddingFields kEmbedding = {.path = "/api/embed",
                                                 .reply = EmbeddingShape::rows,
                                                 .dimension = "dimensions",
                                                 .fixed = kFixed,
                                                 .limits = {.max_texts = 128},
                                                 .models = kModels};
  static constexpr ChatFields kChat = {.path = "/api/chat", .protocol = ChatProtocol::ollama};
  static constexpr ProviderTable kTable = {.name = "ollama",
                                           .key_variable = "OLLAMA_API_KEY",
                                           .base_url = "http://localhost:11434",
                                           .health = {.path = "/api/version", .member = "version"},
                                           .embedding = &kEmbedding,
                                           .chat = &kChat};
  return kTable;
}

}  // namespace scaup::inline v0
