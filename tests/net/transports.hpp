#pragma once
// What the tests of the transport share.

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "scaup/http.hpp"
#include "support/canary_key.hpp"
#include "support/catch.hpp"
#include "support/fault_server.hpp"

namespace scaup::test {

inline std::shared_ptr<const HttpTransport> make_transport(const HttpTransportOptions& options = {}) {
  return require_ok(make_http_transport(options));
}

/// A POST to the server, with a key.
inline HttpRequest post_to(const FaultServer& server, std::string body = "question") {
  return {.url = server.url("/v1/test?token=query-secret"),
          .headers = {{"Content-Type", "text/plain"}},
          .secret_headers = {{"Authorization", "Bearer ", Secret::from_string(kCanaryKey)}},
          .body = std::move(body)};
}

/// Requires the error, and that its message holds neither the key nor the query.
template <typename T>
void require_http_error(const Result<T>& result, ErrorCode code, std::initializer_list<std::string_view> parts = {}) {
  require_error(result, code, parts);
  INFO(result.error().message());
  REQUIRE(result.error().message().find(kCanaryKey) == std::string::npos);
  REQUIRE(result.error().message().find("query-secret") == std::string::npos);
  REQUIRE(result.error().message().find("question") == std::string::npos);
}

/// Bytes that no two places have in common, to see that none is lost, doubled or moved.
inline std::string counted_bytes(std::size_t size) {
  std::string text;
  for (std::size_t i = 0; text.size() < size; ++i) text += std::to_string(i) + ",";
  text.resize(size);
  return text;
}

}  // namespace scaup::test
