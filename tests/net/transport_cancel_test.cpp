// Cancelling, and destroying the transport, while exchanges run. The servers would answer after 30 seconds.

#include <atomic>
#include <random>
#include <thread>

#include "net/transports.hpp"

using namespace scaup;
using namespace scaup::test;
using namespace std::chrono_literals;

namespace {

/// Fails the test if a call that was to end at once waited for the server instead.
class Promptly {
 public:
  ~Promptly() { CHECK(std::chrono::steady_clock::now() - begun_ < 10s); }

 private:
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

Status ignore(std::string_view /*bytes*/) {
  return {};
}

}  // namespace

TEST_CASE("cancel: a stop token ends an exchange that waits for its answer") {
  const Promptly promptly;
  FaultServer server({FaultReply{.delay = 30s}});
  const auto transport = make_transport();
  const bool streamed = GENERATE(false, true);
  std::stop_source stop;
  std::thread canceller([&] {
    static_cast<void>(server.wait_for_requests(1));
    stop.request_stop();
  });
  const auto result = streamed ? transport->stream(post_to(server), ignore, stop.get_token())
                               : transport->send(post_to(server), stop.get_token());
  canceller.join();
  require_http_error(result, ErrorCode::cancelled);
}

TEST_CASE("cancel: a stop token ends an exchange in the middle of its body") {
  const Promptly promptly;
  FaultServer server({FaultReply{.body = "firstsecond", .splits = {5}, .piece_delay = 30s}});
  std::stop_source stop;
  const auto stop_now = [&](std::string_view) {
    stop.request_stop();
    return Status();
  };
  require_http_error(make_transport()->stream(post_to(server), stop_now, stop.get_token()), ErrorCode::cancelled);
}

TEST_CASE("cancel: what was stopped before it began is not sent") {
  FaultServer server({FaultReply{}});
  std::stop_source stop;
  stop.request_stop();
  require_http_error(make_transport()->send(post_to(server), stop.get_token()), ErrorCode::cancelled);
  REQUIRE(server.connections() == 0);
}

TEST_CASE("cancel: one that waits for its turn, and the others go on") {
  const Promptly promptly;
  FaultServer server({FaultReply{.body = "first", .delay = 500ms}, FaultReply{.body = "third"}});
  const auto transport = make_transport({.max_concurrent_requests = 1});
  std::string first;
  std::thread running([&] { first = transport->send(post_to(server)).value_or({}).body; });
  REQUIRE(server.wait_for_requests(1));
  std::stop_source stop;
  std::thread canceller([&] {
    std::this_thread::sleep_for(50ms);
    stop.request_stop();
  });
  require_http_error(transport->send(post_to(server), stop.get_token()), ErrorCode::cancelled);
  canceller.join();
  REQUIRE(require_ok(transport->send(post_to(server))).body == "third");
  running.join();
  REQUIRE(first == "first");
  REQUIRE(server.requests().size() == 2);
}

TEST_CASE("cancel: the transport is usable afterwards, and the half-used connection is not used again") {
  FaultServer server([](const FaultRequest& request) {
    return request.number == 0 ? FaultReply{.body = "stale", .delay = 30s} : FaultReply{.body = "fresh"};
  });
  const auto transport = make_transport();
  std::stop_source stop;
  std::thread canceller([&] {
    static_cast<void>(server.wait_for_requests(1));
    stop.request_stop();
  });
  require_http_error(transport->send(post_to(server), stop.get_token()), ErrorCode::cancelled);
  canceller.join();
  REQUIRE(require_ok(transport->send(post_to(server))).body == "fresh");
  REQUIRE(server.connections() == 2);
}

TEST_CASE("cancel: destroying the transport ends what runs and what waits") {
  const Promptly promptly;
  FaultServer server({FaultReply{.delay = 30s}});
  auto transport = make_transport({.max_concurrent_requests = 2});
  const HttpTransport* raw = transport.get();
  std::vector<Result<HttpResponse>> results(4, Error(ErrorCode::internal, "not set"));
  std::vector<std::thread> threads;
  for (auto& result : results) threads.emplace_back([&] { result = raw->send(post_to(server)); });
  REQUIRE(server.wait_for_requests(2));
  std::this_thread::sleep_for(100ms);  // for the others to be in their calls
  transport.reset();
  for (std::thread& thread : threads) thread.join();
  for (const auto& result : results) require_http_error(result, ErrorCode::cancelled);
}

TEST_CASE("cancel: a sink may drop the transport") {
  const Promptly promptly;
  FaultServer server({FaultReply{.body = "firstsecond", .splits = {5}, .piece_delay = 30s}});
  auto transport = make_transport();
  const auto drop = [&](std::string_view) {
    transport.reset();
    return Status();
  };
  require_http_error(transport->stream(post_to(server), drop), ErrorCode::cancelled, {"destroyed"});
}

TEST_CASE("cancel: stops at random moments leave a transport that works") {
  FaultServer server({FaultReply{.body = counted_bytes(300'000), .piece_bytes = 20'000, .piece_delay = 1ms}});
  const auto transport = make_transport({.max_concurrent_requests = 3});
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (int t = 0; t < 6; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 8; ++i) {
        std::stop_source stop;
        std::thread canceller([&] {
          std::this_thread::sleep_for(std::chrono::microseconds(700 * ((t * 7 + i * 11) % 40)));
          stop.request_stop();
        });
        std::string all;
        const auto keep = [&](std::string_view bytes) {
          all += bytes;
          return Status();
        };
        const auto result = transport->stream(post_to(server), keep, stop.get_token());
        canceller.join();
        if (result ? all.size() != 300'000 : result.error().code() != ErrorCode::cancelled) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  REQUIRE(wrong == 0);
  REQUIRE(require_ok(transport->send(post_to(server))).body == counted_bytes(300'000));
}

namespace {

/// Stops, from a thread of its own, what is handed to it, at moments of chance.
class Stopper {
 public:
  explicit Stopper(std::size_t slots) : slots_(slots), thread_([this] { run(); }) {}
  Stopper(const Stopper&) = delete;
  Stopper& operator=(const Stopper&) = delete;
  ~Stopper() {
    done_ = true;
    thread_.join();
  }

  void hand(std::size_t slot, std::stop_source& stop) { slots_[slot] = &stop; }
  /// Until the stopper is done with what was handed to it.
  void wait(std::size_t slot) const {
    while (slots_[slot] != nullptr) std::this_thread::yield();
  }

 private:
  void run() {
    std::minstd_rand random(1);
    std::vector<std::size_t> left(slots_.size(), 0);  // rounds until each is stopped: some microseconds
    while (!done_) {
      for (std::size_t i = 0; i < slots_.size(); ++i) {
        std::stop_source* const stop = slots_[i];
        if (stop == nullptr || (left[i] > 0 && --left[i] > 0)) continue;
        stop->request_stop();
        slots_[i] = nullptr;
        left[i] = random() % 4000;
      }
    }
  }

  std::vector<std::atomic<std::stop_source*>> slots_;
  std::atomic<bool> done_ = false;
  std::thread thread_;
};

}  // namespace

// A stop that comes while the worker looks at what others asked for must not be lost, nor the exchange with it.
TEST_CASE("cancel: many that wait for their turn end at once, whenever they are stopped") {
  constexpr std::size_t kThreads = 8;
  constexpr int kRounds = 4000;
  FaultServer server({FaultReply{.delay = 30s}});
  const auto transport = make_transport({.max_concurrent_requests = 1});
  std::stop_source stop_first;
  std::thread running([&] { static_cast<void>(transport->send(post_to(server), stop_first.get_token())); });
  REQUIRE(server.wait_for_requests(1));
  Stopper stopper(kThreads);
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (std::size_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kRounds; ++i) {
        std::stop_source stop;
        stopper.hand(t, stop);
        const auto result = transport->send(post_to(server), stop.get_token());
        if (result || result.error().code() != ErrorCode::cancelled) ++wrong;
        stopper.wait(t);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  stop_first.request_stop();
  running.join();
  REQUIRE(wrong == 0);
}
