#pragma once
// Embedders, rerankers and chat models over HTTP: one table of fields for each provider. In scaup::net.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "scaup/call_observer.hpp"
#include "scaup/chat.hpp"
#include "scaup/config.hpp"
#include "scaup/embedder.hpp"
#include "scaup/http.hpp"
#include "scaup/policies.hpp"
#include "scaup/reranker.hpp"
#include "scaup/result.hpp"
#include "scaup/secret.hpp"

namespace scaup::inline v0 {

/// Whose protocol is spoken. docs/providers.md has what each can do, its limits and its environment variable.
enum class Provider : std::uint8_t {
  openai,  ///< and every server that speaks its protocol, by `base_url`
  azure_openai,
  ollama,
  cohere,
  mistral,
  jina,
  voyage,
  mixedbread,
  vertex_ai,
  text_embeddings_inference,
  local_ai,
  lm_studio,
  vllm,
  llama_cpp,
};

/// "openai", "azure_openai", ... as in EmbedderIdentity::provider.
[[nodiscard]] SCAUP_API std::string_view to_string(Provider provider) noexcept;

/// The provider's usual environment variable, for example "OPENAI_API_KEY"; empty if it knows no keys.
[[nodiscard]] SCAUP_API std::string_view key_variable(Provider provider) noexcept;

/// Where and as whom to call.
struct Endpoint {
  std::string base_url = {};  ///< default: the provider's own, or its usual port on this machine
  Secret key = {};  ///< empty: none is sent. `Secret::from_environment(key_variable(provider))` reads the usual one
  std::vector<HttpHeader> headers = {};  ///< sent with every request
  HttpLimits limits = {};
  std::shared_ptr<const HttpTransport> transport = {};        ///< default: one of its own
  std::vector<std::shared_ptr<CallObserver>> observers = {};  ///< told of every exchange
  std::shared_ptr<RateLimiter> limiter = {};  ///< asked before every request and told of every answer; may be shared
};

struct RemoteEmbedderOptions {
  std::string model = {};
  Endpoint endpoint = {};
  std::size_t dimension = 0;         ///< to ask for, where the model can be shortened; 0: the model's own
  std::string document_prefix = {};  ///< put before documents, for models that need it
  std::string query_prefix = {};
  RetryOptions retry = {};
  BatchOptions batches = {};  ///< default: the provider's limits
};

/// An embedder at a provider: batches within the provider's limits, several at once, retried. Vectors are normalised
/// here, whatever the server does. Where the model's dimension is not known and not given, one text is embedded to
/// learn it.
///
/// Errors: `invalid_argument` for a provider without embeddings or without a needed option; what the first call meets.
[[nodiscard]] SCAUP_API Result<std::shared_ptr<const Embedder>> make_remote_embedder(
    Provider provider, const RemoteEmbedderOptions& options, std::stop_token stop = {});

struct RemoteRerankerOptions {
  std::string model = {};
  Endpoint endpoint = {};
  RetryOptions retry = {};
};

/// A reranker at a provider, retried. Errors: `invalid_argument` for a provider that does not rerank.
[[nodiscard]] SCAUP_API Result<std::shared_ptr<const Reranker>> make_remote_reranker(
    Provider provider, const RemoteRerankerOptions& options);

struct RemoteChatOptions {
  std::string model = {};
  Endpoint endpoint = {};
  RetryOptions retry = {};
};

/// A chat model at a provider, retried. Errors: `invalid_argument` for a provider without chat.
[[nodiscard]] SCAUP_API Result<std::shared_ptr<const ChatModel>> make_remote_chat_model(
    Provider provider, const RemoteChatOptions& options);

/// Whether the provider answers at this endpoint and accepts the key, by its cheapest request. The limiter is neither
/// asked nor told: who wants to know must not have to wait.
///
/// Errors: `unavailable` if nothing answers; `unauthorized`; `bad_reply` if something else answers.
[[nodiscard]] SCAUP_API Status check_health(Provider provider, const Endpoint& endpoint, std::stop_token stop = {});

}  // namespace scaup::inline v0
