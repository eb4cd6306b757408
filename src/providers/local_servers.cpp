// Servers that speak OpenAI's protocol on one's own machine, each at its usual port. Floats are asked for, since some
// of them refuse or ignore base64; batches are bounded so that a reply stays far below 64 MiB.

#include <array>

#include "providers/provider_table.hpp"

namespace scaup::inline v0 {
namespace {

constexpr EmbeddingFields kFixedSize = {.path = "/embeddings", .limits = {.max_texts = 256}};
constexpr EmbeddingFields kShortened = {.path = "/embeddings", .dimension = "dimensions", .limits = {.max_texts = 256}};

constexpr std::array kStreamed = {FixedMember{"stream_options", R"({"include_usage":true})"}};
constexpr ChatFields kChat = {.path = "/chat/completions", .streamed = kStreamed};

// Both follow Jina's form.
constexpr RerankFields kRerank = {.path = "/rerank"};

}  // namespace

const ProviderTable& local_ai_table() noexcept {
  static constexpr ProviderTable kTable = {.name = "local_ai",
                                           .key_variable = "LOCALAI_API_KEY",
                                           .base_url = "http://localhost:8080/v1",
                                           .health = {.path = "/models"},
                                           .embedding = &kFixedSize,
                                           .chat = &kChat};
  return kTable;
}

const ProviderTable& lm_studio_table() noexcept {
  static constexpr ProviderTable kTable = {.name = "lm_studio",
                                           .base_url = "http://localhost:1234/v1",
                                           .health = {.path = "/models"},
                                           .embedding = &kFixedSize,
                                           .chat = &kChat};
  return kTable;
}

const ProviderTable& vllm_table() noexcept {
  static constexpr ProviderTable kTable = {.name = "vllm",
                                           .key_variable = "VLLM_API_KEY",
                                           .base_url = "http://localhost:8000/v1",
                                           .health = {.path = "/models"},
                                           .embedding = &kShortened,
                                           .rerank = &kRerank,
                                           .chat = &kChat};
  return kTable;
}

const ProviderTable& llama_cpp_table() noexcept {
  static constexpr ProviderTable kTable = {.name = "llama_cpp",
                                           .key_variable = "LLAMA_API_KEY",
                                           .base_url = "http://localhost:8080/v1",
                                           .needs_model = false,
                                           .health = {.path = "/models"},
                                           .embedding = &kFixedSize,
                                           .rerank = &kRerank,
                                           .chat = &kChat};
  return kTable;
}

}  // namespace scaup::inline v0
