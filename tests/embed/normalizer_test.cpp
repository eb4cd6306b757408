#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/utf8.hpp"
#include "embed/normalizer.hpp"
#include "embed/pre_tokenizer.hpp"
#include "embed/random_text.hpp"
#include "support/catch.hpp"

using namespace scaup;
using namespace std::string_view_literals;

namespace {

std::vector<NormalChar> run(const std::vector<NormalStep>& steps, std::string_view text) {
  std::vector<NormalChar> chars;
  std::vector<NormalChar> spare;
  Normalizer(steps).run(text, 0, static_cast<std::uint32_t>(text.size()), chars, spare);
  return chars;
}

std::string normal(const std::vector<NormalStep>& steps, std::string_view text) {
  std::string out;
  for (const NormalChar& c : run(steps, text)) append_utf8(out, c.value);
  return out;
}

const std::vector<NormalStep> kBert = {NormalStep::clean_text, NormalStep::space_ideographs, NormalStep::nfd,
                                       NormalStep::strip_nonspacing_marks, NormalStep::lowercase};

}  // namespace

// The expected strings are what the Hugging Face tokenizers library 0.23.3 answers.
TEST_CASE("normalizer: clean text drops controls and makes white space a space") {
  REQUIRE(normal({NormalStep::clean_text}, "a\0b\x01\tc\r\nd\u00A0e\u3000f\u200Bg\uFFFDh\x7F\x0Bi"sv) ==
          "ab c  d e fghi");
}

TEST_CASE("normalizer: ideographs get spaces around them, kana and Hangul none") {
  REQUIRE(normal({NormalStep::space_ideographs}, "a\u4E2Db\u3042\uAC00\U00020000") ==
          "a \u4E2D b\u3042\uAC00 \U00020000 ");
  REQUIRE(normal({NormalStep::space_ideographs}, "plain") == "plain");
}

TEST_CASE("normalizer: decomposition orders marks, composition undoes it") {
  REQUIRE(normal({NormalStep::nfd}, "\u1E69") == "s\u0323\u0307");
  REQUIRE(normal({NormalStep::nfd}, "s\u0307\u0323") == "s\u0323\u0307");
  REQUIRE(normal({NormalStep::nfc}, "s\u0307\u0323") == "\u1E69");
  REQUIRE(normal({NormalStep::nfc}, "\u212B\u0915\u093C") == "\u00C5\u0915\u093C");
  REQUIRE(normal({NormalStep::nfd}, "\uAC01") == "\u1100\u1161\u11A8");
  REQUIRE(normal({NormalStep::nfc}, "\u1100\u1161\u11A8") == "\uAC01");
  REQUIRE(normal({NormalStep::nfc}, "a\u0315\u0300\u05AE\u0300b") == "\u00E0\u05AE\u0300\u0315b");
  REQUIRE(normal({NormalStep::nfkc}, "\uFB01\u00BD\u2460") ==
          "fi1\u2044"
          "21");
  REQUIRE(normal({NormalStep::nfkd}, "\u1E9B\u0323") == "s\u0323\u0307");
  REQUIRE(normal({NormalStep::nfc}, "\u0301a") == "\u0301a");
}

TEST_CASE("normalizer: lower case is per character, also where one becomes two") {
  REQUIRE(normal({NormalStep::lowercase}, "AZ\u00C9\u03A3\u1E9E\u0130") == "az\u00E9\u03C3\u00DFi\u0307");
}

TEST_CASE("normalizer: stripping marks removes M*, BERT's accents only Mn") {
  REQUIRE(normal({NormalStep::strip_marks}, "e\u0301\u0915\u093E") == "e\u0915");
  REQUIRE(normal({NormalStep::strip_nonspacing_marks}, "e\u0301\u0915\u093E") == "e\u0915\u093E");
}

TEST_CASE("normalizer: a character knows which bytes it came from") {
  const auto chars = run(kBert, "\u00C9e\u0301\x01\u4E2D");
  REQUIRE(chars.size() == 5);  // e, e, space, ideograph, space
  REQUIRE((chars[0].value == U'e' && chars[0].begin == 0 && chars[0].end == 2));
  REQUIRE((chars[1].value == U'e' && chars[1].begin == 2 && chars[1].end == 5));  // with the accent behind it
  REQUIRE((chars[2].value == U' ' && chars[2].begin == chars[2].end));
  REQUIRE((chars[3].value == 0x4E2D && chars[3].begin == 6 && chars[3].end == 9));
}

TEST_CASE("normalizer: sources of characters lie in the text, whatever the steps") {
  std::mt19937_64 random(3);
  for (int round = 0; round < 3000; ++round) {
    std::vector<NormalStep> steps;
    for (std::size_t left = random() % 5; left > 0; --left) steps.push_back(static_cast<NormalStep>(random() % 9));
    const std::string text = test::random_text(random, 30);
    for (const NormalChar& c : run(steps, text)) {
      REQUIRE(c.begin <= c.end);
      REQUIRE(c.end <= text.size());
      REQUIRE(is_utf8_boundary(text, c.begin));
      REQUIRE(is_utf8_boundary(text, c.end));
    }
  }
}

TEST_CASE("normalizer: forms are idempotent and agree with each other") {
  using enum NormalStep;
  std::mt19937_64 random(4);
  for (int round = 0; round < 3000; ++round) {
    const std::string text = test::random_text(random, 30);
    REQUIRE(normal({nfd, nfd}, text) == normal({nfd}, text));
    REQUIRE(normal({nfc, nfd}, text) == normal({nfd}, text));
    REQUIRE(normal({nfd, nfc}, text) == normal({nfc}, text));
    REQUIRE(normal({nfc, nfkc}, text) == normal({nfkc}, text));
    REQUIRE(normal({nfkc, nfkd}, text) == normal({nfkd}, text));
  }
}

TEST_CASE("pre-tokenizer: characters are classified by what was asked for") {
  PreTokenizer nothing;
  REQUIRE(nothing.classify(U' ') == CharClass::other);
  PreTokenizer bert;
  bert.isolate_punctuation();
  REQUIRE(bert.classify(U' ') == CharClass::space);
  REQUIRE(bert.classify(0x85) == CharClass::space);
  REQUIRE(bert.classify(0x3000) == CharClass::space);
  REQUIRE(bert.classify(U'$') == CharClass::isolated);
  REQUIRE(bert.classify(0x2014) == CharClass::isolated);
  REQUIRE(bert.classify(0x20AC) == CharClass::other);
  PreTokenizer words;
  words.separate_words();
  REQUIRE(words.classify(U'_') == CharClass::word);
  REQUIRE(words.classify(0x301) == CharClass::word);
  REQUIRE(words.classify(U'$') == CharClass::other);
  REQUIRE(words.classify(0x200D) == CharClass::word);
  REQUIRE(words.classify(0x24B6) == CharClass::word);
}
