#include "base/quoted.hpp"

#include <string>

#include "base/utf8.hpp"
#include "support/catch.hpp"

using namespace scaup;

TEST_CASE("quoted: plain text stands in quotes") {
  REQUIRE(quoted("year") == "\"year\"");
  REQUIRE(quoted("") == "\"\"");
  REQUIRE(quoted("caf\xC3\xA9") == "\"caf\xC3\xA9\"");
}

TEST_CASE("quoted: quotes, control bytes and bytes that are not UTF-8 are escaped") {
  REQUIRE(quoted("a\"b\\c") == "\"a\\\"b\\\\c\"");
  REQUIRE(quoted(std::string("\n\0\x7F", 3)) == "\"\\x0a\\x00\\x7f\"");
  REQUIRE(quoted("a\xFFz") == "\"a\\xffz\"");
}

TEST_CASE("quoted: long text is cut between code points and marked") {
  REQUIRE(quoted(std::string(80, 'x')) == "\"" + std::string(80, 'x') + "\"");
  REQUIRE(quoted(std::string(81, 'x')) == "\"" + std::string(80, 'x') + "\"...");
  std::string wide = "x";
  for (int i = 0; i < 100; ++i) wide += "\xF0\x9F\xA6\x86";
  REQUIRE_FALSE(find_invalid_utf8(quoted(wide)).has_value());
  REQUIRE(quoted(wide).size() < 100);
}
