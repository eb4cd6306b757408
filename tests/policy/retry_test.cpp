// Retry: the schedule, what is repeated and what is not.

#include <thread>

#include "policy/fakes.hpp"
#include "policy/retry_schedule.hpp"
#include "support/catch.hpp"
#include "support/fake_clock.hpp"

using namespace scaup;
using namespace scaup::test;
using std::chrono::milliseconds;

namespace {

const std::vector<std::string> kTexts{"1", "2"};

Error unavailable() {
  return {ErrorCode::unavailable, "down", 503};
}

Error asking(ErrorCode code, milliseconds wait) {
  Error error(code, "slow down", 429);
  error.set_retry_after(wait);
  return error;
}

// What a call that fails so often with such an error returns, and how long it waited between its attempts.
struct Outcome {
  Result<Embeddings> result;
  std::size_t calls;
  std::vector<milliseconds> waits;
};

Outcome retry(int failures, const Error& error, RetryOptions options = {}) {
  const auto clock = std::make_shared<FakeClock>();
  options.clock = clock;
  const auto inner =
      std::make_shared<FakeEmbedder>([fail = Failures(failures, error)](const auto&) mutable { return fail(); });
  const auto retried = require_ok(with_retry(std::shared_ptr<const Embedder>(inner), options));
  Outcome outcome{
      .result = retried->embed(views(kTexts), TextKind::document), .calls = inner->calls().size(), .waits = {}};
  for (const auto wait : clock->waits()) outcome.waits.push_back(std::chrono::duration_cast<milliseconds>(wait));
  return outcome;
}

}  // namespace

TEST_CASE("retry: waits double from the first to the longest") {
  const RetryOptions options{.max_attempts = 100};
  const std::vector<int> expected{500, 1000, 2000, 4000, 8000, 8000, 8000};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const auto wait = wait_after(options, i + 1, {}, unavailable(), 0);
    REQUIRE(wait == milliseconds(expected[i]));
  }
}

TEST_CASE("retry: chance takes up to a quarter off") {
  const RetryOptions options{};
  REQUIRE(wait_after(options, 2, {}, unavailable(), 0.999) < milliseconds(760));
  for (int i = 0; i < 100; ++i) {
    const auto wait = *wait_after(options, 2, {}, unavailable(), i / 100.0);
    REQUIRE(wait <= milliseconds(1000));
    REQUIRE(wait >= milliseconds(750));
  }
}

TEST_CASE("retry: passing trouble is tried again until it works") {
  const Outcome outcome = retry(2, unavailable());
  REQUIRE(require_ok(outcome.result).rows() == 2);
  REQUIRE(outcome.calls == 3);
  REQUIRE(outcome.waits.size() == 2);
  REQUIRE(outcome.waits[0] <= milliseconds(500));
  REQUIRE(outcome.waits[0] >= milliseconds(375));
  REQUIRE(outcome.waits[1] <= milliseconds(1000));
  REQUIRE(outcome.waits[1] >= milliseconds(750));
}

TEST_CASE("retry: the last error comes back, with the number of attempts") {
  const Outcome outcome = retry(100, unavailable(), {.max_attempts = 4});
  require_error(outcome.result, ErrorCode::unavailable, {"after 4 attempts", "down"});
  REQUIRE(outcome.result.error().detail() == 503);
  REQUIRE(outcome.calls == 4);
}

TEST_CASE("retry: what waiting does not cure is not tried again") {
  const auto code = GENERATE(ErrorCode::invalid_argument, ErrorCode::unauthorized, ErrorCode::not_found,
                             ErrorCode::bad_reply, ErrorCode::quota_exhausted, ErrorCode::cancelled);
  const Outcome outcome = retry(100, Error(code, "no"));
  REQUIRE(outcome.calls == 1);
  REQUIRE(outcome.waits.empty());
  REQUIRE(outcome.result.error().message() == "no");
}

TEST_CASE("retry: what the provider says of trying again counts more than the code") {
  Error asked(ErrorCode::bad_reply, "odd");
  asked.set_transient(true);
  REQUIRE(retry(1, asked).calls == 2);
  Error refused = unavailable();
  refused.set_transient(false);
  REQUIRE(retry(1, refused).calls == 1);
}

