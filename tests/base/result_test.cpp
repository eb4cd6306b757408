// Result, Status, Error, Exception and the exception wall.

#include "scaup/result.hpp"

#include <chrono>
#include <cstddef>
#include <limits>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

#include "base/boundary.hpp"
#include "base/checked_math.hpp"
#include "support/catch.hpp"

using namespace scaup;
using scaup::test::require_error;
using scaup::test::require_ok;

namespace {

Error not_found() {
  return {ErrorCode::not_found, "get: no document \"x\""};
}

Result<std::unique_ptr<int>> make_pointer(int value) {
  return std::make_unique<int>(value);
}

}  // namespace

TEST_CASE("result: a value is found where it was put") {
  Result<std::string> result = std::string("value");
  REQUIRE(result.has_value());
  REQUIRE(static_cast<bool>(result));
  REQUIRE(*result == "value");
  REQUIRE(result->size() == 5);
  REQUIRE(result.value() == "value");
  REQUIRE(std::move(result).value() == "value");
}

TEST_CASE("result: an error is found where it was put") {
  const Result<std::string> result = not_found();
  REQUIRE_FALSE(result.has_value());
  REQUIRE_FALSE(static_cast<bool>(result));
  REQUIRE(result.error().code() == ErrorCode::not_found);
  REQUIRE(result.error().message() == "get: no document \"x\"");
  REQUIRE(Result<int>(not_found()).value_or(7) == 7);
  REQUIRE(Result<int>(3).value_or(7) == 3);
}

TEST_CASE("result: value() of an error throws the error") {
  const Result<int> result = not_found();
  REQUIRE_THROWS_AS(result.value(), Exception);
  REQUIRE_THROWS_AS(Result<int>(not_found()).value(), Exception);
  REQUIRE_THROWS_AS(Status(not_found()).value(), Exception);
  try {
    static_cast<void>(result.value());
  } catch (const std::exception& exception) {
    REQUIRE(std::string(exception.what()) == "not_found: get: no document \"x\"");
    REQUIRE(dynamic_cast<const Exception&>(exception).error().code() == ErrorCode::not_found);
  }
}

TEST_CASE("result: a temporary's value outlives it in a range-for") {
  std::string seen;
  for (const char c : Result<std::string>(std::string("a long enough string for the heap")).value()) seen += c;
  REQUIRE(seen == "a long enough string for the heap");
}

TEST_CASE("result: move-only values and conversions work") {
  Result<std::unique_ptr<int>> pointer = make_pointer(4);
  REQUIRE(**pointer == 4);
  const Result<std::shared_ptr<const int>> shared = std::make_shared<int>(5);
  REQUIRE(**shared == 5);
  static_assert(!std::is_convertible_v<std::unique_ptr<int>, Result<int>>);
}

TEST_CASE("result: and_then and transform pass errors on") {
  const auto twice = [](int value) { return value * 2; };
  const auto refuse = [](int) -> Result<int> { return not_found(); };
  REQUIRE(*Result<int>(2).transform(twice) == 4);
  REQUIRE_FALSE(Result<int>(2).and_then(refuse).has_value());
  REQUIRE(Result<int>(not_found()).transform(twice).error().code() == ErrorCode::not_found);
  bool called = false;
  const auto look = [&](int) -> Result<int> {
    called = true;
    return 1;
  };
  REQUIRE_FALSE(Result<int>(not_found()).and_then(look).has_value());
  REQUIRE_FALSE(called);
}

TEST_CASE("status: success by default, or an error") {
  require_ok(Status());
  const Status status = not_found();
  require_error(status, ErrorCode::not_found, {"no document"});
}

TEST_CASE("error: context goes before the message, detail and wait are kept") {
  Error error(ErrorCode::rate_limited, "too many", 429);
  REQUIRE_FALSE(error.retry_after().has_value());
  error.set_retry_after(std::chrono::milliseconds(1500));
  error.add_context("document 3");
  error.add_context("add");
  REQUIRE(error.message() == "add: document 3: too many");
  REQUIRE(error.detail() == 429);
  REQUIRE(error.retry_after() == std::chrono::milliseconds(1500));
}

TEST_CASE("error: unavailable and rate limited are transient, unless the other side says otherwise") {
  for (int code = 1; code <= 18; ++code) {
    Error error(static_cast<ErrorCode>(code), "call failed");
    const bool expected = error.code() == ErrorCode::unavailable || error.code() == ErrorCode::rate_limited;
    REQUIRE(error.is_transient() == expected);
    error.set_transient(!expected);
    REQUIRE(error.is_transient() != expected);
  }
}

TEST_CASE("error: every code has a name of its own") {
  std::string names;
  for (int code = 1; code <= 18; ++code) {
    const std::string name = " " + std::string(to_string(static_cast<ErrorCode>(code))) + " ";
    REQUIRE(name.size() > 3);
    REQUIRE(names.find(name) == std::string::npos);
    REQUIRE((code == 16 || name != " internal "));
    names += name;
  }
  REQUIRE(to_string(static_cast<ErrorCode>(200)) == "internal");
}

TEST_CASE("boundary: what a body throws becomes an error") {
  const auto throwing = [](auto exception) { return guarded([&]() -> Status { throw exception; }); };
  require_error(throwing(std::bad_alloc()), ErrorCode::out_of_memory, {"out of memory"});
  require_error(throwing(std::runtime_error("broken")), ErrorCode::internal, {"unexpected exception: broken"});
  require_error(throwing(42), ErrorCode::internal);
  REQUIRE(*guarded([]() -> Result<int> { return 1; }) == 1);
}

TEST_CASE("checked math: overflow is nothing, everything else the result") {
  constexpr auto kMax = std::numeric_limits<std::size_t>::max();
  REQUIRE(checked_add<std::size_t>(kMax - 1, 1) == kMax);
  REQUIRE_FALSE(checked_add<std::size_t>(kMax, 1).has_value());
  REQUIRE(checked_multiply<std::size_t>(kMax / 2, 2) == kMax - 1);
  REQUIRE_FALSE(checked_multiply<std::size_t>(kMax / 2 + 1, 2).has_value());
  REQUIRE(checked_multiply<std::size_t>(kMax, 0) == 0U);
}
