#include "rag/front_matter.hpp"

#include <string>

#include "base/document_check.hpp"
#include "support/catch.hpp"

using namespace scaup;

namespace {

using Strings = Value::StringList;

Metadata fields_of(const std::string& lines) {
  return read_front_matter("---\n" + lines + "---\ntext").fields;
}

}  // namespace

TEST_CASE("front matter: scalars have their types") {
  REQUIRE(fields_of("s: plain words\n"
                    "i: -12\n"
                    "r: 2.50\n"
                    "t: true\n"
                    "f: False\n"
                    "day: 2024-03-01\n") ==
          Metadata{{"s", "plain words"}, {"i", -12}, {"r", 2.5}, {"t", true}, {"f", false}, {"day", "2024-03-01"}});
}

TEST_CASE("front matter: a null is no field") {
  REQUIRE(fields_of("a:\nb: ~\nc: null\nd: # nothing\n# more\n  # yet more\n").empty());
}

TEST_CASE("front matter: what only looks like a number is a string") {
  for (const std::string text : {"007", "1.2.3", "+49", "inf", ".nan", "-", "99999999999999999999", "1e999", "0x10"}) {
    INFO(text);
    REQUIRE(fields_of("a: " + text + "\n").at("a") == Value(text));
  }
}

TEST_CASE("front matter: a version is a string, whatever it looks like") {
  REQUIRE(fields_of("version: 1.10\ntitle: 1984\nyear: 1984\n") ==
          Metadata{{"version", "1.10"}, {"title", "1984"}, {"year", 1984}});
}

TEST_CASE("front matter: quotes and their escapes") {
  REQUIRE(fields_of(R"(a: "x \"y\" \u00e9\n" # comment
b: 'it''s # here'
"c d": "12"
'e:': ""
)") == Metadata{{"a", "x \"y\" \xC3\xA9\n"}, {"b", "it's # here"}, {"c d", "12"}, {"e:", ""}});
}

TEST_CASE("front matter: quotes that are not well formed are kept as they are") {
  for (const std::string text : {R"("open)", R"("a" b)", R"("\q")", R"("\ud800")", R"("\u12")", R"("end\")", "'"}) {
    INFO(text);
    REQUIRE(fields_of("a: " + text + "\n").at("a") == Value(text));
  }
}

TEST_CASE("front matter: lists, in one line and in several") {
  REQUIRE(fields_of("a: [x, \"y, z\", 'it''s']\n"
                    "b: [1, 2]\n"
                    "c: [1.5, 2.5]\n"
                    "d: [true, false]\n"
                    "e: []\n"
                    "f: [1, two]\n"
                    "g:\n  - x\n  - \"y\"\n"
                    "h:\n- 1\n# between\n- 2\n"
                    "i: [x,\n  y]\n") == Metadata{{"a", Strings{"x", "y, z", "it's"}},
                                                  {"b", Value::IntegerList{1, 2}},
                                                  {"c", Value::RealList{1.5, 2.5}},
                                                  {"d", Value::BooleanList{true, false}},
                                                  {"e", Strings{}},
                                                  {"f", Strings{"1", "two"}},
                                                  {"g", Strings{"x", "y"}},
                                                  {"h", Value::IntegerList{1, 2}},
                                                  {"i", Strings{"x", "y"}}});
}

TEST_CASE("front matter: values over several lines") {
  REQUIRE(fields_of("a: |\n  one\n    two\n\n  three\nb: >-\n  one\n  two\nc: one\n  two # comment\n") ==
          Metadata{{"a", "one\n  two\n\nthree"}, {"b", "one two"}, {"c", "one two"}});
}

TEST_CASE("front matter: what is not of the common part is kept as text") {
  REQUIRE(
      fields_of("map:\n  a: 1\n  b: [2]\nflow: {a: 1}\nnested: [[1], 2]\nmaps:\n  - a: 1\n    b: 2\ntag: !!str 1\n") ==
      Metadata{{"map", "a: 1\nb: [2]"},
               {"flow", "{a: 1}"},
               {"nested", "[[1], 2]"},
               {"maps", "- a: 1\n  b: 2"},
               {"tag", "!!str 1"}});
}

TEST_CASE("front matter: lines that are no field are handed back") {
  const auto front = read_front_matter("---\nwords\n$key: 1\na: 1\na: 2\n- item\n# comment\n---\n");
  REQUIRE(front.fields == Metadata{{"a", 1}});
  REQUIRE(front.rest == "words\n$key: 1\n- item\n");
}

TEST_CASE("front matter: its size leads to the text") {
  const auto check = [](const std::string& head) {
    INFO(head);
    const auto front = read_front_matter(head + "text");
    REQUIRE(front.size == head.size());
    REQUIRE(front.fields == Metadata{{"a", "b"}});
    REQUIRE(front.lines == 3);
  };
  check("---\na: b\n---\n");
  check("--- \r\na: b\r\n---\t\r\n");
  check("---\na: b\n...\n");
  REQUIRE(read_front_matter("---\na: b\n---").size == 12);
  REQUIRE(read_front_matter("---\n---\ntext").size == 8);
}

TEST_CASE("front matter: a rule, and marks without an end, are text") {
  for (const std::string text : {"", "---", "---\n", "---\n\na: b\n---\n", "---\na: b\n", "text\n---\na: b\n---\n",
                                 "----\na: b\n---\n", " ---\na: b\n---\n", "---\na: b\n----\n"}) {
    INFO(text);
    REQUIRE(read_front_matter(text).size == 0);
    REQUIRE(read_front_matter(text).fields.empty());
  }
}

TEST_CASE("front matter: one that is too long is text, also where the limit cuts a line") {
  const std::string filler = "---\na: " + std::string(kMostFrontMatterBytes - 12, 'x') + "\n";
  REQUIRE(read_front_matter(filler + "---\ntext").size == kMostFrontMatterBytes);
  REQUIRE(read_front_matter(filler + "---x\n---\ntext").size == 0);
  REQUIRE(read_front_matter("---\na: b" + filler + "---\ntext").size == 0);
}

TEST_CASE("front matter: thousands of fields stay within what metadata may hold") {
  std::string lines;
  for (int i = 0; i < 5'000; ++i) lines += std::to_string(i) + ": 1\n";
  REQUIRE(fields_of(lines).size() == 1'000);
  REQUIRE(check_metadata(fields_of(lines)).has_value());
}
