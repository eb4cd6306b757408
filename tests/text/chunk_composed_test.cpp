// Chunkers made of others, fixed windows, and content ids.

#include <string>
#include <vector>

#include "scaup/chunker.hpp"
#include "support/catch.hpp"
#include "support/chunk_checks.hpp"
#include "text/chunkers/unit_counter.hpp"

using namespace scaup;
using scaup::test::require_error;
using scaup::test::require_ok;

namespace {

using Texts = std::vector<std::string>;

Texts texts_of(const std::vector<Document>& chunks) {
  Texts texts;
  for (const Document& each : chunks) texts.push_back(each.text);
  return texts;
}

Texts cut(const std::shared_ptr<const Chunker>& chunker, const std::string& text) {
  return texts_of(require_ok(chunker->chunk({.id = "doc", .text = text})));
}

}  // namespace

TEST_CASE("fixed chunker: windows begin size less overlap after one another, and the last ends with the text") {
  REQUIRE(cut(make_fixed_chunker({.size = 4, .overlap = 1, .unit = Unit::characters}), "abcdefghij") ==
          Texts{"abcd", "defg", "ghij"});
  REQUIRE(cut(make_fixed_chunker({.size = 4, .overlap = 0, .unit = Unit::characters}), "abcdefghij") ==
          Texts{"abcd", "efgh", "ij"});
}

TEST_CASE("fixed chunker: a window begins and ends at no white space") {
  REQUIRE(cut(make_fixed_chunker({.size = 4, .overlap = 0, .unit = Unit::characters}), "  ab  cd       ef ") ==
          Texts{"ab", "cd", "ef"});
}

TEST_CASE("fixed chunker: in bytes no code point is cut") {
  REQUIRE(cut(make_fixed_chunker({.size = 3, .overlap = 0, .unit = Unit::bytes}), "\xC3\xA9\xC3\xA9\xF0\x9F\xA6\x86") ==
          Texts{"\xC3\xA9", "\xC3\xA9", "\xF0\x9F\xA6\x86"});
}

TEST_CASE("token chunker: windows of tokens") {
  REQUIRE(cut(make_token_chunker({.size = 3, .overlap = 1}), "one two, three four. five") ==
          Texts{"one two,", ", three four", "four. five"});
}

TEST_CASE("parent child chunker: children lie in parents and name them") {
  const Document source = {
      .id = "doc", .text = "# Fog\n\nSlow down. Sound the horn.\n\n# Ice\n\nStay away.", .metadata = {{"year", 2020}}};
  const auto parent = make_markdown_chunker();
  const auto parents = require_ok(parent->chunk(source));
  const auto children =
      require_ok(make_parent_child_chunker(parent, make_sentence_chunker({.size = 4, .overlap = 0}))->chunk(source));
  REQUIRE(texts_of(children) == Texts{"# Fog", "Slow down.", "Sound the horn.", "# Ice", "Stay away."});
  REQUIRE(children[4].id == "doc#1#1");
  REQUIRE(*children[4].origin == Origin{.source_id = "doc",
                                        .begin = 42,
                                        .end = 52,
                                        .chunk_index = 4,
                                        .first_line = 7,
                                        .last_line = 7,
                                        .section = {"Ice"}});
  for (const Document& child : children) {
    const Document& of = parents[child.origin->section[0] == "Fog" ? 0 : 1];
    REQUIRE(source.text.substr(child.origin->begin, child.text.size()) == child.text);
    REQUIRE(child.metadata.find(kParentIdKey)->second == Value(of.id));
    REQUIRE(child.metadata.find(kParentBeginKey)->second == Value(static_cast<std::int64_t>(of.origin->begin)));
    REQUIRE(child.metadata.find(kParentEndKey)->second == Value(static_cast<std::int64_t>(of.origin->end)));
    REQUIRE(child.metadata.at("year") == Value(2020));
  }
}

