#include "filter/value_identity.hpp"

#include <limits>
#include <random>

#include "filter/value_compare.hpp"
#include "support/catch.hpp"

using namespace scaup;

namespace {

void expect_identical(const Value& a, const Value& b) {
  REQUIRE(identical_values(a, b));
  REQUIRE(identical_values(b, a));
  REQUIRE(identity_hash(a) == identity_hash(b));
}

void expect_different(const Value& a, const Value& b) {
  REQUIRE_FALSE(identical_values(a, b));
  REQUIRE_FALSE(identical_values(b, a));
}

}  // namespace

TEST_CASE("value identity: an integer and a real of the same value are identical, those beside it are not") {
  constexpr std::int64_t k2To53 = std::int64_t{1} << 53;
  expect_identical(1, 1.0);
  expect_identical(0, -0.0);
  expect_identical(0.0, -0.0);
  expect_identical(k2To53, 0x1p53);
  expect_different(k2To53 + 1, 0x1p53);
  expect_identical(std::numeric_limits<std::int64_t>::min(), -0x1p63);
  expect_different(std::numeric_limits<std::int64_t>::max(), 0x1p63);
  expect_different(1, 1.5);
  expect_identical(0x1p70, 0x1p70);
}

TEST_CASE("value identity: values of different kinds are different") {
  expect_different(1, "1");
  expect_different(1, true);
  expect_different("", Value::StringList{});
  expect_different(Value::IntegerList{}, Value::StringList{});
  expect_different(Value::IntegerList{1}, Value::RealList{1.0});
  expect_different(Value::StringList{"a"}, "a");
}

TEST_CASE("value identity: lists are identical element by element, in order") {
  expect_identical(Value::StringList{"a", "b"}, Value::StringList{"a", "b"});
  expect_different(Value::StringList{"a", "b"}, Value::StringList{"b", "a"});
  expect_different(Value::StringList{"a", "b"}, Value::StringList{"ab"});
  expect_identical(Value::RealList{0.0, 1.5}, Value::RealList{-0.0, 1.5});
  expect_identical(Value::BooleanList{true, false}, Value::BooleanList{true, false});
  expect_different(Value::BooleanList{true}, Value::BooleanList{true, true});
}

TEST_CASE("value identity: scalars are identical where a filter calls them equal, and then their hashes are too") {
  std::mt19937_64 random(61);
  const auto scalar = [&]() -> Value {
    const auto number = static_cast<std::int64_t>(random() % 9) - 4;
    switch (random() % 4) {
      case 0: return number;
      case 1: return static_cast<double>(number) / 2;
      case 2: return number > 0;
      default: return std::to_string(number);
    }
  };
  for (int i = 0; i < 20'000; ++i) {
    const Value a = scalar();
    const Value b = scalar();
    REQUIRE(identical_values(a, b) == equal_values(a, b));
    if (identical_values(a, b)) REQUIRE(identity_hash(a) == identity_hash(b));
  }
}
