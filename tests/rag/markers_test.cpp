// Citation markers: what is a marker, what is text, and that pieces do not matter.

#include "rag/markers.hpp"

#include "support/catch.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

const std::string kManySpaces(62, ' ');

struct Cleaned {
  std::string text;
  std::vector<std::size_t> unknown;
};

Cleaned clean(std::string_view text, std::size_t passages, std::size_t piece) {
  MarkerFilter filter(passages);
  Cleaned cleaned;
  for (std::size_t i = 0; i < text.size(); i += piece) cleaned.text += filter.feed(text.substr(i, piece));
  cleaned.text += filter.finish();
  cleaned.unknown = filter.unknown();
  return cleaned;
}

}  // namespace

TEST_CASE("markers: known ones stay, unknown ones go with the space before them and are told") {
  struct Case {
    std::string given, expected;
    std::vector<std::size_t> unknown;
  };
  const Case cases[] = {
      {"Blue [1].", "Blue [1].", {}},
      {"Blue [1][2].", "Blue [1][2].", {}},
      {"Blue [1, 2].", "Blue [1][2].", {}},
      {"Blue [2;1]", "Blue [2][1]", {}},
      {"Blue [7].", "Blue.", {7}},
      {"Blue [1, 7].", "Blue [1].", {7}},
      {"Blue [0].", "Blue.", {0}},
      {"Blue [99999999999999999999999]!", "Blue!", {static_cast<std::size_t>(-1)}},
      {"see [a] and [] and [ ]", "see [a] and [] and [ ]", {}},
      {"[link](x) [1", "[link](x) [1", {}},
      {"a [[1]] b", "a [[1]] b", {}},
      {"a [[9]99] b", "a b", {9, 99}},
      {"a [1[9]2] b", "a b", {9, 12}},
      {"a [[9]1] b", "a [1] b", {9}},
      {"a [[9] b] c", "a [ b] c", {9}},
      {"a [[[8] 7] 6] b", "a b", {8, 7, 6}},
      {kManySpaces + "[99]", "", {99}},
      {"a  b   ", "a  b   ", {}},
      {"", "", {}},
  };
  for (const Case& one : cases) {
    for (const std::size_t piece : {1u, 2u, 3u, 100u}) {
      INFO(one.given << " in pieces of " << piece);
      const Cleaned cleaned = clean(one.given, 2, piece);
      REQUIRE(cleaned.text == one.expected);
      REQUIRE(cleaned.unknown == one.unknown);
    }
  }
}

TEST_CASE("markers: what is certain is given at once, and a bracket that never closes holds back little") {
  MarkerFilter filter(3);
  REQUIRE(filter.feed("The sky is") == "The sky is");
  REQUIRE(filter.feed(" [").empty());
  REQUIRE(filter.feed("1").empty());
  REQUIRE(filter.feed("] blue") == " [1] blue");
  std::string out = filter.feed(" [");
  for (int i = 0; i < 100; ++i) out += filter.feed("1");
  REQUIRE(out.size() >= 60);
  REQUIRE((out + filter.finish()).size() == 102);
}

TEST_CASE("markers: a marker after a full stop belongs to the sentence before it") {
  const std::string text = "The sky is blue [1]. Leaves are green. [2] [3] Grass too. Nobody knows why.";
  const auto sentences = find_marked_sentences(text, 3);
  REQUIRE(sentences.size() == 4);
  REQUIRE(sentences[0].numbers == std::vector<std::size_t>{1});
  REQUIRE(sentences[0].plain == "The sky is blue.");
  REQUIRE(sentences[1].numbers == std::vector<std::size_t>{2, 3});
  REQUIRE(sentences[1].plain == "Leaves are green.");
  REQUIRE(text.substr(sentences[1].begin, sentences[1].end - sentences[1].begin) == "Leaves are green. [2] [3]");
  REQUIRE(sentences[2].plain == "Grass too.");
  REQUIRE(sentences[2].numbers.empty());
  REQUIRE(sentences[3].numbers.empty());
}

TEST_CASE("markers: a text of markers alone, and none at all") {
  REQUIRE(find_marked_sentences("", 3).empty());
  const auto only = find_marked_sentences("[1][2]", 3);
  REQUIRE(only.size() == 1);
  REQUIRE(only[0].plain.empty());
  REQUIRE(only[0].numbers == std::vector<std::size_t>{1, 2});
}

TEST_CASE("markers: whatever the text is, a number of no passage is no marker") {
  const std::string zeros(70, '0');
  for (const std::string& text : {std::string("A [99] b."), std::string("A [0]."), "A [" + zeros + "99]."}) {
    const auto sentences = find_marked_sentences(text, 2);
    REQUIRE(sentences.size() == 1);
    REQUIRE(sentences[0].numbers.empty());
    REQUIRE(sentences[0].plain == text);
  }
}

TEST_CASE("markers: many markers apart from their sentence cost no more than their length") {
  std::string text = "The sky is blue.";
  for (int i = 0; i < 200'000; ++i) text += "\n\n[1]";
  const auto sentences = find_marked_sentences(text, 1);
  REQUIRE(sentences.size() == 1);
  REQUIRE(sentences[0].end == text.size());
  REQUIRE(sentences[0].numbers == std::vector<std::size_t>{1});
}
