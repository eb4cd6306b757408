#pragma once
// What one provider's protocol is made of, as data. Each provider has its table in a file of its own.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "scaup/providers.hpp"

namespace scaup::inline v0 {

/// How much one call may carry; 0 where there is no limit, or none is known.
struct BatchLimits {
  std::size_t max_texts = 0;
  std::size_t max_tokens = 0;  ///< of all texts of a call
  std::size_t max_bytes = 0;   ///< of all texts of a call
};

/// A member that is sent with every request.
struct FixedMember {
  std::string_view name;
  std::string_view json;
};

/// What is known of one model. Zeros: nothing beyond what the provider's limits say.
struct ModelFacts {
  std::string_view name;
  std::size_t dimension = 0;
  std::size_t max_texts = 0;
  std::size_t max_tokens = 0;
};

/// Where the rows of a reply are.
enum class EmbeddingShape : std::uint8_t {
  list,         ///< OpenAI: {"data":[{"index":0,"embedding":[...]}]}
  rows,         ///< Ollama: {"embeddings":[[...]]}
  by_type,      ///< Cohere: {"embeddings":{"float":[[...]]}}
  predictions,  ///< Vertex AI: {"predictions":[{"embeddings":{"values":[...]}}]}
  bare,         ///< text-embeddings-inference: [[...]]
};

struct EmbeddingFields {
  std::string_view path;
  EmbeddingShape reply = EmbeddingShape::list;
  std::string_view texts = "input";
  std::string_view dimension = {};      ///< the member that asks for shorter vectors; empty: there is none
  std::string_view kind = {};           ///< the member that says what the texts are for; empty: there is none
  std::string_view document_kind = {};  ///< its values
  std::string_view query_kind = {};
  std::string_view kindless_models = {};  ///< models whose names begin so do not know `kind`
  std::span<const FixedMember> fixed = {};
  BatchLimits limits = {};
  std::span<const ModelFacts> models = {};
};

struct RerankFields {
  std::string_view path;
  std::string_view texts = "documents";
  std::string_view count = "top_n";  ///< the member that asks for all scores; empty: all come anyway
  std::span<const FixedMember> fixed = {};
};

enum class ChatProtocol : std::uint8_t { openai, ollama };

struct ChatFields {
  std::string_view path;
  ChatProtocol protocol = ChatProtocol::openai;
  std::string_view max_tokens = "max_tokens";
  std::string_view seed = "seed";
  std::span<const FixedMember> streamed = {};  ///< sent with streamed requests beside "stream"
};

/// The cheapest request that needs the key, and a member that the answer of such a server has.
struct HealthFields {
  std::string_view method = "GET";
  std::string_view path;
  std::string_view body = {};
  std::string_view member = "data";
};

struct ProviderTable {
  std::string_view name;
  std::string_view key_variable = {};
  std::string_view base_url = {};  ///< empty: the caller must give one
  std::string_view key_header = "Authorization";
  std::string_view key_prefix = "Bearer ";
  std::string_view prefix = {};  ///< put before paths, in which "{model}" stands for the model
  std::string_view query = {};   ///< behind URLs whose base has no query of its own
  bool needs_model = true;
  HealthFields health;
  const EmbeddingFields* embedding = nullptr;
  const RerankFields* rerank = nullptr;
  const ChatFields* chat = nullptr;
  const ChatFields* compatible_chat = nullptr;  ///< for other servers with this protocol, where it differs
};

[[nodiscard]] const ProviderTable& table_of(Provider provider) noexcept;

// One a file.
[[nodiscard]] const ProviderTable& openai_table() noexcept;
[[nodiscard]] const ProviderTable& azure_openai_table() noexcept;
[[nodiscard]] const ProviderTable& ollama_table() noexcept;
[[nodiscard]] const ProviderTable& cohere_table() noexcept;
[[nodiscard]] const ProviderTable& mistral_table() noexcept;
[[nodiscard]] const ProviderTable& jina_table() noexcept;
[[nodiscard]] const ProviderTable& voyage_table() noexcept;
[[nodiscard]] const ProviderTable& mixedbread_table() noexcept;
[[nodiscard]] const ProviderTable& vertex_ai_table() noexcept;
[[nodiscard]] const ProviderTable& text_embeddings_inference_table() noexcept;
[[nodiscard]] const ProviderTable& local_ai_table() noexcept;
[[nodiscard]] const ProviderTable& lm_studio_table() noexcept;
[[nodiscard]] const ProviderTable& vllm_table() noexcept;
[[nodiscard]] const ProviderTable& llama_cpp_table() noexcept;

/// What is known of `model`; null if nothing is. Ollama's ":latest" is no part of the name.
[[nodiscard]] const ModelFacts* find_model(const EmbeddingFields& fields, std::string_view model) noexcept;

}  // namespace scaup::inline v0
