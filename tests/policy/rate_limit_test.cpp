// Rate limits: the bucket's arithmetic, what is learned from replies, and the order of requests.

#include <thread>

#include "policy/fakes.hpp"
#include "policy/token_bucket.hpp"
#include "scaup/policies.hpp"
#include "support/catch.hpp"
#include "support/fake_clock.hpp"

using namespace scaup;
using namespace scaup::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

struct Limited {
  std::shared_ptr<FakeClock> clock = std::make_shared<FakeClock>();
  std::shared_ptr<RateLimiter> limiter;

  explicit Limited(RateLimitOptions options = {}) {
    options.clock = clock;
    limiter = require_ok(make_rate_limiter(options));
  }
  // How long a request with so many tokens waited, to the millisecond.
  milliseconds wait_of(std::uint64_t tokens = 0) const {
    const auto before = clock->now();
    require_ok(limiter->acquire(tokens, {}));
    return std::chrono::round<milliseconds>(clock->now() - before);
  }
};

}  // namespace

TEST_CASE("rate limit: a minute's worth at once, then one after the other") {
  const Limited limited({.requests_per_minute = 60});
  for (int i = 0; i < 60; ++i) REQUIRE(limited.wait_of() == milliseconds(0));
  for (int i = 0; i < 5; ++i) REQUIRE(limited.wait_of() == milliseconds(1000));
  limited.clock->advance(seconds(30));
  for (int i = 0; i < 30; ++i) REQUIRE(limited.wait_of() == milliseconds(0));
  REQUIRE(limited.wait_of() == milliseconds(1000));
}

TEST_CASE("rate limit: tokens count as well as requests") {
  const Limited limited({.requests_per_minute = 1000, .tokens_per_minute = 6000});
  REQUIRE(limited.wait_of(6000) == milliseconds(0));
  REQUIRE(limited.wait_of(100) == milliseconds(1000));
  REQUIRE(limited.wait_of(300) == milliseconds(3000));
}

TEST_CASE("rate limit: a request of more than a minute's worth waits for a full bucket, and later ones for it") {
  const Limited limited({.tokens_per_minute = 600});
  REQUIRE(limited.wait_of(1200) == milliseconds(0));
  REQUIRE(limited.wait_of(100) == milliseconds(70'000));
}

TEST_CASE("rate limit: without limits nothing waits") {
  const Limited limited;
  for (int i = 0; i < 1000; ++i) REQUIRE(limited.wait_of(1'000'000) == milliseconds(0));
}

TEST_CASE("rate limit: limits are learned from replies") {
  const Limited limited;
  limited.limiter->on_call({.status = 200, .requests = {.limit = 120, .remaining = 2, .reset = seconds(59)}});
  REQUIRE(limited.wait_of() == milliseconds(0));
  REQUIRE(limited.wait_of() == milliseconds(0));
  REQUIRE(limited.wait_of() == milliseconds(500));
}

TEST_CASE("rate limit: nothing remaining is waited for until the reset") {
  const Limited limited;
  limited.limiter->on_call({.status = 200, .tokens = {.limit = 1000, .remaining = 0, .reset = milliseconds(2500)}});
  REQUIRE(limited.wait_of(1) == milliseconds(2500));
}

TEST_CASE("rate limit: the time that a refusal names holds for all") {
  const Limited limited({.requests_per_minute = 600});
  limited.limiter->on_call({.status = 429, .retry_after = seconds(20)});
  REQUIRE(limited.wait_of() == seconds(20));
  REQUIRE(limited.wait_of() == milliseconds(0));
}

TEST_CASE("rate limit: a provider that asks for a very long time is not waited for") {
  const Limited limited({.requests_per_minute = 600, .max_asked_wait = seconds(30)});
  limited.limiter->on_call({.status = 429, .retry_after = std::chrono::hours(24)});
  const Status refused = limited.limiter->acquire(0, {});
  require_error(refused, ErrorCode::rate_limited, {"86400000 ms", "30000 ms"});
  REQUIRE(refused.error().retry_after() == milliseconds(86'400'000));
  limited.clock->advance(std::chrono::hours(24) - seconds(30));
  REQUIRE(limited.wait_of() == seconds(30));
  require_error(make_rate_limiter({.max_asked_wait = milliseconds(-1)}), ErrorCode::invalid_argument, {"-1 ms"});
}

TEST_CASE("rate limit: whoever gives up makes room for the next") {
  const auto limiter = require_ok(make_rate_limiter({.requests_per_minute = 600}));
  for (int i = 0; i < 600; ++i) require_ok(limiter->acquire(0, {}));
  limiter->on_call({.status = 429, .retry_after = milliseconds(300)});
  std::stop_source stop;
  std::jthread first([&] { require_error(limiter->acquire(0, stop.get_token()), ErrorCode::cancelled); });
  std::jthread second([&] { require_error(limiter->acquire(0, stop.get_token()), ErrorCode::cancelled); });
  std::this_thread::sleep_for(milliseconds(10));
  stop.request_stop();
  first.join();
  second.join();
  require_ok(limiter->acquire(0, {}));
}

TEST_CASE("rate limit: many threads together keep the limit") {
  const Limited limited({.requests_per_minute = 6000});
  const auto before = limited.clock->now();
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 1000; ++i) static_cast<void>(limited.limiter->acquire(0, {}));
      });
    }
  }
  REQUIRE(std::chrono::round<milliseconds>(limited.clock->now() - before) == milliseconds(20'000));
}

TEST_CASE("rate limit: embedders, rerankers and chat models wait for it") {
  const Limited limited({.requests_per_minute = 1});
  const std::vector<std::string> texts{"1"};
  const auto embedder =
      require_ok(with_rate_limit(std::shared_ptr<const Embedder>(std::make_shared<FakeEmbedder>()), limited.limiter));
  require_ok(embedder->embed(views(texts), TextKind::document));
  const auto succeed = [] { return Status(); };
  const auto reranker = require_ok(
      with_rate_limit(std::shared_ptr<const Reranker>(std::make_shared<FakeReranker>(succeed)), limited.limiter));
  require_ok(reranker->rerank("q", views(texts)));
  const auto chat = require_ok(with_rate_limit(
      std::shared_ptr<const ChatModel>(std::make_shared<FakeChatModel>(std::vector<std::string>{"a"}, succeed)),
      limited.limiter));
  const ChatMessage message{.text = "hello"};
  require_ok(chat->chat({&message, 1}));
  require_ok(chat->stream({&message, 1}, [](std::string_view) { return Status(); }));
  REQUIRE(limited.clock->waits().size() == 3);
}

TEST_CASE("rate limit: rates that are no rates are refused") {
  require_error(make_rate_limiter({.requests_per_minute = -1}), ErrorCode::invalid_argument, {"requests_per_minute"});
  require_error(make_rate_limiter({.tokens_per_minute = std::numeric_limits<double>::infinity()}),
                ErrorCode::invalid_argument, {"tokens_per_minute"});
  require_error(with_rate_limit(std::shared_ptr<const Embedder>(std::make_shared<FakeEmbedder>()), nullptr),
                ErrorCode::invalid_argument, {"null"});
}

TEST_CASE("rate limit: however small the rate, the wait is a time that can be counted") {
  const TokenBucket::Time now(std::chrono::hours(1));
  for (const double rate : {1e-3, 1e-9, 1e-300}) {
    TokenBucket bucket(rate, now);
    bucket.take(1, now);
    const auto wait = bucket.wait_for(1, now);
    REQUIRE(wait >= std::chrono::hours(16));
    REQUIRE(wait <= std::chrono::hours(24) + std::chrono::nanoseconds(1));
  }
}
