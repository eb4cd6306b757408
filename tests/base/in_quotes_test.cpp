#include "base/in_quotes.hpp"

#include <string>

#include "base/utf8.hpp"
#include "support/catch.hpp"

using namespace scaup;

TEST_CASE("quoted: plain text stands in quotes") {
  REQUIRE(in_quotes("year") == "\"year\"");
  REQUIRE(in_quotes("") == "\"\"");
  REQUIRE(in_quotes("caf\xC3\xA9") == "\"caf\xC3\xA9\"");
}

TEST_CASE("quoted: quotes, control bytes and bytes that are not UTF-8 are escaped") {
  REQUIRE(in_quotes("a\"b\\c") == "\"a\\\"b\\\\c\"");
  REQUIRE(in_quotes(std::string("\n\0\x7F", 3)) == "\"\\x0a\\x00\\x7f\"");
  REQUIRE(in_quotes("a\xFFz") == "\"a\\xffz\"");
}

TEST_CASE("quoted: long text is cut between code points and marked") {
  REQUIRE(in_quotes(std::string(80, 'x')) == "\"" + std::string(80, 'x') + "\"");
  REQUIRE(in_quotes(std::string(81, 'x')) == "\"" + std::string(80, 'x') + "\"...");
  std::string wide = "x";
  for (int i = 0; i < 100; ++i) wide += "\xF0\x9F\xA6\x86";
  REQUIRE_FALSE(find_invalid_utf8(in_quotes(wide)).has_value());
  REQUIRE(in_quotes(wide).size() < 100);
}
