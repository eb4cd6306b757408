// The replies that the official clients read, read by scaup, through the real transport.

#include <algorithm>
#include <string>
#include <vector>

#include "provider_samples.hpp"
#include "support/provider_replies.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

constexpr std::string_view kTexts[] = {"ab \"\\\n", "\xC3\xA9", "abcdefghijk"};

struct Place {
  Provider provider;
  const char* path;
};

Endpoint endpoint_at(const FaultServer& server, const char* path) {
  return {.base_url = server.url(path), .key = Secret::from_string(kCanaryKey)};
}

void require_answer(const ChatReply& reply) {
  REQUIRE(reply.text == kReplyText);
  REQUIRE(reply.finish == FinishReason::stop);
  REQUIRE(reply.model == kReplyModel);
  REQUIRE(reply.usage == TokenUsage{.input_tokens = 9, .output_tokens = 4});
}

}  // namespace

TEST_CASE("certified replies: each text gets its own vector") {
  const FaultServer server(well_formed_reply);
  for (const Place& place :
       {Place{Provider::openai, "/v1"}, Place{Provider::mistral, "/v1"}, Place{Provider::vllm, "/v1"},
        Place{Provider::ollama, ""}, Place{Provider::cohere, ""}, Place{Provider::text_embeddings_inference, ""}}) {
    INFO(to_string(place.provider));
    const auto embedder = require_ok(make_remote_embedder(
        place.provider, {.model = "m", .endpoint = endpoint_at(server, place.path), .dimension = 5}));
    const Embeddings rows = require_ok(embedder->embed(kTexts, TextKind::document));
    REQUIRE(rows.dimension == 5);
    for (std::size_t i = 0; i < std::size(kTexts); ++i) {
      REQUIRE(rows.row(i)[0] / rows.row(i)[4] == Approx(static_cast<double>(kTexts[i].size())));
    }
  }
}

TEST_CASE("certified replies: each text gets its own score") {
  const FaultServer server(well_formed_reply);
  for (const Provider provider : {Provider::cohere, Provider::text_embeddings_inference}) {
    INFO(to_string(provider));
    const auto reranker =
        require_ok(make_remote_reranker(provider, {.model = "m", .endpoint = endpoint_at(server, "")}));
    const auto scores = require_ok(reranker->rerank("question?", kTexts));
    REQUIRE(scores.size() == std::size(kTexts));
    for (const RerankScore& score : scores) {
      REQUIRE(score.score == Approx(1.0 / (1.0 + static_cast<double>(kTexts[score.index].size()))).epsilon(1e-4));
    }
  }
}

TEST_CASE("certified replies: an answer is the same whole and streamed") {
  const FaultServer server(well_formed_reply);
  const std::vector<ChatMessage> messages = {{.text = "What does it say?"}};
  for (const Place& place : {Place{Provider::openai, "/v1"}, Place{Provider::ollama, ""}}) {
    INFO(to_string(place.provider));
    const auto model =
        require_ok(make_remote_chat_model(place.provider, {.model = "m", .endpoint = endpoint_at(server, place.path)}));
    require_answer(require_ok(model->chat(messages)));
    std::string text;
    require_answer(require_ok(model->stream(messages, [&](std::string_view piece) {
      text += piece;
      return Status();
    })));
    REQUIRE(text == kReplyText);
  }
}

TEST_CASE("certified replies: the servers are healthy") {
  const FaultServer server(well_formed_reply);
  require_ok(check_health(Provider::openai, endpoint_at(server, "/v1")));
  require_ok(check_health(Provider::ollama, endpoint_at(server, "")));
  require_ok(check_health(Provider::text_embeddings_inference, endpoint_at(server, "")));
}
