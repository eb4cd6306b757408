#include "rag/bounded_queue.hpp"

#include <atomic>
#include <thread>
#include <vector>

#include "support/catch.hpp"

using namespace scaup;
using namespace std::chrono_literals;

TEST_CASE("bounded queue: items come out in order, and it ends when all producers have left") {
  BoundedQueue<int> queue(100);
  queue.enter();
  queue.enter();
  queue.push(1);
  queue.leave();
  queue.push(2);
  queue.leave();
  REQUIRE(queue.pop({}) == 1);
  REQUIRE(queue.pop_soon({}, 1h) == 2);
  REQUIRE(queue.pop({}) == std::nullopt);
  REQUIRE(queue.pop_soon({}, 1h) == std::nullopt);
}

TEST_CASE("bounded queue: never more bytes are on the way than the bound, but for one that is larger") {
  BoundedQueue<std::uint64_t> queue(10);
  std::atomic<std::uint64_t> used = 0;
  std::atomic<bool> too_much = false;
  std::vector<std::jthread> producers;
  for (int i = 0; i < 3; ++i) {
    queue.enter();
    producers.emplace_back([&] {
      for (std::uint64_t bytes = 0; bytes < 200; ++bytes) {
        const std::uint64_t wanted = 1 + bytes % 13;  // one of no bytes may come beside one that is too large
        if (!queue.reserve(wanted, {})) too_much = true;
        const std::uint64_t now = used += wanted;
        if (now > 10 && now != wanted) too_much = true;
        queue.push(wanted);
      }
      queue.leave();
    });
  }
  std::size_t popped = 0;
  while (const auto bytes = queue.pop({})) {
    ++popped;
    used -= *bytes;
    queue.release(*bytes);
  }
  REQUIRE_FALSE(too_much);
  REQUIRE(popped == 600);
  REQUIRE(queue.peak() == 13);
}

TEST_CASE("bounded queue: the consumer does not wait for more while a producer waits for bytes") {
  BoundedQueue<int> queue(10);
  queue.enter();
  REQUIRE(queue.reserve(10, {}));
  queue.push(1);
  REQUIRE(queue.pop({}) == 1);
  std::jthread producer([&] {
    if (queue.reserve(5, {})) queue.push(2);
    queue.leave();
  });
  REQUIRE(queue.pop_soon({}, 1h) == std::nullopt);
  queue.release(10);
  REQUIRE(queue.pop({}) == 2);
}

TEST_CASE("bounded queue: a stop ends every wait") {
  BoundedQueue<int> queue(10);
  queue.enter();
  REQUIRE(queue.reserve(10, {}));
  std::stop_source stop;
  std::atomic<int> ended = 0;
  {
    std::jthread producer([&] { ended += queue.reserve(1, stop.get_token()) ? 0 : 1; });
    std::jthread consumer([&] { ended += queue.pop(stop.get_token()) ? 0 : 1; });
    stop.request_stop();
  }
  REQUIRE(ended == 2);
  queue.push(1);
  REQUIRE(queue.pop_soon(stop.get_token(), 1h) == std::nullopt);
}
