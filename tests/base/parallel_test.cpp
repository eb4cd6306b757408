#include "base/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "support/catch.hpp"

using namespace scaup;
using scaup::test::require_error;
using scaup::test::require_ok;

TEST_CASE("parallel: every task runs exactly once, whatever the number of threads") {
  for (const std::size_t threads : {0U, 1U, 2U, 3U, 8U}) {
    for (const std::size_t tasks : {0U, 1U, 2U, 100U, 5000U}) {
      std::vector<std::atomic<int>> calls(tasks);
      require_ok(parallel_for(tasks, threads, [&](std::size_t i) -> Status {
        ++calls[i];
        return {};
      }));
      REQUIRE(std::ranges::all_of(calls, [](const auto& count) { return count == 1; }));
    }
  }
}

TEST_CASE("parallel: one thread is the caller's, and goes in order") {
  std::vector<std::size_t> order;
  const auto caller = std::this_thread::get_id();
  require_ok(parallel_for(50, 1, [&](std::size_t i) -> Status {
    if (std::this_thread::get_id() == caller) order.push_back(i);
    return {};
  }));
  REQUIRE(order.size() == 50);
  REQUIRE(std::ranges::is_sorted(order));
}

TEST_CASE("parallel: two tasks that wait for each other run at the same time") {
  std::atomic<int> arrived = 0;
  require_ok(parallel_for(2, 2, [&](std::size_t) -> Status {
    ++arrived;
    while (arrived < 2) std::this_thread::yield();
    return {};
  }));
  REQUIRE(arrived == 2);
}

TEST_CASE("parallel: the error of the lowest task is returned, and no task begins after a failure") {
  SECTION("one thread stops at the first") {
    std::size_t calls = 0;
    const Status status = parallel_for(100, 1, [&](std::size_t i) -> Status {
      ++calls;
      if (i >= 7) return Error(ErrorCode::io, "task " + std::to_string(i));
      return {};
    });
    require_error(status, ErrorCode::io, {"task 7"});
    REQUIRE(calls == 8);
  }
  SECTION("several threads: all tasks have begun before the first fails") {
    for (int round = 0; round < 200; ++round) {
      std::atomic<int> arrived = 0;
      const Status status = parallel_for(4, 4, [&](std::size_t i) -> Status {
        ++arrived;
        while (arrived < 4) std::this_thread::yield();
        return Error(ErrorCode::io, "task " + std::to_string(i));
      });
      require_error(status, ErrorCode::io, {"task 0"});
    }
  }
}

TEST_CASE("parallel: an exception in a task is an error") {
  const auto fail = [](std::size_t) -> Status { throw std::runtime_error("broken"); };
  require_error(parallel_for(10, 1, fail), ErrorCode::internal, {"broken"});
  require_error(parallel_for(10, 3, fail), ErrorCode::internal, {"broken"});
}

TEST_CASE("parallel: the number of threads is at least one and at most the number of tasks") {
  REQUIRE(thread_count(4, 100) == 4);
  REQUIRE(thread_count(4, 2) == 2);
  REQUIRE(thread_count(4, 0) == 1);
  REQUIRE(thread_count(0, 1'000'000) >= 1);
  REQUIRE(thread_count(0, 1) == 1);
}
