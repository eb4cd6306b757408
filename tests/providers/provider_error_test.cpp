// From statuses, headers and bodies to errors.

#include <string>
#include <string_view>

#include "provider_samples.hpp"
#include "providers/http_date.hpp"
#include "providers/rate_headers.hpp"
#include "providers/reply_error.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

Error error_of(const FakeReply& reply, Provider provider = Provider::openai) {
  const auto embedder = require_ok(
      make_embedder_client(provider, {.model = "m", .endpoint = endpoint_on(transport_of({reply})), .dimension = 2}));
  const std::string_view text = "a";
  const auto result = embedder->embed({&text, 1}, TextKind::document);
  REQUIRE_FALSE(result.has_value());
  return result.error();
}

ErrorCode code_of(int status, const std::string& body = "{}") {
  return error_of({.status = status, .body = body}).code();
}

}  // namespace

TEST_CASE("provider error: each status has its code, and is the detail") {
  for (const int status : {400, 405, 410, 413, 418, 422, 424, 431})
    CHECK(code_of(status) == ErrorCode::invalid_argument);
  for (const int status : {401, 403, 498}) CHECK(code_of(status) == ErrorCode::unauthorized);
  for (const int status : {408, 409, 425, 499, 500, 501, 502, 503, 504, 529})
    CHECK(code_of(status) == ErrorCode::unavailable);
  CHECK(code_of(404) == ErrorCode::not_found);
  CHECK(code_of(429) == ErrorCode::rate_limited);
  CHECK(code_of(402) == ErrorCode::quota_exhausted);
  for (const int status : {301, 304, 100, 0}) CHECK(code_of(status) == ErrorCode::bad_reply);
  REQUIRE(error_of({.status = 503, .body = "{}"}).detail() == 503);
}

TEST_CASE("provider error: an exhausted account is told apart from too many requests, and is not transient") {
  for (const char* body :
       {R"({"error":{"message":"m","type":"insufficient_quota","param":null,"code":"insufficient_quota"}})",
        R"({"error":{"message":"m","type":"x","code":"credit_balance_exhausted"}})",
        R"({"object":"error","message":"m","type":"insufficient_quota","code":null})"}) {
    const Error error = error_of({.status = 429, .body = body});
    INFO(body);
    CHECK(error.code() == ErrorCode::quota_exhausted);
    CHECK_FALSE(error.is_transient());
  }
  for (const char* body :
       {R"({"error":{"message":"insufficient_quota?","type":"requests","code":"rate_limit_exceeded"}})",
        R"({"error":{"message":"m","type":"rate_limit_error","code":"slow_down"}})",
        R"({"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED"}})", R"({"message":"m"})",
        R"({"error":"overloaded","error_type":"Overloaded"})", "", "<html>", "{\"error\":"}) {
    const Error error = error_of({.status = 429, .body = body});
    INFO(body);
    CHECK(error.code() == ErrorCode::rate_limited);
    CHECK(error.is_transient());
  }
}

TEST_CASE("provider error: the message names provider, status, request id and how the body begins") {
  const Error error = error_of(
      {.status = 400, .body = R"({"error":{"message":"bad model"}})", .headers = {{"X-Request-Id", "req_12"}}});
  REQUIRE(
      error.message() ==
      R"(openai: HTTP 400, request req_12: the request is refused; the body begins: {"error":{"message":"bad model"}})");
}

TEST_CASE("provider error: the advice of the server decides whether to try again") {
  REQUIRE(error_of({.status = 400, .body = "{}", .headers = {{"x-should-retry", "true"}}}).is_transient());
  REQUIRE_FALSE(error_of({.status = 500, .body = "{}", .headers = {{"x-should-retry", "false"}}}).is_transient());
  REQUIRE(error_of({.status = 500, .body = "{}", .headers = {{"x-should-retry", "maybe"}}}).is_transient());
}

TEST_CASE("provider error: waiting times come from retry-after-ms before retry-after") {
  const Error error =
      error_of({.status = 429, .body = "{}", .headers = {{"Retry-After", "20"}, {"retry-after-ms", "1500.5"}}});
  REQUIRE(error.retry_after() == std::chrono::milliseconds(1501));
  REQUIRE(error_of({.status = 503, .body = "{}", .headers = {{"Retry-After", "0.5"}}}).retry_after() ==
          std::chrono::milliseconds(500));
  REQUIRE_FALSE(error_of({.status = 400, .body = "{}", .headers = {{"Retry-After", "1"}}}).retry_after());
}

TEST_CASE("provider error: a good status with a bad body names what is wrong") {
  const auto message_of = [](const FakeReply& reply) {
    const Error error = error_of(reply);
    CHECK(error.code() == ErrorCode::bad_reply);
    return error.message();
  };
  CHECK(message_of({.body = ""}).find("empty body") != std::string::npos);
  CHECK(message_of({.body = " <html><title>Proxy</title>"}).find("HTML") != std::string::npos);
  CHECK(message_of({.body = "Sign in", .headers = {{"content-type", "text/html; charset=utf-8"}}}).find("HTML") !=
        std::string::npos);
  CHECK(message_of({.body = R"({"data":[{"index":0,"embedding":[0.5,)"}).find("JSON") != std::string::npos);
  CHECK(message_of({.body = "\xFF\xFE"}).find("JSON") != std::string::npos);
  CHECK(message_of({.body = list_reply(2)}).find("2 rows for 1 texts") != std::string::npos);
}

