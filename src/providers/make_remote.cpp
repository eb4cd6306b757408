// The public functions: clients with the policies around them, and the health of an endpoint.

#include "base/boundary.hpp"
#include "providers/api_client.hpp"
#include "providers/clients.hpp"

namespace scaup::inline v0 {
namespace {

// The limiter learns from every answer and is asked before every request, a repeated one too.
template <typename Options>
Options with_limiter_told(Options options) {
  const auto& limiter = options.endpoint.limiter;
  if (limiter != nullptr) options.endpoint.observers.push_back(limiter);
  return options;
}

template <typename Interface>
Result<std::shared_ptr<const Interface>> limited_and_retried(std::shared_ptr<const Interface> client,
                                                             const Endpoint& endpoint, const RetryOptions& retry) {
  if (endpoint.limiter == nullptr) return with_retry(std::move(client), retry);
  auto limited = with_rate_limit(std::move(client), endpoint.limiter);
  return limited ? with_retry(*std::move(limited), retry) : std::move(limited);
}

// What the caller leaves open, the provider decides.
BatchOptions within(const BatchLimits& limits, BatchOptions batches) {
  if (batches.max_texts == 0) batches.max_texts = limits.max_texts;
  if (batches.max_tokens == 0) batches.max_tokens = limits.max_tokens;
  if (batches.max_bytes == 0) batches.max_bytes = limits.max_bytes;
  return batches;
}

}  // namespace

Result<std::shared_ptr<const Embedder>> make_remote_embedder(Provider provider, const RemoteEmbedderOptions& options,
                                                             std::stop_token stop) {
  return guarded([&]() -> Result<std::shared_ptr<const Embedder>> {
    auto client = make_embedder_client(provider, with_limiter_told(options), stop);
    if (!client) return client;
    auto retried = limited_and_retried(*std::move(client), options.endpoint, options.retry);
    if (!retried) return retried;
    return with_batches(*std::move(retried), within(limits_of(provider, options.model), options.batches));
  });
}

Result<std::shared_ptr<const Reranker>> make_remote_reranker(Provider provider, const RemoteRerankerOptions& options) {
  return guarded([&]() -> Result<std::shared_ptr<const Reranker>> {
    auto client = make_reranker_client(provider, with_limiter_told(options));
    return client ? limited_and_retried(*std::move(client), options.endpoint, options.retry) : std::move(client);
  });
}

Result<std::shared_ptr<const ChatModel>> make_remote_chat_model(Provider provider, const RemoteChatOptions& options) {
  return guarded([&]() -> Result<std::shared_ptr<const ChatModel>> {
    auto client = make_chat_client(provider, with_limiter_told(options));
    return client ? limited_and_retried(*std::move(client), options.endpoint, options.retry) : std::move(client);
  });
}

Status check_health(Provider provider, const Endpoint& endpoint, std::stop_token stop) {
  return guarded([&]() -> Status {
    const HealthFields& health = table_of(provider).health;
    // The request needs no model; the name is not sent.
    const auto client = ApiClient::make(provider, "none", endpoint);
    if (!client) return client.error();
    ProviderCall call(*client);
    const auto tree = call.send_for_json(client->request(health.method, health.path, std::string(health.body)), stop);
    if (!tree) return tree.error();
    if (health.member.empty() || tree->root().find(health.member) != nullptr) return {};
    return call.bad_reply("no member \"" + std::string(health.member) + "\", so perhaps another server");
  });
}

}  // namespace scaup::inline v0
