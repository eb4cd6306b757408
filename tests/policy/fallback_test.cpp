// Fallback to a second provider, and the meter that counts what both cost.

#include <thread>

#include "policy/fakes.hpp"
#include "scaup/policies.hpp"
#include "support/catch.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

const std::vector<std::string> kTexts{"1", "2"};

std::function<Status()> always(ErrorCode code) {
  return [code] { return Status(Error(code, "first is down")); };
}

std::shared_ptr<FakeEmbedder> failing(ErrorCode code) {
  return std::make_shared<FakeEmbedder>([code](const auto&) { return Status(Error(code, "first is down")); }, "one");
}

Result<Embeddings> embed_with(const std::shared_ptr<const Embedder>& first,
                              const std::shared_ptr<const Embedder>& second) {
  const auto embedder = require_ok(with_fallback(first, second));
  REQUIRE(embedder->identity().provider == "one");
  return embedder->embed(views(kTexts), TextKind::document);
}

}  // namespace

TEST_CASE("fallback: the second provider answers where the first is in trouble") {
  const auto code = GENERATE(ErrorCode::unavailable, ErrorCode::rate_limited, ErrorCode::quota_exhausted,
                             ErrorCode::unauthorized, ErrorCode::not_found, ErrorCode::bad_reply);
  const auto second = std::make_shared<FakeEmbedder>(FakeEmbedder::Refusal(), "two");
  REQUIRE(require_ok(embed_with(failing(code), second)).rows() == 2);
  REQUIRE(second->calls().size() == 1);
}

TEST_CASE("fallback: a wrong call and a cancelled one are not made again") {
  const auto code = GENERATE(ErrorCode::invalid_argument, ErrorCode::cancelled);
  const auto second = std::make_shared<FakeEmbedder>(FakeEmbedder::Refusal(), "two");
  require_error(embed_with(failing(code), second), code);
  REQUIRE(second->calls().empty());
}

TEST_CASE("fallback: where both fail, the message has both") {
  const auto second = std::make_shared<FakeEmbedder>(
      [](const auto&) { return Status(Error(ErrorCode::unauthorized, "no key for two")); });
  require_error(embed_with(failing(ErrorCode::unavailable), second), ErrorCode::unauthorized,
                {"first is down", "no key for two"});
}

TEST_CASE("fallback: vectors of two models are never mixed") {
  const auto first = std::make_shared<FakeEmbedder>();
  const auto second = std::make_shared<FakeEmbedder>();
  EmbedderIdentity other = first->identity();
  SECTION("model") {
    other.model = "n";
  }
  SECTION("dimension") {
    other.dimension = 3;
  }
  SECTION("prefix") {
    other.query_prefix = "q: ";
  }
  second->set_identity(other);
  require_error(with_fallback(std::shared_ptr<const Embedder>(first), std::shared_ptr<const Embedder>(second)),
                ErrorCode::embedder_mismatch, {"cannot be compared"});
}

TEST_CASE("fallback: a streamed answer changes the provider only while nothing was delivered") {
  const auto pieces = GENERATE(std::vector<std::string>{}, std::vector<std::string>{"half"});
  const auto first = std::make_shared<FakeChatModel>(pieces, always(ErrorCode::unavailable));
  const auto second = std::make_shared<FakeChatModel>(std::vector<std::string>{"whole"}, [] { return Status(); });
  const auto model =
      require_ok(with_fallback(std::shared_ptr<const ChatModel>(first), std::shared_ptr<const ChatModel>(second)));
  std::string text;
  const ChatMessage message{.text = "hello"};
  const auto reply = model->stream({&message, 1}, [&](std::string_view piece) {
    text += piece;
    return Status();
  });
  REQUIRE(reply.has_value() == pieces.empty());
  REQUIRE(text == (pieces.empty() ? "whole" : "half"));
  REQUIRE(require_ok(model->chat({&message, 1})).text == "whole");
}

TEST_CASE("fallback: rerankers too") {
  const auto first = std::make_shared<FakeReranker>(always(ErrorCode::unavailable));
  const auto second = std::make_shared<FakeReranker>([] { return Status(); });
  const auto reranker =
      require_ok(with_fallback(std::shared_ptr<const Reranker>(first), std::shared_ptr<const Reranker>(second)));
  REQUIRE(require_ok(reranker->rerank("q", views(kTexts))).size() == 2);
  REQUIRE(second->calls() == 1);
  require_error(with_fallback(std::shared_ptr<const Reranker>(first), std::shared_ptr<const Reranker>()),
                ErrorCode::invalid_argument, {"second"});
}

TEST_CASE("usage meter: calls, tokens and cost by model") {
  const auto meter = require_ok(make_usage_meter({{.model = "a", .input_per_million = 2, .output_per_million = 10}}));
  meter->on_call(
      {.provider = "p", .model = "a", .status = 200, .duration = std::chrono::seconds(1), .usage = {500'000, 100'000}});
  meter->on_call({.provider = "p", .model = "a", .status = 429, .duration = std::chrono::seconds(1)});
  meter->on_call({.provider = "p", .model = "b", .status = 0, .usage = {7, 0}});
  const auto usage = meter->usage();
  REQUIRE(usage.size() == 2);
  REQUIRE(usage[0].model == "a");
  REQUIRE(usage[0].calls == 2);
  REQUIRE(usage[0].failed_calls == 1);
  REQUIRE(usage[0].cost == Approx(2.0));
  REQUIRE(usage[0].duration == std::chrono::seconds(2));
  REQUIRE(usage[1].provider == "p");
  REQUIRE(usage[1].tokens == TokenUsage{7, 0});
  REQUIRE(usage[1].failed_calls == 1);
  REQUIRE(usage[1].cost == 0);
}

TEST_CASE("usage meter: counts of many threads add up") {
  const auto meter = require_ok(make_usage_meter());
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 1000; ++i) meter->on_call({.model = "m", .status = 200, .usage = {1, 2}});
      });
    }
  }
  REQUIRE(meter->usage().front().calls == 4000);
  REQUIRE(meter->usage().front().tokens == TokenUsage{4000, 8000});
}

TEST_CASE("usage meter: prices that are no prices are refused") {
  require_error(make_usage_meter({{.model = "a", .input_per_million = -1}}), ErrorCode::invalid_argument, {"\"a\""});
  require_error(make_usage_meter({{.model = "a"}, {.model = "a"}}), ErrorCode::invalid_argument, {"two prices"});
}
