// What is refused before anything is sent.

#include "net/request_check.hpp"

#include <string>
#include <string_view>

#include "net/transports.hpp"
#include "net/url.hpp"
#include "support/temp_folder.hpp"

using namespace scaup;
using namespace scaup::test;

TEST_CASE("url: taken apart into scheme, host, authority and what messages show") {
  const HttpUrl url = require_ok(parse_http_url("HTTPS://API.Example.com:8443/V1/x?key=abc#top"));
  REQUIRE(url.scheme == HttpScheme::https);
  REQUIRE(url.host == "api.example.com");
  REQUIRE(url.authority == "api.example.com:8443");
  REQUIRE(url.place == "API.Example.com:8443/V1/x");
  REQUIRE(require_ok(parse_http_url("http://[::1]:80?q")).host == "[::1]");
  REQUIRE(require_ok(parse_http_url("http://a_b-c.d")).place == "a_b-c.d");
}

TEST_CASE("url: what is not a plain http URL is refused, and not shown") {
  const auto bad =
      GENERATE(as<std::string>(), "", "https:", "https://", "https:///x", "ftp://host/", "file:///etc/passwd",
               "//host/x", "https://user:" + std::string(kCanaryKey) + "@host/",
               "https://" + std::string(kCanaryKey) + "@host", "https://host:0/", "https://host:65536/",
               "https://host:/", "https://host:8x/", "https://[::1/", "https://[::1]x/", "https://[]/",
               "https://ho st/", "https://host/a b", "https://host/a\rb", "https://host/a\nHost: other",
               "https://h\xC3\xA4/", "https://host\\@evil/", "https://a%41/", "https://host/\x7F", "http://a,b/");
  require_http_error(parse_http_url(bad), ErrorCode::invalid_argument, {"http: the URL"});
  require_http_error(parse_http_url("https://host/" + std::string(9000, 'x')), ErrorCode::invalid_argument, {"8192"});
  require_http_error(parse_http_url(std::string_view("https://host/\0x", 15)), ErrorCode::invalid_argument);
}

TEST_CASE("url: loopback is localhost, 127.0.0.0/8 in four decimals, and ::1") {
  for (const char* host : {"localhost", "127.0.0.1", "127.255.3.0", "[::1]"}) REQUIRE(is_loopback(host));
  for (const char* host :
       {"localhost.example.com", "127.0.0.1.example.com", "127.1", "127.0.0.256", "127.0.0.01", "127.0.0.",
        "127.0.0.1.", "128.0.0.1", "0.0.0.0", "[::]", "[::ffff:127.0.0.1]", "2130706433", "local", ""}) {
    REQUIRE_FALSE(is_loopback(host));
  }
}

TEST_CASE("request: plain http is for loopback, and for hosts that are named") {
  HttpRequest request = {.url = "http://10.0.0.7:8080/v1"};
  require_http_error(check_request(request, {}), ErrorCode::invalid_argument,
                     {"plain http", "\"10.0.0.7\"", "plain_http_hosts"});
  require_ok(check_request(request, {.plain_http_hosts = {"10.0.0.7"}}));
  require_http_error(check_request(request, {.plain_http_hosts = {"10.0.0.70", "0.0.7"}}), ErrorCode::invalid_argument);
  request.url = "https://10.0.0.7:8080/v1";
  require_ok(check_request(request, {}));
  request.url = "http://127.0.0.1.evil.example/";
  require_http_error(check_request(request, {}), ErrorCode::invalid_argument, {"plain http"});
}

TEST_CASE("request: headers and methods that would break the framing are refused, without their values") {
  const std::string key(kCanaryKey);
  const HttpRequest sound = {.url = "https://host/"};
  require_ok(check_request(sound, {}));
  HttpRequest request = sound;
  std::string_view part;
  SECTION("line break in a value") {
    request.headers = {{"X-Tag", key + "\r\nX-Other: 1"}}, part = "\"X-Tag\"";
  }
  SECTION("NUL in a value") {
    request.headers = {{"X-Tag", key + std::string(1, '\0')}}, part = "offset 16";
  }
  SECTION("line break in a key") {
    request.secret_headers = {{"Authorization", "Bearer ", Secret::from_string(key + "\n")}},
    part = "\"Authorization\"";
  }
  SECTION("line break in a prefix") {
    request.secret_headers = {{"Authorization", "Bearer\n", Secret::from_string(key)}}, part = "control character";
  }
  SECTION("empty key") {
    request.secret_headers = {{"Authorization", "Bearer ", {}}}, part = "is empty";
  }
  SECTION("empty name") {
    request.headers = {{"", "x"}}, part = "header name";
  }
  SECTION("colon in a name") {
    request.headers = {{"X-Tag: 1\r\nX", "x"}}, part = "header name";
  }
  SECTION("blank in a name") {
    request.headers = {{"X Tag", "x"}}, part = "header name";
  }
  SECTION("a length of its own") {
    request.headers = {{"content-LENGTH", "0"}}, part = "transport itself";
  }
  SECTION("a coding of its own") {
    request.headers = {{"Transfer-Encoding", "chunked"}}, part = "transport itself";
  }
  SECTION("line break in a method") {
    request.method = "GET / HTTP/1.1\r\nX: 1", part = "method";
  }
  SECTION("no method") {
    request.method = "", part = "method";
  }
  SECTION("a tunnel") {
    request.method = "CONNECT", part = "CONNECT";
  }
  SECTION("a body where there can be none") {
    request.method = "HEAD", request.body = key, part = "HEAD request cannot have a body; this one has 16 bytes";
  }
  SECTION("negative time") {
    request.limits.idle_timeout = std::chrono::seconds(-1), part = "-1000 ms";
  }
  SECTION("no bytes") {
    request.limits.max_response_bytes = 0, part = "max_response_bytes";
  }
  require_http_error(check_request(request, {}), ErrorCode::invalid_argument, {"http: ", part});
}

TEST_CASE("options: what is out of range is refused") {
  const TempFolder folder;
  for (const std::size_t count : {0U, 1025U}) {
    require_error(make_http_transport({.max_concurrent_requests = count}), ErrorCode::invalid_argument, {"1 to 1024"});
  }
  for (const char* proxy : {"proxy:80", "https://proxy:80", "http://user:word@proxy:80", "http://proxy:80/path",
                            "http://proxy:80?query", "http://proxy:80#part", "http://proxy"}) {
    require_error(make_http_transport({.proxy = proxy}), ErrorCode::invalid_argument, {"http://host:port"});
  }
  for (const char* proxy : {"http://Proxy.Example:3128", "HTTP://[::1]:80"}) {
    require_ok(make_http_transport({.proxy = proxy}));
  }
  require_error(make_http_transport({.user_agent = "a\r\nb"}), ErrorCode::invalid_argument, {"user_agent"});
  require_error(make_http_transport({.ca_file = folder / "none.pem"}), ErrorCode::io, {"none.pem"});
  require_error(make_http_transport({.ca_file = folder.path()}), ErrorCode::io, {"cannot be read"});
  require_error(make_http_transport({.ca_file = folder.write("text.pem", "no certificate")}),
                ErrorCode::invalid_argument, {"text.pem", "PEM"});
}

TEST_CASE("request: nothing is sent to a host that may not be spoken to in plain http") {
  FaultServer server({FaultReply{}});
  const std::string url = "http://0.0.0.0:" + std::to_string(server.port()) + "/";
  require_http_error(make_transport()->send({.url = url}), ErrorCode::invalid_argument, {"plain http"});
  REQUIRE(server.connections() == 0);
}
