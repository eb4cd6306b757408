// The answer cache: same words, near words, age and room.

#include "scaup/answer_cache.hpp"

#include "scaup/rag.hpp"
#include "support/catch.hpp"
#include "support/fake_clock.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

std::shared_ptr<const Answer> answer(const std::string& text) {
  return std::make_shared<const Answer>(Answer{.text = text});
}

}  // namespace

TEST_CASE("answer cache: the same words in the same context find the answer") {
  const auto cache = require_ok(make_answer_cache());
  cache->keep({.question = "why", .context = 1}, answer("because"));
  REQUIRE(cache->find({.question = "why", .context = 1})->text == "because");
  REQUIRE(cache->find({.question = "why", .context = 2}) == nullptr);
  REQUIRE(cache->find({.question = "how", .context = 1}) == nullptr);
  REQUIRE(cache->stats().exact_hits == 1);
  REQUIRE(cache->stats().misses == 2);
}

TEST_CASE("answer cache: a question near enough finds the nearest answer") {
  const auto cache = require_ok(make_answer_cache({.min_similarity = 0.9}));
  const std::vector<float> east{1, 0}, north{0, 1}, almost_east{1, 0.2F}, between{1, 1};
  cache->keep({.question = "east", .vector = east, .context = 1}, answer("E"));
  cache->keep({.question = "north", .vector = north, .context = 1}, answer("N"));
  REQUIRE(cache->find({.question = "x", .vector = almost_east, .context = 1})->text == "E");
  REQUIRE(cache->find({.question = "x", .vector = between, .context = 1}) == nullptr);
  REQUIRE(cache->find({.question = "x", .vector = almost_east, .context = 2}) == nullptr);
  REQUIRE(cache->stats().semantic_hits == 1);
}

TEST_CASE("answer cache: what was used longest ago makes room, and age ends an entry") {
  const auto clock = std::make_shared<FakeClock>();
  const auto cache =
      require_ok(make_answer_cache({.max_entries = 2, .time_to_live = std::chrono::seconds(10), .clock = clock}));
  cache->keep({.question = "a"}, answer("A"));
  cache->keep({.question = "b"}, answer("B"));
  REQUIRE(cache->find({.question = "a"}) != nullptr);
  cache->keep({.question = "c"}, answer("C"));
  REQUIRE(cache->find({.question = "b"}) == nullptr);
  REQUIRE(cache->find({.question = "a"}) != nullptr);
  clock->advance(std::chrono::seconds(10));
  REQUIRE(cache->find({.question = "a"}) == nullptr);
  REQUIRE(cache->stats().entries == 0);
}

TEST_CASE("answer cache: the longest time to live is for ever") {
  const auto clock = std::make_shared<FakeClock>();
  const auto cache = require_ok(make_answer_cache({.time_to_live = std::chrono::seconds::max(), .clock = clock}));
  cache->keep({.question = "a"}, answer("A"));
  clock->advance(std::chrono::hours(24));
  REQUIRE(cache->find({.question = "a"}) != nullptr);
}

TEST_CASE("answer cache: options out of range are refused") {
  require_error(make_answer_cache({.max_entries = 0}), ErrorCode::invalid_argument, {"max_entries"});
  require_error(make_answer_cache({.min_similarity = 1.5}), ErrorCode::invalid_argument, {"min_similarity"});
  require_error(make_answer_cache({.time_to_live = std::chrono::seconds(0)}), ErrorCode::invalid_argument,
                {"time_to_live"});
}
