#include "json/number_list.hpp"

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>

#include "support/catch.hpp"

using namespace scaup;
using scaup::test::require_error;
using scaup::test::require_ok;

namespace {

std::vector<float> read(const std::string& text) {
  std::vector<float> out;
  require_ok(append_floats(text, 1000000, out));
  return out;
}

void require_same_as_from_chars(const std::string& number) {
  float expected = 0;
  INFO(number);
  REQUIRE(std::from_chars(number.data(), number.data() + number.size(), expected).ec == std::errc());
  REQUIRE(std::bit_cast<std::uint32_t>(read("[" + number + "]").at(0)) == std::bit_cast<std::uint32_t>(expected));
}

}  // namespace

TEST_CASE("number list: spaces, signs, fractions and exponents are read") {
  REQUIRE(read(" [ 1 ,\n-2.5,\t0.25e2,1E-2 ] ") == std::vector<float>{1, -2.5F, 25, 0.01F});
  REQUIRE(read("[]").empty());
  REQUIRE(std::signbit(read("[-0.0]").at(0)));
}

TEST_CASE("number list: each number is the nearest float, however it is written") {
  std::mt19937_64 random(7);
  std::array<char, 64> buffer = {};
  for (int i = 0; i < 200000; ++i) {
    const double value = std::bit_cast<double>(random());
    const auto small = static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(random())));
    const double usual = std::ldexp(static_cast<double>(random()), -64) - 0.5;
    for (const double number : {small, usual, std::abs(value) < 1e38 ? value : 0.5}) {
      if (!std::isfinite(number) || (number != 0 && std::abs(number) < 1e-37)) continue;
      const auto format = random() % 2 == 0 ? std::chars_format::scientific : std::chars_format::fixed;
      const int digits = static_cast<int>(random() % 20);
      const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, format, digits).ptr;
      const std::string text(buffer.data(), end);
      float expected = 0;
      if (std::from_chars(text.data(), text.data() + text.size(), expected).ec != std::errc()) continue;
      if (std::bit_cast<std::uint32_t>(read("[" + text + "]").at(0)) == std::bit_cast<std::uint32_t>(expected))
        continue;
      require_same_as_from_chars(text);
    }
  }
  SUCCEED();
}

TEST_CASE("number list: numbers in the middle between two floats are rounded as the exact value is") {
  for (const char* number :
       {"1.00000005960464477539062", "1.00000005960464477539063", "1.000000059604644775390625",
        "1.0000000596046447753906250000000000000000000000000000001", "16777217", "16777217.0000000001",
        "0.500000029802322387695312", "3.4028234e38", "1.17549435e-38", "1e-45", "7.1e-46",
        "123456789012345678901234567890", "0.000000000000000000000000000000000000011754943508"}) {
    require_same_as_from_chars(number);
  }
}

TEST_CASE("number list: what is too small is zero, what is too large is an error") {
  REQUIRE(read("[1e-50,-1e-400,1e-99999999999,0.0000000000000000000000000000000000000000000000000001]") ==
          std::vector<float>{0, 0, 0, 0});
  REQUIRE(read("[0e99999]") == std::vector<float>{0});
  std::vector<float> out;
  for (const char* text : {"[1,1e39]", "[1,-3.5e38]", "[1,1e400]", "[1,1e99999999999]"}) {
    INFO(text);
    require_error(append_floats(text, 10, out), ErrorCode::invalid_argument,
                  {"element 1", "beyond the range of float"});
  }
}

TEST_CASE("number list: what is no list of numbers is an error that names the element") {
  std::vector<float> out;
  for (const char* text : {"",       "1",          "{",       "[",     "[1",     "[1,",    "[1,]",  "[,1]",
                           "[1 2]",  "[01]",       "[-]",     "[.5]",  "[1.]",   "[1e]",   "[+1]",  "[NaN]",
                           "[null]", "[Infinity]", "[\"1\"]", "[[1]]", "[1.e5]", "[0x10]", "[--1]", "[1}"}) {
    INFO(text);
    require_error(append_floats(text, 10, out), ErrorCode::invalid_argument);
  }
  require_error(append_floats("[1,2,null]", 10, out), ErrorCode::invalid_argument, {"element 2", "null"});
  require_error(append_floats("[1,2,3]", 2, out), ErrorCode::invalid_argument, {"element 2", "one too many"});
}