TEST_CASE("provider error: an error inside a good status is that error") {
  const auto code = [](const char* body) { return error_of({.body = body}).code(); };
  CHECK(code(R"({"error":{"message":"m","type":"insufficient_quota"}})") == ErrorCode::quota_exhausted);
  CHECK(code(R"({"error":{"message":"m","code":503,"type":"unavailable_error"}})") == ErrorCode::unavailable);
  CHECK(code(R"({"error":{"message":"m","type":"invalid_request_error"}})") == ErrorCode::invalid_argument);
  CHECK(code(R"({"error":{"message":"m","code":"401"}})") == ErrorCode::unauthorized);
  CHECK(code(R"({"error":"model \"x\" failed"})") == ErrorCode::unavailable);
  CHECK(code(R"([{"error":{"code":404,"message":"m","status":"NOT_FOUND"}}])") == ErrorCode::not_found);
  CHECK(code(R"({"detail":"m"})") == ErrorCode::unavailable);
}

TEST_CASE("provider error: no message holds the key, wherever the server puts it") {
  const std::string key(kCanaryKey);
  std::string cut(1015, 'x');  // the key begins inside of what is shown and ends outside
  for (const std::string& body :
       {"{\"error\":{\"message\":\"bad key " + key + "\"}}", cut + key, key + key + cut + key, key}) {
    for (const int status : {200, 401, 500}) {
      const Error error = error_of({.status = status, .body = body, .headers = {{"x-request-id", "id " + key}}});
      INFO(error.message());
      CHECK(error.message().find("canary") == std::string::npos);
      CHECK(error.message().find("sk-can") == std::string::npos);
    }
  }
}

TEST_CASE("provider error: what is shown of a body is one line of UTF-8 of at most 1 KiB") {
  REQUIRE(excerpt("a\r\nb\tc\x01\x7F\xC2\x85"
                  "d\xFF\xC3\xA9",
                  Secret(), 100) == "a  b c   d?\xC3\xA9");
  REQUIRE(excerpt(std::string(5000, 'x'), Secret(), 1024).size() == 1024);
  REQUIRE(excerpt("aab", Secret::from_string("aa"), 1) == "[key]");
  const Error error = error_of({.status = 500, .body = std::string(5000, 'x')});
  REQUIRE(error.message().size() < 1200);
}

TEST_CASE("rate headers: durations as Go writes them") {
  using std::chrono::milliseconds;
  REQUIRE(parse_go_duration("1s") == milliseconds(1000));
  REQUIRE(parse_go_duration("6m0s") == milliseconds(360000));
  REQUIRE(parse_go_duration("20ms") == milliseconds(20));
  REQUIRE(parse_go_duration("1h2m3.5s") == milliseconds(3723500));
  REQUIRE(parse_go_duration("8.64s") == milliseconds(8640));
  REQUIRE(parse_go_duration("1.5\xC2\xB5s") == milliseconds(1));
  REQUIRE(parse_go_duration("0") == milliseconds(0));
  for (const char* text : {"", "s", "1", "1x", "-1s", "1s2", "1e3s", "inf", "nan", "99999h", "1 s", "0x1s"}) {
    INFO(text);
    REQUIRE(parse_go_duration(text) == std::nullopt);
  }
}

TEST_CASE("rate headers: retry-after is seconds or a date") {
  const auto now = std::chrono::system_clock::time_point(std::chrono::seconds(784111777));  // Sun, 06 Nov 1994 08:49:37
  const auto wait = [&](const char* text) { return read_retry_after({.headers = {{"Retry-After", text}}}, now); };
  REQUIRE(wait("7") == std::chrono::seconds(7));
  REQUIRE(wait("0") == std::chrono::seconds(0));
  REQUIRE(wait("Sun, 06 Nov 1994 08:50:37 GMT") == std::chrono::seconds(60));
  REQUIRE(wait("Sun, 06 Nov 1994 08:00:00 GMT") == std::chrono::seconds(0));
  for (const char* text : {"", "-1", "soon", "1 s", "99999999999", "Sun, 06 Nov 2094 08:49:37 GMT"}) {
    INFO(text);
    REQUIRE(wait(text) == std::nullopt);
  }
}

TEST_CASE("http date: the one form that is sent today is read") {
  REQUIRE(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT")->time_since_epoch().count() == 784111777);
  REQUIRE(parse_http_date("Thu, 01 Jan 1970 00:00:00 GMT")->time_since_epoch().count() == 0);
  REQUIRE(parse_http_date("Tue, 29 Feb 2028 23:59:60 GMT").has_value());
  for (const char* text :
       {"", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Sun, 31 Feb 2025 00:00:00 GMT",
        "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 0x Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:60:37 GMT"}) {
    INFO(text);
    REQUIRE_FALSE(parse_http_date(text).has_value());
  }
}
