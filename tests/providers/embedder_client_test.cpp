// The embedder as its user sees it.

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "provider_samples.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

class Recorder final : public CallObserver {
 public:
  void on_call(const CallReport& report) noexcept override {
    ++calls;
    provider = report.provider;
    model = report.model;
    last = report;
  }
  int calls = 0;
  std::string provider, model;
  CallReport last;
};

}  // namespace

TEST_CASE("embedder client: known models need no request to know their dimension") {
  const auto transport = transport_of("{}");
  const auto embedder = require_ok(
      make_embedder_client(Provider::openai, {.model = "text-embedding-3-large", .endpoint = endpoint_on(transport)}));
  REQUIRE(embedder->identity() ==
          EmbedderIdentity{.provider = "openai", .model = "text-embedding-3-large", .dimension = 3072});
  REQUIRE(transport->requests().empty());
  const auto tagged = require_ok(
      make_embedder_client(Provider::ollama, {.model = "nomic-embed-text:latest", .endpoint = endpoint_on(transport)}));
  REQUIRE(tagged->identity().dimension == 768);
}

TEST_CASE("embedder client: the dimension of an unknown model is learned from one text") {
  const auto transport = transport_of(R"({"embeddings":[[1,2,3]]})");
  const auto embedder =
      require_ok(make_embedder_client(Provider::ollama, {.model = "own", .endpoint = endpoint_on(transport)}));
  REQUIRE(embedder->identity().dimension == 3);
  REQUIRE(transport->requests().size() == 1);
  require_error(make_embedder_client(Provider::ollama, {.model = "own", .endpoint = endpoint_on(transport_of("{}"))}),
                ErrorCode::bad_reply, {"ollama", "embeddings"});
}

TEST_CASE("embedder client: a server with one model is asked for its name") {
  const auto transport =
      transport_of({FakeReply{.body = R"({"model_id":"BAAI/bge-small-en"})"}, FakeReply{.body = "[[1,0]]"}});
  const auto embedder =
      require_ok(make_embedder_client(Provider::text_embeddings_inference, {.endpoint = endpoint_on(transport)}));
  REQUIRE(embedder->identity().model == "BAAI/bge-small-en");
  REQUIRE(embedder->identity().dimension == 2);
  REQUIRE(transport->requests()[0].method == "GET");
  REQUIRE(transport->requests()[0].url == "http://localhost:8080/info");
}

namespace {

// Lets the first `allowed` requests pass, and counts all.
class CountingLimiter final : public RateLimiter {
 public:
  explicit CountingLimiter(int allowed) : allowed_(allowed) {}
  Status acquire(std::uint64_t /*tokens*/, std::stop_token /*stop*/) override {
    return ++asked_ <= allowed_ ? Status() : Status(Error(ErrorCode::cancelled, "enough"));
  }
  void on_call(const CallReport& /*report*/) noexcept override {}
  [[nodiscard]] int asked() const noexcept { return asked_; }

 private:
  int allowed_;
  int asked_ = 0;
};

}  // namespace

TEST_CASE("embedder client: the limiter is asked before what is sent to learn model and dimension") {
  const int allowed = GENERATE(0, 1, 2);
  const auto transport =
      transport_of({FakeReply{.body = R"({"model_id":"BAAI/bge-small-en"})"}, FakeReply{.body = "[[1,0]]"}});
  const auto limiter = std::make_shared<CountingLimiter>(allowed);
  Endpoint endpoint = endpoint_on(transport);
  endpoint.limiter = limiter;
  const auto embedder = make_embedder_client(Provider::text_embeddings_inference, {.endpoint = endpoint});
  REQUIRE(embedder.has_value() == (allowed == 2));
  REQUIRE(transport->requests().size() == static_cast<std::size_t>(allowed));
  REQUIRE(limiter->asked() == std::min(allowed + 1, 2));
}

TEST_CASE("embedder client: no texts and empty texts need no request") {
  const auto transport = transport_of(list_reply(2));
  const auto embedder = small_embedder(transport);
  REQUIRE(require_ok(embedder->embed({}, TextKind::document)).rows() == 0);
  const std::string_view empty[] = {"", ""};
  REQUIRE(require_ok(embedder->embed(empty, TextKind::document)).values == std::vector<float>{0, 0, 0, 0});
  REQUIRE(transport->requests().empty());
  const std::string_view mixed[] = {"", "a", "", "b"};
  REQUIRE(require_ok(embedder->embed(mixed, TextKind::document)).values ==
          std::vector<float>{0, 0, 0.6F, 0.8F, 0, 0, 0.6F, 0.8F});
  REQUIRE(transport->requests()[0].body.find(R"("input":["a","b"])") != std::string::npos);
}

