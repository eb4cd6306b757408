#pragma once
// The one include for the test framework, Catch2 v2 or v3, and how tests look at results.

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

#include <string>
#include <string_view>
#include <utility>

#include "scaup/result.hpp"

namespace scaup::test {

/// Fails the test with the error's message, or returns the value.
template <typename T>
T require_ok(Result<T> result) {
  if (!result) FAIL(std::string(to_string(result.error().code())) + ": " + result.error().message());
  return *std::move(result);
}

inline void require_ok(const Status& status) {
  if (!status) FAIL(std::string(to_string(status.error().code())) + ": " + status.error().message());
  SUCCEED();
}

/// Requires an error with this code whose message holds each of `parts`.
template <typename T>
void require_error(const Result<T>& result, ErrorCode code, std::initializer_list<std::string_view> parts = {}) {
  REQUIRE_FALSE(result.has_value());
  INFO(result.error().message());
  REQUIRE(to_string(result.error().code()) == to_string(code));
  for (const std::string_view part : parts) {
    INFO("expected in the message: " << part);
    REQUIRE(result.error().message().find(part) != std::string::npos);
  }
}

}  // namespace scaup::test