TEST_CASE("parent child chunker: pages and errors come through") {
  const auto chunker = make_parent_child_chunker(make_page_chunker(), make_sentence_chunker({.size = 2, .overlap = 0}));
  REQUIRE(require_ok(chunker->chunk({.id = "doc", .text = "A.\fB. C."}))[2].origin->page == std::size_t{2});
  require_error(chunker->chunk({.id = "doc", .text = "A\xFF"}), ErrorCode::invalid_argument, {"byte 1"});
  require_error(make_parent_child_chunker(nullptr, make_prose_chunker())->chunk({}), ErrorCode::invalid_argument,
                {"parent is null"});
  require_error(make_parent_child_chunker(make_prose_chunker(), nullptr)->chunk({}), ErrorCode::invalid_argument,
                {"child is null"});
}

TEST_CASE("parent child chunker: windows and pages that children name are those of the source") {
  const std::string text = "# Fog\n\nSlow down. Sound the horn. Stop.\n\n# Ice\n\nStay away. Turn back. Go home.";
  const auto windows = make_parent_child_chunker(make_markdown_chunker(), make_sentence_window_chunker({.window = 1}));
  std::size_t seen = 0;
  for (const Document& child : require_ok(windows->chunk({.id = "doc", .text = text}))) {
    const auto at = [&](std::string_view key) {
      return static_cast<std::size_t>(*child.metadata.find(key)->second.get_if<std::int64_t>());
    };
    if (child.text != "Turn back.") continue;
    ++seen;
    REQUIRE(text.substr(at(kWindowBeginKey), at(kWindowEndKey) - at(kWindowBeginKey)) ==
            "Stay away. Turn back. Go home.");
  }
  REQUIRE(seen == 1);

  const auto inherited = make_parent_child_chunker(make_sentence_window_chunker({.window = 0}), make_prose_chunker());
  const Document last = require_ok(inherited->chunk({.id = "doc", .text = text})).back();
  REQUIRE(*last.metadata.find(kWindowBeginKey)->second.get_if<std::int64_t>() ==
          static_cast<std::int64_t>(last.origin->begin));

  const auto pages = make_parent_child_chunker(make_markdown_chunker(), make_page_chunker());
  const auto children = require_ok(pages->chunk({.id = "doc", .text = "# A\n\nOne.\fTwo.\n\n# B\n\nTwo too.\fThree."}));
  std::vector<std::size_t> numbers;
  for (const Document& child : children) numbers.push_back(child.origin->page.value_or(0));
  REQUIRE(numbers == std::vector<std::size_t>{1, 2, 2, 3});
}

TEST_CASE("parent child chunker: a user's chunk without a place is an error") {
  class Placeless final : public Chunker {
   public:
    Result<std::vector<Document>> chunk(const Document&, std::stop_token) const override {
      return std::vector<Document>{{.id = "x", .text = "x"}};
    }
  };
  require_error(
      make_parent_child_chunker(std::make_shared<Placeless>(), make_prose_chunker())->chunk({.id = "doc", .text = "x"}),
      ErrorCode::internal, {"\"x\" has no origin in \"doc\""});
}

TEST_CASE("content id: XXH3-128 in hexadecimal, high half first") {
  REQUIRE(content_id("") == "99aa06d3014798d86001c324468d497f");  // xxHash's own published value of the empty text
  REQUIRE(content_id("a") != content_id("b"));
}

TEST_CASE("content ids: they stay where an edit changes the numbers of chunks") {
  const auto chunker = with_content_ids(make_paragraph_chunker({.size = 2, .overlap = 0}));
  const auto before = require_ok(chunker->chunk({.id = "doc", .text = "One.\n\nTwo."}));
  const auto after = require_ok(chunker->chunk({.id = "doc", .text = "New.\n\nOne.\n\nTwo."}));
  REQUIRE(after[2].metadata.find(kContentIdKey)->second == before[1].metadata.find(kContentIdKey)->second);
  REQUIRE(before[0].metadata.find(kContentIdKey)->second == Value(content_id("One.")));
  require_error(with_content_ids(nullptr)->chunk({}), ErrorCode::invalid_argument, {"chunker is null"});
}