TEST_CASE("embedder client: text that is not UTF-8 is refused before anything is sent") {
  const auto transport = transport_of(list_reply(2));
  const std::string_view texts[] = {"a", "\xFF"};
  require_error(small_embedder(transport)->embed(texts, TextKind::document), ErrorCode::invalid_argument, {"text 1"});
  REQUIRE(transport->requests().empty());
}

TEST_CASE("embedder client: a stop that was asked for is the error cancelled") {
  std::stop_source stop;
  stop.request_stop();
  const std::string_view text = "a";
  require_error(small_embedder(transport_of(list_reply(1)))->embed({&text, 1}, TextKind::document, stop.get_token()),
                ErrorCode::cancelled);
}

TEST_CASE("embedder client: options that make no sense are refused") {
  const Endpoint endpoint = endpoint_on(transport_of("{}"));
  require_error(make_embedder_client(Provider::openai, {.endpoint = endpoint}), ErrorCode::invalid_argument, {"model"});
  require_error(make_embedder_client(Provider::azure_openai, {.model = "m", .endpoint = endpoint}),
                ErrorCode::invalid_argument, {"base_url"});
  require_error(make_embedder_client(Provider::vertex_ai, {.model = "m", .endpoint = endpoint}),
                ErrorCode::invalid_argument, {"base_url"});
  require_error(make_embedder_client(Provider::openai, {.model = "m", .endpoint = endpoint, .dimension = 70000}),
                ErrorCode::invalid_argument, {"70000", "65536"});
  require_error(make_reranker_client(Provider::openai, {.model = "m", .endpoint = endpoint}),
                ErrorCode::invalid_argument);
  require_error(make_chat_client(Provider::cohere, {.model = "m", .endpoint = endpoint}), ErrorCode::invalid_argument);
}

TEST_CASE("embedder client: observers are told of every exchange, with usage and limits") {
  const auto recorder = std::make_shared<Recorder>();
  const auto transport = transport_of({FakeReply{.body = list_reply(1),
                                                 .headers = {{"X-RateLimit-Limit-Requests", "500"},
                                                             {"x-ratelimit-remaining-requests", "499"},
                                                             {"x-ratelimit-reset-requests", "120ms"},
                                                             {"x-ratelimit-remaining-tokens", "9000"},
                                                             {"x-ratelimit-reset-tokens", "6m0s"}}},
                                       FakeReply{.status = 429, .body = "{}", .headers = {{"retry-after", "2"}}},
                                       FakeReply{.refused = true}});
  Endpoint endpoint = endpoint_on(transport);
  endpoint.observers = {recorder, nullptr};
  const auto embedder =
      require_ok(make_embedder_client(Provider::openai, {.model = "m", .endpoint = endpoint, .dimension = 2}));
  const std::string_view text = "a";
  require_ok(embedder->embed({&text, 1}, TextKind::document));
  REQUIRE(recorder->provider == "openai");
  REQUIRE(recorder->model == "m");
  REQUIRE(recorder->last.status == 200);
  REQUIRE(recorder->last.usage.input_tokens == 5);
  REQUIRE(recorder->last.requests.limit == 500);
  REQUIRE(recorder->last.requests.remaining == 499);
  REQUIRE(recorder->last.requests.reset == std::chrono::milliseconds(120));
  REQUIRE(recorder->last.tokens.reset == std::chrono::minutes(6));
  REQUIRE_FALSE(embedder->embed({&text, 1}, TextKind::document));
  REQUIRE(recorder->last.status == 429);
  REQUIRE(recorder->last.retry_after == std::chrono::seconds(2));
  REQUIRE_FALSE(embedder->embed({&text, 1}, TextKind::document));
  REQUIRE(recorder->last.status == 0);
  REQUIRE(recorder->calls == 3);
}

TEST_CASE("embedder client: limits are those of the provider, or of the model where it has its own") {
  REQUIRE(limits_of(Provider::openai, "text-embedding-3-small").max_texts == 2048);
  REQUIRE(limits_of(Provider::openai, "any").max_tokens == 300000);
  REQUIRE(limits_of(Provider::cohere, "embed-v4.0").max_texts == 96);
  REQUIRE(limits_of(Provider::vertex_ai, "text-embedding-005").max_texts == 250);
  REQUIRE(limits_of(Provider::vertex_ai, "gemini-embedding-001").max_texts == 1);
  REQUIRE(limits_of(Provider::voyage, "voyage-3.5-lite").max_tokens == 1000000);
  REQUIRE(limits_of(Provider::voyage, "voyage-3-large").max_tokens == 120000);
  REQUIRE(limits_of(Provider::text_embeddings_inference, "").max_texts == 32);
}
