#pragma once
// Clients on a fake transport, and well-formed replies to begin from.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "providers/clients.hpp"
#include "scaup/providers.hpp"
#include "support/canary_key.hpp"
#include "support/catch.hpp"
#include "support/fake_transport.hpp"

namespace scaup::test {

inline Endpoint endpoint_on(std::shared_ptr<const FakeTransport> transport, std::string base_url = {}) {
  return {.base_url = std::move(base_url), .key = Secret::from_string(kCanaryKey), .transport = std::move(transport)};
}

inline std::shared_ptr<FakeTransport> transport_of(std::vector<FakeReply> replies) {
  return std::make_shared<FakeTransport>(std::move(replies));
}

inline std::shared_ptr<FakeTransport> transport_of(std::string body, int status = 200) {
  return transport_of({FakeReply{.status = status, .body = std::move(body)}});
}

/// Of OpenAI's form, `rows` vectors of two components.
inline std::string list_reply(std::size_t rows) {
  std::string body = R"({"object":"list","data":[)";
  for (std::size_t i = 0; i < rows; ++i) {
    body += (i == 0 ? "" : ",") + std::string(R"({"object":"embedding","index":)") + std::to_string(i) +
            R"(,"embedding":[3,4]})";
  }
  return body + R"(],"model":"m","usage":{"prompt_tokens":5,"total_tokens":5}})";
}

/// An embedder of OpenAI's protocol whose vectors have two components.
inline std::shared_ptr<const Embedder> small_embedder(std::shared_ptr<const FakeTransport> transport) {
  return require_ok(make_embedder_client(
      Provider::openai, {.model = "m", .endpoint = endpoint_on(std::move(transport)), .dimension = 2}));
}

inline std::shared_ptr<const ChatModel> chat_on(std::shared_ptr<const FakeTransport> transport,
                                                Provider provider = Provider::openai) {
  return require_ok(make_chat_client(provider, {.model = "m", .endpoint = endpoint_on(std::move(transport))}));
}

}  // namespace scaup::test