TEST_CASE("retry: the provider's time is waited for, but not one that is too long") {
  REQUIRE(retry(1, asking(ErrorCode::rate_limited, milliseconds(1234))).waits == std::vector{milliseconds(1234)});
  REQUIRE(retry(1, asking(ErrorCode::unavailable, milliseconds(120'000))).calls == 2);
  REQUIRE(retry(1, asking(ErrorCode::rate_limited, milliseconds(120'001))).calls == 1);
  REQUIRE(retry(1, asking(ErrorCode::rate_limited, milliseconds(0))).waits.front() >= milliseconds(375));
}

TEST_CASE("retry: no attempt begins after the total time") {
  const Outcome outcome = retry(100, asking(ErrorCode::rate_limited, milliseconds(900)),
                                {.max_attempts = 100, .max_total_time = milliseconds(2000)});
  REQUIRE(outcome.calls == 3);
}

TEST_CASE("retry: a storm of refusals loses no call and makes no more attempts than allowed") {
  const auto clock = std::make_shared<FakeClock>();
  int number = 0;
  const auto inner = std::make_shared<FakeEmbedder>([&](const auto&) -> Status {
    if (++number % 5 == 0) return {};
    return asking(ErrorCode::rate_limited, milliseconds(20));
  });
  const auto retried =
      require_ok(with_retry(std::shared_ptr<const Embedder>(inner), {.max_attempts = 5, .clock = clock}));
  for (int i = 0; i < 1000; ++i) require_ok(retried->embed(views(kTexts), TextKind::document));
  REQUIRE(inner->calls().size() == 5000);
}

TEST_CASE("retry: a cancelled wait ends the call at once") {
  std::stop_source stop;
  const auto inner = std::make_shared<FakeEmbedder>(
      [](const auto&) { return Status(asking(ErrorCode::rate_limited, milliseconds(100'000))); });
  const auto retried = require_ok(with_retry(std::shared_ptr<const Embedder>(inner)));
  const std::jthread stopper([&] {
    std::this_thread::sleep_for(milliseconds(20));
    stop.request_stop();
  });
  require_error(retried->embed(views(kTexts), TextKind::document, stop.get_token()), ErrorCode::cancelled);
  REQUIRE(inner->calls().size() == 1);
}

TEST_CASE("retry: a streamed answer is asked for again only while nothing was delivered") {
  const auto clock = std::make_shared<FakeClock>();
  const auto pieces = GENERATE(std::vector<std::string>{}, std::vector<std::string>{"half"});
  const auto inner = std::make_shared<FakeChatModel>(pieces, Failures(1, unavailable()));
  const auto retried = require_ok(with_retry(std::shared_ptr<const ChatModel>(inner), {.clock = clock}));
  std::string text;
  const auto sink = [&](std::string_view piece) {
    text += piece;
    return Status();
  };
  const ChatMessage message{.text = "hello"};
  const auto reply = retried->stream({&message, 1}, sink);
  REQUIRE(reply.has_value() == pieces.empty());
  REQUIRE(inner->calls() == (pieces.empty() ? 2 : 1));
  REQUIRE(text == (pieces.empty() ? "" : "half"));
}

TEST_CASE("retry: whole answers and rankings are tried again too") {
  const auto clock = std::make_shared<FakeClock>();
  const auto chat = std::make_shared<FakeChatModel>(std::vector<std::string>{"yes"}, Failures(2, unavailable()));
  const ChatMessage message{.text = "hello"};
  const auto model = require_ok(with_retry(std::shared_ptr<const ChatModel>(chat), {.clock = clock}));
  REQUIRE(require_ok(model->chat({&message, 1})).text == "yes");
  const auto inner = std::make_shared<FakeReranker>(Failures(2, unavailable()));
  const auto reranker = require_ok(with_retry(std::shared_ptr<const Reranker>(inner), {.clock = clock}));
  REQUIRE(require_ok(reranker->rerank("q", views(kTexts))).size() == 2);
  REQUIRE(inner->calls() == 3);
}

TEST_CASE("retry: options out of range and null are refused") {
  const std::shared_ptr<const Embedder> inner = std::make_shared<FakeEmbedder>();
  require_error(with_retry(inner, {.max_attempts = 0}), ErrorCode::invalid_argument, {"max_attempts", "1 to 100"});
  require_error(with_retry(inner, {.first_wait = milliseconds(-1)}), ErrorCode::invalid_argument, {"-1 ms"});
  require_error(with_retry(std::shared_ptr<const Embedder>()), ErrorCode::invalid_argument, {"null"});
}
