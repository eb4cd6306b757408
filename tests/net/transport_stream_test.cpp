// Streamed bodies: whole, in order, no more than a bounded part of them held, and ended by the sink's error.

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <thread>

#include "net/transports.hpp"

using namespace scaup;
using namespace scaup::test;
using namespace std::chrono_literals;

namespace {

Status ignore(std::string_view /*bytes*/) {
  return {};
}

}  // namespace

TEST_CASE("stream: the pieces make up the body, on the thread that called") {
  const std::string body = counted_bytes(3 << 20);
  const bool chunked = GENERATE(false, true);
  FaultServer server({FaultReply{.body = body, .piece_bytes = 30'000, .chunked = chunked}});
  std::string all;
  std::size_t largest = 0;
  bool same_thread = true;
  const auto sink = [&, caller = std::this_thread::get_id()](std::string_view bytes) {
    same_thread = same_thread && std::this_thread::get_id() == caller;
    largest = std::max(largest, bytes.size());
    all += bytes;
    return Status();
  };
  const HttpResponse response = require_ok(make_transport()->stream(post_to(server), sink));
  REQUIRE(response.status == 200);
  REQUIRE(response.body.empty());
  REQUIRE((all == body));
  REQUIRE(same_thread);
  REQUIRE(largest <= 100'000);
}

TEST_CASE("stream: a piece is delivered before the next one is sent") {
  FaultServer server({FaultReply{.body = "firstsecond", .splits = {5}, .piece_delay = 30s, .chunked = true}});
  const auto stop_at_first = [](std::string_view bytes) -> Status {
    return Error(ErrorCode::internal, "got " + std::string(bytes));
  };
  require_http_error(make_transport()->stream(post_to(server), stop_at_first), ErrorCode::internal, {"got first"});
}

TEST_CASE("stream: while the sink sleeps the server cannot send on") {
  constexpr std::uint64_t kBodyBytes = 200 << 20;
  const std::string piece(1 << 16, 'x');
  FaultServer server([&](const FaultRequest&) {
    return FaultReply{.declared_length = kBodyBytes, .body_source = [piece, left = kBodyBytes]() mutable {
                        left -= piece.size();
                        return left > 0 ? piece : std::string();
                      }};
  });
  std::uint64_t before = 1;
  std::uint64_t after = 0;
  const auto sleeper = [&](std::string_view) -> Status {
    while (before != after) {  // until nothing more goes, and what the system takes is full
      before = server.bytes_sent();
      std::this_thread::sleep_for(300ms);
      after = server.bytes_sent();
    }
    return Error(ErrorCode::cancelled, "slept enough");
  };
  require_http_error(make_transport()->stream(post_to(server), sleeper), ErrorCode::cancelled, {"slept enough"});
  REQUIRE(after < (32U << 20));  // buffers of the system; the body has 200 MB
}

TEST_CASE("stream: a slow sink gets every byte") {
  const std::string body = counted_bytes(2 << 20);
  FaultServer server({FaultReply{.body = body}});
  std::string all;
  const auto slow = [&](std::string_view bytes) {
    std::this_thread::sleep_for(5ms);
    all += bytes;
    return Status();
  };
  static_cast<void>(require_ok(make_transport()->stream(post_to(server), slow)));
  REQUIRE((all == body));
}

TEST_CASE("stream: a sink may call the transport that it is called by") {
  FaultServer server([](const FaultRequest& request) {
    return FaultReply{.body = request.body == "inner" ? "answer" : std::string(1 << 20, 'x')};
  });
  const auto transport = make_transport();
  std::size_t answers = 0;
  const auto sink = [&](std::string_view) {
    answers += require_ok(transport->send(post_to(server, "inner"))).body == "answer";
    return Status();
  };
  static_cast<void>(require_ok(transport->stream(post_to(server), sink)));
  REQUIRE(answers > 0);
}

TEST_CASE("stream: the body of another status than 2xx is in the response") {
  FaultServer server({FaultReply{.status = 429, .body = "slow down"}});
  bool called = false;
  const auto sink = [&](std::string_view) {
    called = true;
    return Status();
  };
  const HttpResponse response = require_ok(make_transport()->stream(post_to(server), sink));
  REQUIRE(response.status == 429);
  REQUIRE(response.body == "slow down");
  REQUIRE_FALSE(called);
}

TEST_CASE("stream: a sink's error, and its exception, end the exchange, and the transport goes on") {
  FaultServer server({FaultReply{.body = std::string(8 << 20, 'x')}, FaultReply{.body = std::string(8 << 20, 'x')},
                      FaultReply{.body = "sound"}});
  const auto transport = make_transport();
  const auto refuse = [](std::string_view) -> Status { return Error(ErrorCode::invalid_argument, "no more"); };
  const auto throwing = [](std::string_view) -> Status { throw std::runtime_error("no room"); };
  require_http_error(transport->stream(post_to(server), refuse), ErrorCode::invalid_argument, {"no more"});
  require_http_error(transport->stream(post_to(server), throwing), ErrorCode::internal, {"no room"});
  REQUIRE(require_ok(transport->send(post_to(server))).body == "sound");
}

TEST_CASE("stream: what came before a failure is delivered, then the error returned") {
  FaultServer server({FaultReply{.body = "some of it", .declared_length = 1000, .ending = FaultEnding::close}});
  std::string all;
  const auto keep = [&](std::string_view bytes) {
    all += bytes;
    return Status();
  };
  require_http_error(make_transport()->stream(post_to(server), keep), ErrorCode::unavailable, {"cut short"});
  REQUIRE(all == "some of it");
}

TEST_CASE("stream: a body that is compressed unasked is refused") {
  FaultServer packed({FaultReply{.body = "text", .gzip = true}});
  require_http_error(make_transport()->stream(post_to(packed), ignore), ErrorCode::bad_reply, {"coding \"gzip"});
  REQUIRE(packed.requests().at(0).header("Accept-Encoding") == "identity");
  FaultServer both({FaultReply{.body = "text", .chunked = true, .gzip = true}});
  require_http_error(make_transport()->stream(post_to(both), ignore), ErrorCode::bad_reply, {"coding \"gzip\""});
  FaultServer transferred({FaultReply::raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n")});
  require_http_error(make_transport()->stream(post_to(transferred), ignore), ErrorCode::bad_reply, {"gzip, chunked"});
}

TEST_CASE("stream: without a sink it is refused") {
  FaultServer server({FaultReply{}});
  require_http_error(make_transport()->stream(post_to(server), {}), ErrorCode::invalid_argument, {"sink"});
}

TEST_CASE("stream: many streams at once, each with a slow sink, beside whole exchanges") {
  const std::string body = counted_bytes(600'000);
  FaultServer server({FaultReply{.body = body}});
  const auto transport = make_transport({.max_concurrent_requests = 6});
  std::atomic<int> right = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      std::string all;
      const auto sink = [&](std::string_view bytes) {
        std::this_thread::sleep_for(std::chrono::milliseconds(t));
        all += bytes;
        return Status();
      };
      for (int i = 0; i < 3; ++i) {
        all.clear();
        const auto response = t % 2 == 0 ? transport->stream(post_to(server), sink) : transport->send(post_to(server));
        right += response && (t % 2 == 0 ? all : response->body) == body;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  REQUIRE(right == 24);
}
