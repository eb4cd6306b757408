// TLS and HTTP/2 against nginx, with a CA of the test's own. Without nginx nothing is tested, and that is said.

#include <set>
#include <thread>

#include "net/nginx_server.hpp"
#include "net/transports.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

/// One nginx for the whole program: making it takes half a second.
struct Servers {
  TempFolder folder;
  TestAuthority authority{folder};
  std::unique_ptr<NginxServer> nginx;

  Servers() {
    authority.issue("good", "DNS:localhost", 2);
    authority.issue("wrong_host", "DNS:elsewhere.invalid", 2);
    authority.issue("expired", "DNS:localhost", -1);
    authority.issue_self_signed("self_signed", "DNS:localhost");
    nginx =
        std::make_unique<NginxServer>(folder, std::vector<std::string>{"good", "wrong_host", "expired", "self_signed"});
  }
};

/// Nothing where they cannot be had; then the test ends, with a warning that says why.
Servers* servers() {
  static const std::string missing = why_no_nginx();
  if (!missing.empty()) {
    WARN("skipped: " << missing);
    return nullptr;
  }
  static Servers made;
  return &made;
}

HttpRequest post(const Servers& with, std::string_view certificate) {
  return {.url = with.nginx->url(certificate, "/v1?token=query-secret"),
          .secret_headers = {{"Authorization", "Bearer ", Secret::from_string(kCanaryKey)}},
          .body = "question"};
}

}  // namespace

TEST_CASE("tls: a certificate of the named authority is accepted, and HTTP/2 is used") {
  const Servers* with = servers();
  if (with == nullptr) return;
  const auto transport = make_transport({.ca_file = with->authority.ca_file()});
  const HttpResponse response = require_ok(transport->send(post(*with, "good")));
  REQUIRE(response.status == 200);
  REQUIRE(response.body.starts_with("HTTP/2.0 "));
}

TEST_CASE("tls: a certificate for another host, an expired one, and one signed by itself are refused") {
  const Servers* with = servers();
  if (with == nullptr) return;
  const auto transport = make_transport({.ca_file = with->authority.ca_file()});
  for (const char* certificate : {"wrong_host", "expired", "self_signed"}) {
    const auto result = transport->send(post(*with, certificate));
    require_http_error(result, ErrorCode::bad_reply, {"http: POST localhost:", "/v1", "certificate"});
    REQUIRE_FALSE(result.error().is_transient());
  }
}

TEST_CASE("tls: an authority that is not named is not trusted") {
  const Servers* with = servers();
  if (with == nullptr) return;
  require_http_error(make_transport()->send(post(*with, "good")), ErrorCode::bad_reply, {"certificate"});
  const TempFolder folder;
  const TestAuthority other(folder);
  require_http_error(make_transport({.ca_file = other.ca_file()})->send(post(*with, "good")), ErrorCode::bad_reply);
}

TEST_CASE("tls: exchanges at the same time share one connection") {
  const Servers* with = servers();
  if (with == nullptr) return;
  const auto transport = make_transport({.ca_file = with->authority.ca_file()});
  std::vector<std::string> bodies(12);
  std::vector<std::thread> threads;
  for (std::string& body : bodies) {
    threads.emplace_back([&] { body = transport->send(post(*with, "good")).value_or({}).body; });
  }
  for (std::thread& thread : threads) thread.join();
  const std::set<std::string> connections(bodies.begin(), bodies.end());
  REQUIRE(connections.size() == 1);
  REQUIRE(connections.begin()->starts_with("HTTP/2.0 "));
}

TEST_CASE("tls: a streamed exchange has a connection of its own") {
  const Servers* with = servers();
  if (with == nullptr) return;
  const auto transport = make_transport({.ca_file = with->authority.ca_file()});
  const std::string shared = require_ok(transport->send(post(*with, "good"))).body;
  std::string own;
  const auto keep = [&](std::string_view bytes) {
    own += bytes;
    return Status();
  };
  static_cast<void>(require_ok(transport->stream(post(*with, "good"), keep)));
  REQUIRE(own.starts_with("HTTP/1.1 "));
  REQUIRE(require_ok(transport->send(post(*with, "good"))).body == shared);
}
