#include "text/analysis/analyzer.hpp"

#include <random>
#include <set>
#include <string>
#include <vector>

#include "base/utf8.hpp"
#include "support/catch.hpp"
#include "support/random_text.hpp"
#include "text/analysis/stem_cache.hpp"
#include "text/analysis/stop_words.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

using Terms = std::vector<std::string>;

struct Found {
  std::string term;
  std::uint32_t position;
  std::size_t begin;
  std::size_t end;
};

std::vector<Found> analyze(const char* name, std::string_view text) {
  AnalyzerScratch scratch;
  std::vector<Found> found;
  require_ok(find_analyzer(name))->analyze(text, scratch, [&](const Token& token) {
    found.push_back({std::string(token.term), token.position, token.begin, token.end});
  });
  return found;
}

Terms terms(const char* name, std::string_view text) {
  Terms all;
  for (const Found& found : analyze(name, text)) all.push_back(found.term);
  return all;
}

const std::vector<const char*> kNames = {"english", "simple", "multilingual", "german", "russian", "turkish"};

}  // namespace

TEST_CASE("analyzer: english folds, leaves out stop words and stems") {
  REQUIRE(terms("english", "The Ponies were RUNNING in relational databases") ==
          Terms{"poni", "were", "run", "relat", "databas"});
}

TEST_CASE("analyzer: english drops the possessive of a word") {
  REQUIRE(terms("english", "Tesla's tesla\xE2\x80\x99s 's it's") == Terms{"tesla", "tesla", "s"});
}

TEST_CASE("analyzer: a stop word is not given but its position is counted, and ranges are those of the source") {
  const auto found = analyze("english", "Wind and the Sea");
  REQUIRE(found.size() == 2);
  CHECK(found[0].position == 0);
  CHECK((found[0].begin == 0 && found[0].end == 4));
  CHECK(found[1].position == 3);
  CHECK((found[1].begin == 13 && found[1].end == 16));
}

TEST_CASE("analyzer: words are those of Unicode annex 29") {
  SECTION("apostrophes, dots and colons join letters") {
    REQUIRE(terms("simple", "can't e.g. U.S.A. re:view a'b' 'quoted'") ==
            Terms{"can't", "e.g", "u.s.a", "re:view", "a'b", "quoted"});
  }
  SECTION("commas, dots and semicolons join digits") {
    REQUIRE(terms("simple", "1,234.5 1, 2 3.x v2.0 10;20") == Terms{"1,234.5", "1", "2", "3", "x", "v2.0", "10;20"});
  }
  SECTION("low lines join, and are no words alone") {
    REQUIRE(terms("simple", "snake_case _x __ 3_4") == Terms{"snake_case", "_x", "3_4"});
  }
  SECTION("hyphens, slashes and other signs separate") {
    REQUIRE(terms("simple", "state-of-the-art and/or a@b.com $5") ==
            Terms{"state", "of", "the", "art", "and", "or", "a", "b.com", "5"});
  }
  SECTION("marks and joiners belong to the letter before them") {
    REQUIRE(terms("simple",
                  "e\xCC\x81t\xC3\xA9 a\xE2\x80\x8D"
                  "b") == Terms{"\xC3\xA9t\xC3\xA9", "ab"});
  }
  SECTION("the right quotation mark is an apostrophe") {
    REQUIRE(analyze("simple", "don\xE2\x80\x99t stop").size() == 2);
  }
}

TEST_CASE("analyzer: terms are in the form NFKC_Casefold") {
  REQUIRE(terms("simple",
                "STRASSE Stra\xC3\x9F"
                "e \xEF\xBC\xA1\xEF\xBC\xA2 \xEF\xAC\x81ne \xC3\x85") ==
          Terms{"strasse", "strasse", "ab", "fine", "\xC3\xA5"});
}

TEST_CASE("analyzer: ideographs and Hiragana are words, Katakana and Hangul join unless they become pairs") {
  const std::string text = "\xE6\x9D\xB1\xE4\xBA\xAC\xE3\x83\x86\xE3\x82\xB9 abc";  // two Han, two Katakana
  REQUIRE(terms("simple", text) == Terms{"\xE6\x9D\xB1", "\xE4\xBA\xAC", "\xE3\x83\x86\xE3\x82\xB9", "abc"});
  REQUIRE(terms("multilingual", text) ==
          Terms{"\xE6\x9D\xB1\xE4\xBA\xAC", "\xE4\xBA\xAC\xE3\x83\x86", "\xE3\x83\x86\xE3\x82\xB9", "abc"});
}

