// Limits: sizes, counted after decompression, and times.

#include <thread>

#include "net/transports.hpp"
#include "support/gzip.hpp"

using namespace scaup;
using namespace scaup::test;
using namespace std::chrono_literals;

namespace {

HttpRequest limited(const FaultServer& server, HttpLimits limits) {
  HttpRequest request = post_to(server);
  request.limits = limits;
  return request;
}

std::function<std::string()> endless(std::string first, std::string piece) {
  return [first = std::move(first), piece = std::move(piece), begun = false]() mutable {
    return std::exchange(begun, true) ? piece : first;
  };
}

}  // namespace

TEST_CASE("limits: a body of the limit's size is taken, one byte more is not") {
  FaultServer server([](const FaultRequest& request) {
    return FaultReply{.body = std::string(1000, 'x'), .chunked = request.number % 2 == 1, .gzip = request.number >= 2};
  });
  const auto transport = make_transport();
  for (int form = 0; form < 4; ++form) {
    REQUIRE(require_ok(transport->send(limited(server, {.max_response_bytes = 1000}))).body.size() == 1000);
  }
  FaultServer larger([](const FaultRequest& request) {
    return FaultReply{.body = std::string(1001, 'x'), .chunked = request.number % 2 == 1, .gzip = request.number >= 2};
  });
  for (int form = 0; form < 4; ++form) {
    const auto result = transport->send(limited(larger, {.max_response_bytes = 1000}));
    require_http_error(result, ErrorCode::bad_reply, {"127.0.0.1", "/v1/test", "status 200", "more than 1000 bytes"});
    REQUIRE_FALSE(result.error().is_transient());
  }
}

TEST_CASE("limits: a gzip bomb is stopped at the limit") {
  const std::string bomb = gzip_bomb(std::size_t{256} << 20);
  REQUIRE(bomb.size() < (1U << 20));
  FaultServer server({FaultReply{.headers = {{"Content-Encoding", "gzip"}}, .body = bomb}});
  require_http_error(make_transport()->send(limited(server, {.max_response_bytes = 1 << 20})), ErrorCode::bad_reply,
                     {"more than 1048576 bytes"});
}

TEST_CASE("limits: a body without end is stopped at the limit, streamed or whole, whatever the status") {
  const std::string piece(4096, 'x');
  const int status = GENERATE(200, 500);
  FaultServer server([&](const FaultRequest&) {
    return FaultReply{.status = status, .chunked = true, .body_source = [piece] { return piece; }};
  });
  const auto transport = make_transport();
  const HttpRequest request = limited(server, {.max_response_bytes = 1 << 20});
  require_http_error(transport->send(request), ErrorCode::bad_reply, {"more than 1048576 bytes"});
  std::size_t taken = 0;
  const auto count = [&](std::string_view bytes) {
    taken += bytes.size();
    return Status();
  };
  require_http_error(transport->stream(request, count), ErrorCode::bad_reply, {"more than 1048576 bytes"});
  REQUIRE(taken <= (1U << 20));
}

TEST_CASE("limits: headers without end are an error") {
  FaultReply reply;
  SECTION("many lines") {
    reply.raw_source = endless("HTTP/1.1 200 OK\r\n", "X-More: 1\r\n");
  }
  SECTION("long lines") {
    reply.raw_source = endless("HTTP/1.1 200 OK\r\n", "X-Long: " + std::string(50'000, 'x') + "\r\n");
  }
  SECTION("one line without end") {
    reply.raw_source = endless("HTTP/1.1 200 OK\r\nX: ", std::string(4096, 'x'));
  }
  SECTION("interim answers") {
    reply.raw_source = endless("", "HTTP/1.1 100 Continue\r\n\r\n");
  }
  SECTION("trailers") {
    reply.raw_source = endless("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "X-More: 1\r\n");
  }
  FaultServer server({reply});
  const auto result = make_transport()->send(post_to(server));
  REQUIRE_FALSE(result.has_value());
  INFO(result.error().message());
  REQUIRE((result.error().code() == ErrorCode::bad_reply || result.error().code() == ErrorCode::unavailable));
}

TEST_CASE("limits: an answer that does not begin, and one that stops in the middle, end with the idle time") {
  const auto transport = make_transport();
  const HttpLimits limits = {.idle_timeout = 200ms};
  FaultServer silent({FaultReply{.delay = 30s}});
  const auto nothing = transport->send(limited(silent, limits));
  require_http_error(nothing, ErrorCode::unavailable, {"idle_timeout", "200 ms"});
  REQUIRE(nothing.error().is_transient());
  FaultServer stuck({FaultReply{.body = "abc", .splits = {1}, .piece_delay = 30s}});
  require_http_error(transport->send(limited(stuck, limits)), ErrorCode::unavailable, {"idle_timeout"});
}

TEST_CASE("limits: a slow drip is not idle, but ends with the total time") {
  const auto transport = make_transport();
  FaultServer slow({FaultReply{.body = std::string(20, 'x'), .piece_bytes = 1, .piece_delay = 30ms}});
  REQUIRE(require_ok(transport->send(limited(slow, {.idle_timeout = 400ms}))).body.size() == 20);
  FaultServer slower({FaultReply{.body = std::string(10'000, 'x'), .piece_bytes = 1, .piece_delay = 30ms}});
  const HttpLimits limits = {.idle_timeout = 20s, .total_timeout = 300ms};
  require_http_error(transport->send(limited(slower, limits)), ErrorCode::unavailable, {"total_timeout", "300 ms"});
}

TEST_CASE("limits: without time-outs a late answer is taken") {
  FaultServer server({FaultReply{.body = "late", .delay = 300ms}});
  const HttpLimits limits = {.connect_timeout = 0s, .idle_timeout = 0s, .total_timeout = 0s};
  REQUIRE(require_ok(make_transport()->send(limited(server, limits))).body == "late");
}

TEST_CASE("limits: the time that a sink takes is not idle time") {
  FaultServer server({FaultReply{.body = counted_bytes(1 << 20)}});
  std::string all;
  const auto slow_once = [&](std::string_view bytes) {
    if (all.empty()) std::this_thread::sleep_for(600ms);
    all += bytes;
    return Status();
  };
  static_cast<void>(require_ok(make_transport()->stream(limited(server, {.idle_timeout = 200ms}), slow_once)));
  REQUIRE((all == counted_bytes(1 << 20)));
}

TEST_CASE("limits: waiting for other requests to end counts to the total time") {
  FaultServer server({FaultReply{.delay = 30s}});
  const auto transport = make_transport({.max_concurrent_requests = 1});
  std::stop_source stop;
  std::thread first([&] { static_cast<void>(transport->send(post_to(server), stop.get_token()).has_value()); });
  REQUIRE(server.wait_for_requests(1));
  require_http_error(transport->send(limited(server, {.total_timeout = 100ms})), ErrorCode::unavailable,
                     {"total_timeout", "waiting for other requests"});
  stop.request_stop();
  first.join();
  REQUIRE(server.requests().size() == 1);
}
