// The public functions: clients, and the health of an endpoint.

#include "base/boundary.hpp"
#include "providers/api_client.hpp"
#include "providers/clients.hpp"

namespace scaup::inline v0 {

Result<std::shared_ptr<const Embedder>> make_remote_embedder(Provider provider, const RemoteEmbedderOptions& options,
                                                             std::stop_token stop) {
  return guarded([&] { return make_embedder_client(provider, options, stop); });
}

Result<std::shared_ptr<const Reranker>> make_remote_reranker(Provider provider, const RemoteRerankerOptions& options) {
  return guarded([&] { return make_reranker_client(provider, options); });
}

Result<std::shared_ptr<const ChatModel>> make_remote_chat_model(Provider provider, const RemoteChatOptions& options) {
  return guarded([&] { return make_chat_client(provider, options); });
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
