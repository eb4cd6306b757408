#include "rag/dates.hpp"

#include "support/catch.hpp"

using namespace scaup;

TEST_CASE("dates: text becomes UTC to the second") {
  const auto check = [](std::string_view text, std::string_view expected) {
    INFO(text);
    REQUIRE(to_rfc3339(text) == std::string(expected));
  };
  check("2024-03-01", "2024-03-01T00:00:00Z");
  check("2024-03-01T12:00", "2024-03-01T12:00:00Z");
  check("2024-03-01 12:00:00.9", "2024-03-01T12:00:00Z");
  check("2024-03-01T00:30:00+01:00", "2024-02-29T23:30:00Z");
  check("2024-03-01T12:00:00+01", "2024-03-01T11:00:00Z");
  check("2024-03-01T12:00:00-0130", "2024-03-01T13:30:00Z");
  check("1969-12-31T23:59:59Z", "1969-12-31T23:59:59Z");
}

TEST_CASE("dates: what is no date is none") {
  for (const std::string_view text : {"", "yesterday", "2024", "2024-02-30", "01.03.2024", "2024-03-01T12:00:00+1",
                                      "0000-01-01T00:00:00+01:00", "2024-03-01T25:00"}) {
    INFO(text);
    REQUIRE_FALSE(to_rfc3339(text).has_value());
  }
}

TEST_CASE("dates: a moment is written as its second") {
  using namespace std::chrono;
  REQUIRE(to_rfc3339(system_clock::time_point(seconds(1'709'294'400) + milliseconds(999))) == "2024-03-01T12:00:00Z");
  REQUIRE(to_rfc3339(system_clock::time_point(milliseconds(-1))) == "1969-12-31T23:59:59Z");
}
