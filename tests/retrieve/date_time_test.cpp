#include "retrieve/date_time.hpp"

#include <limits>
#include <random>
#include <string>
#include <string_view>

#include "support/catch.hpp"

using namespace scaup;

TEST_CASE("date time: reads dates and times with and without an offset") {
  const auto seconds = [](std::string_view text) { return seconds_since_1970(Value(text)).value(); };
  REQUIRE(seconds("1970-01-01") == 0);
  REQUIRE(seconds("1969-12-31") == -86'400);
  REQUIRE(seconds("2000-02-29") == 951'782'400);
  REQUIRE(seconds("2026-03-01T08:30:00Z") == 1'772'353'800);
  REQUIRE(seconds("2026-03-01T08:30") == 1'772'353'800);
  REQUIRE(seconds("2026-03-01t08:30:00z") == 1'772'353'800);
  REQUIRE(seconds("2026-03-01 09:30:00+01:00") == 1'772'353'800);
  REQUIRE(seconds("2026-03-01T03:00:00-05:30") == 1'772'353'800);
  REQUIRE(seconds("2026-03-01T08:30:00.25Z") == Approx(1'772'353'800.25).epsilon(1e-15));
  REQUIRE(seconds("2026-03-01T08:30:00,5") == Approx(1'772'353'800.5).epsilon(1e-15));
}

TEST_CASE("date time: numbers are seconds") {
  REQUIRE(seconds_since_1970(Value(12)) == 12.0);
  REQUIRE(seconds_since_1970(Value(-1.5)) == -1.5);
  REQUIRE_FALSE(seconds_since_1970(Value(std::numeric_limits<double>::infinity())));
  REQUIRE_FALSE(seconds_since_1970(Value(true)));
  REQUIRE_FALSE(seconds_since_1970(Value(Value::IntegerList{1})));
}

TEST_CASE("date time: what is no date is nothing") {
  for (const std::string_view text : {"",
                                      "2026",
                                      "2026-3-1",
                                      "2026-13-01",
                                      "2026-02-30",
                                      "2026-00-01",
                                      "2026-01-00",
                                      "20260301",
                                      "2026-03-01T",
                                      "2026-03-01T08",
                                      "2026-03-01T24:00",
                                      "2026-03-01T08:60",
                                      "2026-03-01T08:30:61",
                                      "2026-03-01T08:30:00.",
                                      "2026-03-01T08:30:00X",
                                      "2026-03-01T08:30:00+1",
                                      "2026-03-01T08:30:00+01:0",
                                      "2026-03-01T08:30:00Z ",
                                      " 2026-03-01",
                                      "2026-03-01x",
                                      "-2026-03-01",
                                      "soon"}) {
    INFO(text);
    REQUIRE_FALSE(seconds_since_1970(Value(text)));
  }
}

TEST_CASE("date time: any bytes are read without harm") {
  std::mt19937_64 random(9);
  const std::string characters = "0123456789-:T+Z. x";
  for (int round = 0; round < 20'000; ++round) {
    std::string text = "2026-03-01T08:30:00+01:00";
    for (std::size_t changes = random() % 4; changes > 0; --changes) {
      text[random() % text.size()] = characters[random() % characters.size()];
    }
    text.resize(random() % (text.size() + 1));
    const auto seconds = seconds_since_1970(Value(text));
    if (seconds) REQUIRE(*seconds > -1e11);
  }
}
