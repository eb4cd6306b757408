#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include "json/json_reader.hpp"
#include "json/json_writer.hpp"
#include "support/catch.hpp"

using namespace scaup;
using scaup::test::require_error;
using scaup::test::require_ok;

TEST_CASE("json: every kind of value is read as what it is") {
  const JsonValue root =
      require_ok(parse_json(R"({"a":[1,-2.5,true,null,"\u00e9\n"],"b":{"c":9223372036854775807},"a":2})"));
  const auto* array = root.find("a")->get_if<JsonArray>();
  REQUIRE(array != nullptr);
  REQUIRE(*(*array)[0].get_if<std::int64_t>() == 1);
  REQUIRE(*(*array)[1].get_if<double>() == -2.5);
  REQUIRE(*(*array)[2].get_if<bool>());
  REQUIRE((*array)[3].kind() == "null");
  REQUIRE(*(*array)[4].get_if<std::string>() == "\xC3\xA9\n");
  REQUIRE(*root.find("b")->find("c")->get_if<std::int64_t>() == std::numeric_limits<std::int64_t>::max());
  REQUIRE(root.get_if<JsonObject>()->size() == 3);
  REQUIRE(root.find("missing") == nullptr);
}

TEST_CASE("json: an integer above int64 is marked as rounded, a real of the same value is not") {
  const JsonValue above = require_ok(parse_json("9223372036854775808"));
  REQUIRE(*above.get_if<double>() == 9223372036854775808.0);
  REQUIRE(above.rounded_integer);
  REQUIRE_FALSE(require_ok(parse_json("9223372036854775808.0")).rounded_integer);
  REQUIRE_FALSE(require_ok(parse_json("9223372036854775807")).rounded_integer);
}

TEST_CASE("json: what is not JSON is an error that says why") {
  for (const char* text : {"", "{", "[1,]", "{\"a\":}", "nul", "\"\xFF\"", "{} {}", "1e999"}) {
    INFO(text);
    require_error(parse_json(text), ErrorCode::invalid_argument, {"JSON: "});
  }
  require_error(parse_json(std::string_view()), ErrorCode::invalid_argument, {"JSON: "});  // without an address at all
}

TEST_CASE("json: text beyond the limits is refused before it costs anything") {
  require_error(parse_json("[1,2,3]", {.max_bytes = 6}), ErrorCode::invalid_argument, {"7 bytes", "6"});
  require_ok(parse_json("[1,2,3]", {.max_bytes = 7}));
  const std::string deep = std::string(100, '[') + std::string(100, ']');
  require_error(parse_json(deep, {.max_depth = 50}), ErrorCode::invalid_argument);
  require_ok(parse_json(deep, {.max_depth = 200}));
}

TEST_CASE("json: strings and numbers that are written read back the same") {
  for (const std::string& text : {std::string("plain"), std::string("\"\\\b\f\n\r\t\x01\x1F"),
                                  std::string("\xF0\x9F\xA6\x86 \xC3\xA9"), std::string("nul\0inside", 10)}) {
    std::string out;
    append_json_string(out, text);
    REQUIRE(*require_ok(parse_json(out)).get_if<std::string>() == text);
  }
  for (const double number : {0.0, -0.0, 1.0, 0.1, 1e300, 5e-324, -123456789.125, 1e21}) {
    std::string out;
    append_json(out, number);
    INFO(out);
    const JsonValue value = require_ok(parse_json(out));
    REQUIRE(value.get_if<double>() != nullptr);
    REQUIRE(*value.get_if<double>() == number);
    REQUIRE(std::signbit(*value.get_if<double>()) == std::signbit(number));
  }
}
