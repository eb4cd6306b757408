// Batches: the plan, the order of rows, and what happens to calls that are refused.

#include <atomic>
#include <numeric>
#include <random>
#include <thread>

#include "policy/batch_plan.hpp"
#include "policy/fakes.hpp"
#include "support/catch.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

std::vector<std::string> numbers(std::size_t count) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < count; ++i) texts.push_back(std::to_string(i));
  return texts;
}

std::shared_ptr<const Embedder> batched(const std::shared_ptr<FakeEmbedder>& inner, const BatchOptions& options) {
  return require_ok(with_batches(std::shared_ptr<const Embedder>(inner), options));
}

void require_rows_of(const Embeddings& rows, const std::vector<std::string>& texts) {
  REQUIRE(rows.rows() == texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) REQUIRE(rows.row(i)[0] == std::stof(texts[i]));
}

FakeEmbedder::Refusal more_than(std::size_t most) {
  return [most](const FakeEmbedder::Texts& texts) {
    return texts.size() <= most ? Status() : Status(Error(ErrorCode::invalid_argument, "too large", 413));
  };
}

}  // namespace

TEST_CASE("batches: every plan covers all texts in order and keeps every limit that one text keeps") {
  std::mt19937_64 random(7);
  const auto upto = [&](std::size_t most) { return static_cast<std::size_t>(random() % (most + 1)); };
  for (int round = 0; round < 20'000; ++round) {
    std::vector<TextCost> texts(upto(40));
    for (TextCost& text : texts) text = {.tokens = upto(30), .bytes = upto(90)};
    const BatchOptions limits{.max_texts = upto(10), .max_tokens = upto(60), .max_bytes = upto(200)};
    std::size_t next = 0;
    for (const TextRange& range : plan_batches(texts, limits)) {
      REQUIRE(range.begin == next);
      REQUIRE(range.end > range.begin);
      next = range.end;
      if (range.size() == 1) continue;
      TextCost sum;
      for (std::size_t i = range.begin; i < range.end; ++i)
        sum = {sum.tokens + texts[i].tokens, sum.bytes + texts[i].bytes};
      REQUIRE((limits.max_texts == 0 || range.size() <= limits.max_texts));
      REQUIRE((limits.max_tokens == 0 || sum.tokens <= limits.max_tokens));
      REQUIRE((limits.max_bytes == 0 || sum.bytes <= limits.max_bytes));
    }
    REQUIRE(next == texts.size());
  }
}

TEST_CASE("batches: calls are as long as the limits allow") {
  const std::vector<TextCost> texts(10, {.tokens = 5, .bytes = 10});
  REQUIRE(plan_batches(texts, {}).size() == 1);
  REQUIRE(plan_batches(texts, {.max_texts = 4}).size() == 3);
  REQUIRE(plan_batches(texts, {.max_tokens = 14}).size() == 5);
  REQUIRE(plan_batches(texts, {.max_bytes = 100}).size() == 1);
  REQUIRE(plan_batches(texts, {.max_bytes = 9}).size() == 10);
  REQUIRE(plan_batches({}, {}).empty());
}

TEST_CASE("batches: rows come back in the order of the texts, however many calls run at once") {
  const auto inner = std::make_shared<FakeEmbedder>([](const auto& texts) {
    std::this_thread::sleep_for(std::chrono::microseconds(std::stoi(texts.front()) % 7 * 100));
    return Status();
  });
  const auto texts = numbers(500);
  const auto rows =
      require_ok(batched(inner, {.max_texts = 3, .max_concurrent_calls = 8})->embed(views(texts), TextKind::document));
  require_rows_of(rows, texts);
  REQUIRE(inner->calls().size() == 167);
}

TEST_CASE("batches: several calls run at once, and no more than allowed") {
  std::atomic<int> running = 0;
  std::atomic<int> most = 0;
  const auto inner = std::make_shared<FakeEmbedder>([&](const auto&) {
    const int now = ++running;
    for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    --running;
    return Status();
  });
  require_ok(
      batched(inner, {.max_texts = 1, .max_concurrent_calls = 4})->embed(views(numbers(40)), TextKind::document));
  REQUIRE(most <= 4);
  REQUIRE(most >= 2);
}

TEST_CASE("batches: a call that is too large is halved until it is not") {
  const auto inner = std::make_shared<FakeEmbedder>(more_than(3));
  const auto texts = numbers(20);
  const auto rows = require_ok(batched(inner, {.max_concurrent_calls = 1})->embed(views(texts), TextKind::document));
  require_rows_of(rows, texts);
}

TEST_CASE("batches: the one bad text is named, with few calls") {
  const auto inner = std::make_shared<FakeEmbedder>([](const FakeEmbedder::Texts& texts) -> Status {
    if (std::ranges::find(texts, "77") == texts.end()) return {};
    return Error(ErrorCode::invalid_argument, "bad text", 400);
  });
  const auto embedder = batched(inner, {.max_texts = 64, .max_concurrent_calls = 1});
  const auto result = embedder->embed(views(numbers(128)), TextKind::document);
  require_error(result, ErrorCode::invalid_argument, {"text 77: bad text"});
  REQUIRE(inner->calls().size() < 20);
}

TEST_CASE("batches: a text that is not UTF-8 is refused before anything is sent") {
  const auto inner = std::make_shared<FakeEmbedder>();
  const std::vector<std::string_view> texts = {"1", "2", "3\xFF"};
  const auto result = batched(inner, {.max_texts = 1})->embed(texts, TextKind::document);
  require_error(result, ErrorCode::invalid_argument, {"text 2", "UTF-8", "offset 1"});
  REQUIRE(inner->calls().empty());
}

TEST_CASE("batches: errors that smaller calls do not cure are not halved") {
  const auto inner =
      std::make_shared<FakeEmbedder>([](const auto&) { return Status(Error(ErrorCode::unauthorized, "no key")); });
  const auto result = batched(inner, {.max_concurrent_calls = 1})->embed(views(numbers(8)), TextKind::document);
  require_error(result, ErrorCode::unauthorized, {"texts 0 to 7: no key"});
  REQUIRE(inner->calls().size() == 1);
}

TEST_CASE("batches: no texts make no call") {
  const auto inner = std::make_shared<FakeEmbedder>();
  const auto rows = require_ok(batched(inner, {})->embed({}, TextKind::document));
  REQUIRE(rows.rows() == 0);
  REQUIRE(rows.dimension == 2);
  REQUIRE(inner->calls().empty());
}

TEST_CASE("batches: options out of range are refused") {
  const auto inner = std::make_shared<FakeEmbedder>();
  const std::shared_ptr<const Embedder> embedder = inner;
  require_error(with_batches(embedder, {.max_concurrent_calls = 0}), ErrorCode::invalid_argument, {"1 to 64"});
  require_error(with_batches(embedder, {.max_concurrent_calls = 65}), ErrorCode::invalid_argument, {"65"});
  require_error(with_batches(nullptr, {}), ErrorCode::invalid_argument, {"null"});
}
