// Hugging Face text-embeddings-inference: /embed and /rerank (docs/openapi.json of its repository). A server has one
// model.

#include <array>

#include "providers/provider_table.hpp"

namespace scaup::inline v0 {

const ProviderTable& text_embeddings_inference_table() noexcept {
  // Truncated as the hosted providers do it; without, one long text fails the whole call.
  static constexpr std::array kFixed = {FixedMember{"normalize", "true"}, FixedMember{"truncate", "true"},
                                        FixedMember{"truncation_direction", "\"Right\""}};
  static constexpr EmbeddingFields kEmbedding = {.path = "/embed",
                                                 .reply = EmbeddingShape::bare,
                                                 .texts = "inputs",
                                                 .dimension = "dimensions",
                                                 .fixed = kFixed,
                                                 .limits = {.max_texts = 32, .max_bytes = 1500000}};
  static constexpr std::array kRerankFixed = {FixedMember{"raw_scores", "false"}, FixedMember{"return_text", "false"},
                                              FixedMember{"truncate", "true"}};
  static constexpr RerankFields kRerank = {.path = "/rerank", .texts = "texts", .count = "", .fixed = kRerankFixed};
  static constexpr ProviderTable kTable = {.name = "text_embeddings_inference",
                                           .key_variable = "HF_TOKEN",
                                           .base_url = "http://localhost:8080",
                                           .needs_model = false,
                                           .health = {.path = "/info", .member = "model_id"},
                                           .embedding = &kEmbedding,
                                           .rerank = &kRerank};
  return kTable;
}

}  // namespace scaup::inline v0