TEST_CASE("analyzer: a CJK character that stands alone is a term, with exact ranges for pairs") {
  const auto found = analyze("multilingual", "x\xE6\xB8\xAF y \xE6\xB8\xAF\xE5\x8F\xA3\xE3\x80\x82\xE6\xB8\xAF");
  REQUIRE(found.size() == 5);
  CHECK(found[1].term == "\xE6\xB8\xAF");
  CHECK((found[1].begin == 1 && found[1].end == 4));
  CHECK(found[3].term == "\xE6\xB8\xAF\xE5\x8F\xA3");
  CHECK((found[3].begin == 7 && found[3].end == 13));
  CHECK(found[4].begin == 16);
}

TEST_CASE("analyzer: languages have their stemmers and stop words") {
  REQUIRE(terms("german", "Die H\xC3\xA4user und der Hafen") == terms("german", "haus hafen"));
  REQUIRE(terms("french", "les bateaux du port") == Terms{"bateau", "port"});
  for (const Language& language : languages()) {
    CAPTURE(language.name);
    REQUIRE(require_ok(find_analyzer(language.name))->name() == language.name);
    if (!language.stop_words.empty()) {
      REQUIRE(terms(language.name, std::string(language.stop_words)).empty());
    }
  }
}

TEST_CASE("analyzer: an unknown name is refused with the names there are") {
  require_error(find_analyzer("klingon"), ErrorCode::invalid_argument,
                {"klingon", "english", "simple", "multilingual", "german"});
  require_error(find_analyzer(""), ErrorCode::invalid_argument);
}

TEST_CASE("analyzer: any bytes give terms with ascending ranges inside the text") {
  std::mt19937_64 random(8);
  AnalyzerScratch scratch;
  for (int round = 0; round < 400; ++round) {
    std::string text = random_text(random, 1 + random() % 60);
    const bool is_valid = round % 3 != 0;
    if (!is_valid) {
      for (int i = 0; i < 4; ++i) text[random() % text.size()] = static_cast<char>(random() % 256);
    }
    for (const char* const name : kNames) {
      CAPTURE(name, round);
      std::size_t begin = 0;
      std::int64_t position = -1;
      require_ok(find_analyzer(name))->analyze(text, scratch, [&](const Token& token) {
        REQUIRE(!token.term.empty());
        REQUIRE((token.begin >= begin && token.begin < token.end && token.end <= text.size()));
        REQUIRE(std::int64_t{token.position} > position);
        REQUIRE_FALSE(find_invalid_utf8(token.term));
        if (is_valid) REQUIRE((is_utf8_boundary(text, token.begin) && is_utf8_boundary(text, token.end)));
        begin = token.begin;
        position = token.position;
      });
    }
  }
}

TEST_CASE("analyzer: folded text gives the terms of the text") {
  std::mt19937_64 random(9);
  for (int round = 0; round < 200; ++round) {
    const std::string text = random_text(random, 30);
    std::string folded;
    for (const std::string& term : terms("simple", text)) folded += term + " ";
    std::string again;
    for (const std::string& term : terms("simple", folded)) again += term + " ";
    std::string thrice;
    for (const std::string& term : terms("simple", again)) thrice += term + " ";
    REQUIRE(again == thrice);
  }
}

TEST_CASE("analyzer: very long words are cut, and nothing of them is lost") {
  for (const std::string& letter : {std::string("x"), std::string("\xC3\xA9"), std::string("\xF0\x9D\x94\x9E")}) {
    std::string text;
    for (int i = 0; i < 5000; ++i) text += letter;
    std::size_t end = 0;
    for (const Found& found : analyze("simple", text)) {
      REQUIRE(found.begin == end);
      REQUIRE(found.end - found.begin <= 255);
      end = found.end;
    }
    REQUIRE(end == text.size());
  }
}

TEST_CASE("analyzer: a scratch may be used with several analyzers by turns") {
  AnalyzerScratch scratch;
  const auto first = [&](const char* name) {
    std::string term;
    require_ok(find_analyzer(name))->analyze("running", scratch, [&](const Token& token) { term = token.term; });
    return term;
  };
  for (int i = 0; i < 3; ++i) {
    REQUIRE(first("english") == "run");
    REQUIRE(first("simple") == "running");
    REQUIRE(first("german") == "running");
  }
}

TEST_CASE("stem cache: keeps what it was told, through being emptied") {
  StemCache cache;
  REQUIRE_FALSE(cache.find("word"));
  for (int i = 0; i < 100'000; ++i) {
    const std::string word = "word" + std::to_string(i);
    cache.insert(word, word.substr(0, 3));
    REQUIRE(cache.find(word) == std::optional<std::string_view>(word.substr(0, 3)));
  }
  cache.insert("stop", "");
  REQUIRE(cache.find("stop") == std::optional<std::string_view>(""));
  cache.insert(std::string(65, 'x'), "x");
  REQUIRE_FALSE(cache.find(std::string(65, 'x')));
}
