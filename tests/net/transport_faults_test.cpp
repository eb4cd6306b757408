// Servers that fail: each failure is an error of its kind, without the key.

#include <sys/socket.h>

#include "net/transports.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

Result<HttpResponse> send_to(FaultReply reply) {
  FaultServer server({std::move(reply)});
  return make_transport()->send(post_to(server));
}

}  // namespace

TEST_CASE("faults: a connection that is refused is unavailable, and may be tried again") {
  FaultServer server({FaultReply{}});
  const HttpRequest request = post_to(server);
  server.stop();
  const auto result = make_transport()->send(request);
  require_http_error(result, ErrorCode::unavailable, {"http: POST 127.0.0.1:", "/v1/test", "no connection"});
  REQUIRE(result.error().is_transient());
}

TEST_CASE("faults: a host that does not exist is unavailable") {
  const auto result = make_transport()->send({.url = "https://no-such-host.invalid/v1"});
  require_http_error(result, ErrorCode::unavailable, {"no-such-host.invalid/v1"});
}

TEST_CASE("faults: a reset is unavailable, before the head, in it, and in the body") {
  const std::size_t after = GENERATE(0U, 9U, 30U, 500U);
  require_http_error(send_to({.body = std::string(1000, 'x'), .end_after = after, .ending = FaultEnding::reset}),
                     ErrorCode::unavailable);
}

TEST_CASE("faults: an answer that is cut short is unavailable, at every byte") {
  FaultServer server([](const FaultRequest& request) {
    return FaultReply{.body = "0123456789", .end_after = request.number, .ending = FaultEnding::close};
  });
  const auto transport = make_transport();
  const std::size_t whole = std::string_view("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789").size();
  std::size_t sent = 0;
  while (sent < whole) {  // libcurl tries again where a connection that it kept closed without a byte
    require_http_error(transport->send(post_to(server)), ErrorCode::unavailable);
    sent = server.requests().size();
  }
  REQUIRE(sent == whole);
  REQUIRE(require_ok(transport->send(post_to(server))).body == "0123456789");
}

TEST_CASE("faults: a wrong Content-Length is unavailable, and so is a chunked body without its end") {
  require_http_error(send_to({.body = "short", .declared_length = 1000, .ending = FaultEnding::close}),
                     ErrorCode::unavailable, {"cut short"});
  require_http_error(send_to({.body = "short", .chunked = true, .last_chunk = false, .ending = FaultEnding::close}),
                     ErrorCode::unavailable);
}

TEST_CASE("faults: what is not HTTP is an error") {
  require_http_error(send_to(FaultReply::raw("SSH-2.0-OpenSSH_9.2\r\n")), ErrorCode::bad_reply,
                     {"does not speak HTTP"});
  require_http_error(send_to(FaultReply::raw("HTTP/1.1 2x0 OK\r\n\r\n")), ErrorCode::bad_reply);
  require_http_error(send_to(FaultReply::raw("HTTP/7.0 200 OK\r\n\r\n")), ErrorCode::bad_reply);
  const auto chunk =
      send_to(FaultReply::raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnot a number\r\nabc\r\n0\r\n\r\n"));
  REQUIRE_FALSE(chunk.has_value());
}

TEST_CASE("faults: a body that does not decompress is a bad reply") {
  require_http_error(send_to({.headers = {{"Content-Encoding", "gzip"}}, .body = "this is not gzip at all"}),
                     ErrorCode::bad_reply);
  require_http_error(send_to({.headers = {{"Content-Encoding", "rot13"}}, .body = "uryyb"}), ErrorCode::bad_reply);
}

TEST_CASE("faults: a TLS handshake that is not answered ends with the time to connect") {
  FaultServer server({FaultReply{}});  // waits for a request in plain text
  const HttpRequest request = {.url = "https" + server.url("/v1").substr(4),
                               .limits = {.connect_timeout = std::chrono::milliseconds(200)}};
  require_http_error(make_transport()->send(request), ErrorCode::unavailable, {"connect_timeout"});
}

TEST_CASE("faults: a redirect to a key thief is a response") {
  FaultServer thief({FaultReply{}});
  FaultServer server({FaultReply{.status = 307, .headers = {{"Location", thief.url("/")}}}});
  REQUIRE(require_ok(make_transport()->send(post_to(server))).status == 307);
  REQUIRE(thief.connections() == 0);
}
