#include "filter/value_compare.hpp"

#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace scaup;

namespace {

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
constexpr double kTwo63 = 9223372036854775808.0;
constexpr std::int64_t kTwo53 = std::int64_t{1} << 53;

using Order = std::partial_ordering;

void orders(const Value& a, const Value& b, Order expected) {
  REQUIRE(compare_values(a, b) == expected);
  REQUIRE(compare_values(b, a) == 0 <=> expected);
}

}  // namespace

TEST_CASE("value compare: integers and reals compare by exact value") {
  orders(1, 1.0, Order::equivalent);
  orders(0, -0.0, Order::equivalent);
  orders(-3, -3.5, Order::greater);
  orders(3, 3.5, Order::less);
  orders(0, 5e-324, Order::less);
  orders(0, -5e-324, Order::greater);
  orders(kTwo53, 9007199254740992.0, Order::equivalent);
  orders(kTwo53 + 1, 9007199254740992.0, Order::greater);
  orders(kTwo53 + 1, 9007199254740994.0, Order::less);
  orders(-kTwo53 - 1, -9007199254740992.0, Order::less);
  orders(kMax, kTwo63, Order::less);
  orders(kMax, 9223372036854774784.0, Order::greater);
  orders(kMin, -kTwo63, Order::equivalent);
  orders(kMin, -9223372036854777856.0, Order::greater);
  orders(kMax, std::numeric_limits<double>::infinity(), Order::less);
  orders(kMin, -std::numeric_limits<double>::infinity(), Order::greater);
}

TEST_CASE("value compare: nan is unordered with everything") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  orders(nan, nan, Order::unordered);
  orders(nan, 1, Order::unordered);
  orders(nan, 1.0, Order::unordered);
}

TEST_CASE("value compare: random numbers compare as in a type that holds both exactly") {
  static_assert(std::numeric_limits<long double>::digits >= 64);
  std::mt19937_64 random(7);
  for (int round = 0; round < 200'000; ++round) {
    const auto integer = static_cast<std::int64_t>(random() >> (random() % 64)) * (random() % 2 == 0 ? 1 : -1);
    // Near the integer, so that the last bits decide.
    const double real = static_cast<double>(integer) + static_cast<double>(random() % 5) * 0.5 - 1;
    const auto exact = static_cast<long double>(integer) <=> static_cast<long double>(real);
    if (compare_values(integer, real) == exact && compare_values(real, integer) == 0 <=> exact) continue;
    FAIL(integer << " and " << real);
  }
  SUCCEED();
}

TEST_CASE("value compare: strings compare by unsigned bytes") {
  orders("", "a", Order::less);
  orders("a", "ab", Order::less);
  orders("z", "\xC3\xA9", Order::less);
  orders("abc", "abc", Order::equivalent);
  orders(std::string("a\0b", 3), std::string("a\0c", 3), Order::less);
}

TEST_CASE("value compare: different kinds are neither equal nor ordered") {
  const std::vector<Value> values = {"1", 1, true, Value::StringList{"1"}, Value::IntegerList{1}};
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = 0; j < values.size(); ++j) {
      const bool same_scalar = i == j && !values[i].is_list();
      REQUIRE(equal_values(values[i], values[j]) == same_scalar);
    }
  }
  orders(true, true, Order::equivalent);
  REQUIRE_FALSE(equal_values(true, false));
}

TEST_CASE("value compare: has_element finds equal elements of lists alone") {
  REQUIRE(has_element(Value::StringList{"a", "b"}, "b"));
  REQUIRE_FALSE(has_element(Value::StringList{"a", "b"}, "c"));
  REQUIRE(has_element(Value::IntegerList{1, 2}, 2.0));
  REQUIRE_FALSE(has_element(Value::IntegerList{kTwo53 + 1}, 9007199254740992.0));
  REQUIRE(has_element(Value::RealList{0.5, 2}, 2));
  REQUIRE(has_element(Value::BooleanList{false}, false));
  REQUIRE_FALSE(has_element(Value::BooleanList{false}, true));
  REQUIRE_FALSE(has_element(Value::BooleanList{true}, 1));
  REQUIRE_FALSE(has_element(Value::IntegerList{1}, true));
  REQUIRE_FALSE(has_element(Value::StringList{}, ""));
  REQUIRE_FALSE(has_element("abc", "a"));
  REQUIRE_FALSE(has_element(1, 1));
}
