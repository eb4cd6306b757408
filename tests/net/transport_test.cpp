// The transport with a server that behaves: requests, answers, connections, threads.

#include <atomic>
#include <cstdlib>
#include <thread>

#include "net/transports.hpp"

using namespace scaup;
using namespace scaup::test;
using namespace std::chrono_literals;

namespace {

FaultReply echo(const FaultRequest& request) {
  return {.headers = {{"X-Method", request.method}}, .body = request.method + " " + request.path + " " + request.body};
}

}  // namespace

TEST_CASE("transport: method, path, headers, key and body arrive as they were given") {
  FaultServer server(echo);
  HttpRequest request = post_to(server);
  request.headers.push_back({"X-Empty", ""});
  const HttpResponse response = require_ok(make_transport()->send(request));
  REQUIRE(response.status == 200);
  REQUIRE(response.body == "POST /v1/test?token=query-secret question");
  REQUIRE(response.header("x-method") == "POST");
  const FaultRequest received = server.requests().at(0);
  // Not within REQUIRE, which prints what it compares.
  const bool has_key = received.header("Authorization") == "Bearer " + std::string(kCanaryKey);
  REQUIRE(has_key);
  REQUIRE(received.header("Content-Type") == "text/plain");
  REQUIRE(received.header("User-Agent").starts_with("scaup/"));
  REQUIRE(received.header("Content-Length") == "8");
  REQUIRE(received.header("Expect").empty());
  REQUIRE(received.header("Accept-Encoding") == "gzip, deflate");
  REQUIRE(received.header("Cookie").empty());
}

TEST_CASE("transport: methods with and without a body") {
  FaultServer server(echo);
  const auto transport = make_transport();
  const auto answer = [&](std::string method, std::string body) {
    return require_ok(transport->send({.method = std::move(method), .url = server.url("/x"), .body = std::move(body)}))
        .body;
  };
  REQUIRE(answer("GET", "") == "GET /x ");
  REQUIRE(answer("POST", "") == "POST /x ");
  REQUIRE(answer("PUT", "new") == "PUT /x new");
  REQUIRE(answer("DELETE", "") == "DELETE /x ");
  REQUIRE(answer("DELETE", "which") == "DELETE /x which");
  REQUIRE(server.requests().at(1).header("Content-Type").empty());
  FaultServer headers_alone({FaultReply{.declared_length = 100}});
  REQUIRE(require_ok(transport->send({.method = "HEAD", .url = headers_alone.url("/x")})).header("content-length") ==
          "100");
}

TEST_CASE("transport: a body of some megabytes goes and comes whole, with NUL bytes") {
  FaultServer server(
      [](const FaultRequest& request) { return FaultReply{.body = request.body, .gzip = request.number == 1}; });
  HttpRequest request = post_to(server, counted_bytes(5 << 20));
  request.body[77] = '\0';
  const auto transport = make_transport();
  for (int i = 0; i < 2; ++i) {
    const HttpResponse response = require_ok(transport->send(request));
    REQUIRE((response.body == request.body));
  }
}

TEST_CASE("transport: every status is a response, and redirects are not followed") {
  FaultServer target(echo);
  const auto transport = make_transport();
  for (const int status : {201, 204, 301, 302, 307, 308, 400, 401, 404, 429, 500, 503}) {
    FaultServer server({FaultReply{.status = status,
                                   .headers = {{"Location", target.url("/elsewhere")}},
                                   .body = status == 204 ? "" : "said so"}});
    const HttpResponse response = require_ok(transport->send(post_to(server)));
    REQUIRE(response.status == status);
    REQUIRE(response.body == (status == 204 ? "" : "said so"));
  }
  REQUIRE(target.requests().empty());
}

TEST_CASE("transport: requests one after another share one connection") {
  FaultServer server(echo);
  const auto transport = make_transport();
  for (int i = 0; i < 20; ++i) static_cast<void>(require_ok(transport->send(post_to(server))));
  const auto ignore = [](std::string_view) { return Status(); };
  static_cast<void>(require_ok(transport->stream(post_to(server), ignore)));
  REQUIRE(server.connections() == 1);
}

TEST_CASE("transport: a kept connection that the server closed meanwhile is replaced") {
  FaultServer server({FaultReply{.body = "one", .ending = FaultEnding::close}, FaultReply{.body = "two"}});
  const auto transport = make_transport();
  REQUIRE(require_ok(transport->send(post_to(server))).body == "one");
  REQUIRE(require_ok(transport->send(post_to(server))).body == "two");
  REQUIRE(server.connections() == 2);
}

TEST_CASE("transport: many threads at once get each its own answer, within the cap") {
  FaultServer server(
      [](const FaultRequest& request) { return FaultReply{.body = "<" + request.body + ">", .delay = 5ms}; });
  const auto transport = make_transport({.max_concurrent_requests = 4});
  std::atomic<int> right = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 12; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 10; ++i) {
        const std::string body = std::to_string(t) + "-" + std::to_string(i);
        const auto response = transport->send(post_to(server, body));
        if (response && response->body == "<" + body + ">") ++right;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  REQUIRE(right == 120);
  REQUIRE(server.most_at_once() == 4);
  REQUIRE(server.connections() <= 4);
}

TEST_CASE("transport: header lines of interim answers and trailers are not the answer's") {
  FaultServer server(
      {FaultReply::raw("HTTP/1.1 103 Early Hints\r\nX-Interim: 1\r\n\r\n"
                       "HTTP/1.1 200 OK\r\nX-Final:  2 \r\nTransfer-Encoding: chunked\r\nTrailer: X-Late\r\n\r\n"
                       "3\r\nabc\r\n0\r\nX-Late: 3\r\nX-Final: 4\r\n\r\n")});
  const HttpResponse response = require_ok(make_transport()->send(post_to(server)));
  REQUIRE(response.status == 200);
  REQUIRE(response.body == "abc");
  REQUIRE(response.header("x-final") == "2");
  REQUIRE(response.header("x-interim").empty());
  REQUIRE(response.header("x-late").empty());
}

TEST_CASE("transport: a chunked body split at every byte is the same body") {
  FaultServer server({FaultReply{.body = counted_bytes(2000), .piece_bytes = 1, .chunked = true}});
  REQUIRE(require_ok(make_transport()->send(post_to(server))).body == counted_bytes(2000));
}

TEST_CASE("transport: the proxy is used when it is named, not for loopback, and the environment's is not") {
  FaultServer proxy(echo);
  FaultServer server(echo);
  setenv("http_proxy", proxy.url().c_str(), 1);
  setenv("all_proxy", proxy.url().c_str(), 1);
  REQUIRE(require_ok(make_transport()->send(post_to(server))).body.starts_with("POST /v1"));
  unsetenv("http_proxy");
  unsetenv("all_proxy");
  const auto transport = make_transport({.plain_http_hosts = {"Service.invalid"}, .proxy = proxy.url()});
  REQUIRE(require_ok(transport->send(post_to(server))).body.starts_with("POST /v1"));
  REQUIRE(proxy.requests().empty());
  const HttpRequest request = {.url = "http://service.invalid/v1", .body = "q"};
  REQUIRE(require_ok(transport->send(request)).body == "POST http://service.invalid/v1 q");
}

TEST_CASE("transport: the agent can be named") {
  FaultServer server(echo);
  static_cast<void>(require_ok(make_transport({.user_agent = "notes/2"})->send(post_to(server))));
  REQUIRE(server.requests().at(0).header("user-agent") == "notes/2");
}
