#include <random>
#include <stop_token>
#include <string>
#include <vector>

#include "scaup/chunker.hpp"
#include "support/catch.hpp"
#include "support/chunk_checks.hpp"
#include "support/random_text.hpp"
#include "text/chunkers/markdown_scanner.hpp"
#include "text/chunkers/unit_counter.hpp"

using namespace scaup;
using scaup::test::problem_of_chunks;
using scaup::test::random_text;
using scaup::test::require_error;
using scaup::test::require_ok;
using scaup::test::words_and_marks;

namespace {

using Texts = std::vector<std::string>;

std::vector<Document> chunk(const std::string& text, const MarkdownChunkerOptions& options = {}) {
  return require_ok(make_markdown_chunker(options)->chunk({.id = "doc", .text = text}));
}

MarkdownChunkerOptions characters(std::size_t size, std::size_t overlap = 0) {
  return {.section = {.size = size, .overlap = overlap, .unit = Unit::characters}};
}

Texts texts_of(const std::vector<Document>& chunks) {
  Texts texts;
  for (const Document& each : chunks) texts.push_back(each.text);
  return texts;
}

// The headings of a text, each as its level and text: "2 Install".
Texts headings(const std::string& text) {
  Texts found;
  for (const Heading& heading : scan_markdown(text).headings) {
    found.push_back(std::to_string(heading.level) + " " + heading.text);
  }
  return found;
}

Texts fences(const std::string& text) {
  Texts found;
  for (const ByteRange& fence : scan_markdown(text).fences)
    found.push_back(text.substr(fence.begin, fence.end - fence.begin));
  return found;
}

}  // namespace

TEST_CASE("markdown: a heading has one to six marks and a blank after them") {
  REQUIRE(headings("# a\n## b\n### c\n#### d\n##### e\n###### f") == Texts{"1 a", "2 b", "3 c", "4 d", "5 e", "6 f"});
  REQUIRE(headings("####### seven").empty());
  REQUIRE(headings("#hashtag\n#5 bolt").empty());
  REQUIRE(headings("\\# escaped").empty());
  REQUIRE(headings("#\ttab\n#\n##  ") == Texts{"1 tab", "1 ", "2 "});
  REQUIRE(headings("text\n# interrupts\ntext") == Texts{"1 interrupts"});
}

TEST_CASE("markdown: marks that close a heading do not belong to its text") {
  REQUIRE(headings("## a ##\n# b ######   \n### c ### b\n# d#\n## ##\n### #") ==
          Texts{"2 a", "1 b", "3 c ### b", "1 d#", "2 ", "3 "});
}

TEST_CASE("markdown: inline marks stay in the text of a heading") {
  REQUIRE(headings("# The `main` *loop*") == Texts{"1 The `main` *loop*"});
}

TEST_CASE("markdown: up to three blanks may stand before a heading") {
  REQUIRE(headings("   # yes\n\n    # code\n\n\t# code") == Texts{"1 yes"});
  REQUIRE(headings("text\n    # goes on") == Texts{});
}

TEST_CASE("markdown: underlined paragraphs are headings") {
  REQUIRE(headings("one\n===\n\ntwo\n-\n\n  three\n   ----  \n") == Texts{"1 one", "2 two", "2 three"});
  REQUIRE(headings("two\n  lines  \n=====") == Texts{"1 two lines"});
  REQUIRE(headings("text\n\n===\n").empty());
  REQUIRE(headings("text\n    ---").empty());
  REQUIRE(headings("text\n= =\ntext\n--- -").empty());
  REQUIRE(headings("---\n\ntext\n\n---").empty());
  REQUIRE(headings("    code\n---").empty());
  REQUIRE(headings("# one\n---") == Texts{"1 one"});
}

TEST_CASE("markdown: a line under a list item or quote is a break, not an underline") {
  REQUIRE(headings("- item\n---").empty());
  REQUIRE(headings("- item\ngoes on\n---").empty());
  REQUIRE(headings("> quote\n---").empty());
  REQUIRE(headings("> quote\ngoes on\n===").empty());
  REQUIRE(headings("- item\n\ntext\n---") == Texts{"2 text"});
  REQUIRE(headings("- item\n\n  in the item\n---").empty());
  REQUIRE(headings("- # item\ntext\n---") == Texts{"2 text"});
  REQUIRE(headings("> # quote\ntext\n---") == Texts{"2 text"});
  REQUIRE(headings("-\n  # item\n\n# after") == Texts{"1 after"});
  REQUIRE(headings("-\n\n  # after") == Texts{"1 after"});
  REQUIRE(headings("-\n<span>\n# raw").empty());
  REQUIRE(headings("text\n2. no item\n---") == Texts{"2 text 2. no item"});
  REQUIRE(headings("text\n1. item\n---").empty());
}

TEST_CASE("markdown: a definition of a link is no heading") {
  REQUIRE(headings("[home]: https://example.org\n---").empty());
  REQUIRE(headings("[home]: https://example.org\ntext\n---") == Texts{"2 text"});
  REQUIRE(headings("[home](https://example.org)\n---") == Texts{"2 [home](https://example.org)"});
}

TEST_CASE("markdown: fenced code holds no heading") {
  REQUIRE(headings("```\n# code\n```\n# after") == Texts{"1 after"});
  REQUIRE(headings("~~~ sh\n# code\n```\n# code\n~~~\n# after") == Texts{"1 after"});
  REQUIRE(headings("````\n```\n# code\n````\n# after") == Texts{"1 after"});
  REQUIRE(headings("```\n# code\n`````  \n# after") == Texts{"1 after"});
  REQUIRE(headings("```\n# code\n``` no end\n# code") == Texts{});
  REQUIRE(headings("```\n# code\n    ```\n# code") == Texts{});
  REQUIRE(headings("# before\n```\n# never closed") == Texts{"1 before"});
  REQUIRE(headings("text\n```\ncode\n```\n---\n# after") == Texts{"1 after"});
}

TEST_CASE("markdown: what looks like a fence and is none hides nothing") {
  REQUIRE(headings("``` inline ```\n# yes") == Texts{"1 yes"});
  REQUIRE(headings("``\n# yes\n``") == Texts{"1 yes"});
  REQUIRE(headings("    ```\n# yes") == Texts{"1 yes"});
  REQUIRE(headings("> ```\n# yes") == Texts{"1 yes"});
}

TEST_CASE("markdown: a fence in a list item ends with the item") {
  REQUIRE(headings("- ```\n  # code\n  ```\n# after") == Texts{"1 after"});
  REQUIRE(headings("- item\n\n  ```\n  # code\n\n  # code\n  ```\n\n# after") == Texts{"1 after"});
  REQUIRE(headings("1. item\n   ```\n   code\n# after") == Texts{"1 after"});
  REQUIRE(headings("- - ```\n    # code\n    ```\n# after") == Texts{"1 after"});
  REQUIRE(fences("- ```\n  a\n  ```\ntext") == Texts{"- ```\n  a\n  ```\n"});
  REQUIRE(fences("- item\n  ~~~\n  a\ntext") == Texts{"  ~~~\n  a\n"});
}

TEST_CASE("markdown: headings in quotes, list items and HTML are text") {
  REQUIRE(headings("> # quoted\n\n- # item\n  # item\n\n# after") == Texts{"1 after"});
  REQUIRE(headings("<!-- comment\n\n# hidden\n-->\n# after") == Texts{"1 after"});
  REQUIRE(headings("<!-- one line -->\n# after") == Texts{"1 after"});
  REQUIRE(headings("<pre>\n# raw\n\n# raw\n</PRE>\n# after") == Texts{"1 after"});
  REQUIRE(headings("<div>\n# raw\n</div>\n\n# after") == Texts{"1 after"});
  REQUIRE(headings("</details>\n---\n\n# after") == Texts{"1 after"});
  REQUIRE(headings("<custom-tag>\n# raw\n\n# after") == Texts{"1 after"});
  REQUIRE(headings("<?php\n# raw\n?>\n<!DOCTYPE\n# raw\n>\n<![CDATA[\n# raw\n]]>\n# after") == Texts{"1 after"});
  REQUIRE(headings("<https://example.org>\n# after") == Texts{"1 after"});
  REQUIRE(headings("text\n<span>\n# after") == Texts{"1 after"});
}

TEST_CASE("markdown: front matter is text") {
  REQUIRE(headings("---\ntitle: x\n# comment\n---\n# after") == Texts{"1 after"});
  REQUIRE(headings("---\ntitle: x\n...\n# after") == Texts{"1 after"});
  REQUIRE(headings("\xEF\xBB\xBF---\ntitle: x\n---\n# after") == Texts{"1 after"});
  REQUIRE(headings("---\ntitle: x\n# never closed") == Texts{"1 never closed"});
  REQUIRE(headings("---\n\ntext\n---") == Texts{"2 text"});
  REQUIRE(headings("\n---\ntitle\n---") == Texts{"2 title"});
}

TEST_CASE("markdown: lines end with LF, CR LF or CR") {
  REQUIRE(headings("# a\r\ntext\r\n===\r\n```\r\n# code\r\n```\r\n# b\r\n") == Texts{"1 a", "1 text", "1 b"});
  REQUIRE(headings("# a\r\rtext\r===\r# b") == Texts{"1 a", "1 text", "1 b"});
}

TEST_CASE("markdown: a long heading is shortened in the path, at the end of a code point") {
  std::string heading;
  while (heading.size() < 2000) heading += "a\xE6\xB8\xAF";
  const auto found = scan_markdown("# " + heading).headings;
  REQUIRE(found.at(0).text == heading.substr(0, 1000));
  const auto shifted = scan_markdown("# x" + heading + "\n\nx" + heading + "\n===\n").headings;
  REQUIRE(shifted.at(0).text == "x" + heading.substr(0, 997));
  REQUIRE(shifted.at(1).text == shifted.at(0).text);
}

TEST_CASE("markdown: the time for a text grows as its length, whatever is in it") {
  const auto repeat = [](std::string_view part, std::size_t times) {
    std::string text;
    for (std::size_t i = 0; i < times; ++i) text += part;
    return text;
  };
  constexpr std::size_t kMany = 1'000'000;  // a square of this would not end
  REQUIRE(headings(repeat("- ", kMany) + "x").empty());
  REQUIRE(headings(repeat("-", kMany) + "x").empty());
  REQUIRE(headings(repeat("text\r", kMany)).empty());
  REQUIRE(headings(repeat("> ", kMany) + "\n# a") == Texts{"1 a"});
  REQUIRE(headings(repeat("[", kMany)).empty());
  REQUIRE(headings(repeat("<!--", kMany)).empty());
  REQUIRE(headings(repeat("---\n", kMany)).empty());
  REQUIRE(fences(repeat("```\n", kMany)).size() == kMany / 2);
  REQUIRE(chunk(repeat("```\nx\n```\n", kMany / 10), characters(100, 10)).size() > 1);
}

TEST_CASE("markdown chunker: each section is a chunk that begins with its heading") {
  const auto chunks = chunk("intro\n\n# One\n\ntext one\n\n## Two\ntext two\n\nThree\n=====\ntext three\n");
  REQUIRE(texts_of(chunks) == Texts{"intro", "# One\n\ntext one", "## Two\ntext two", "Three\n=====\ntext three"});
  REQUIRE(chunks[0].origin->section.empty());
  REQUIRE_FALSE(chunks[0].metadata.contains("section"));
  REQUIRE(chunks[1].origin->section == Texts{"One"});
  REQUIRE(chunks[2].origin->section == Texts{"One", "Two"});
  REQUIRE(chunks[2].metadata.at("section") == Value("One > Two"));
  REQUIRE(chunks[3].origin->section == Texts{"Three"});
}

TEST_CASE("markdown chunker: the path holds the headings above, whatever levels are left out") {
  const auto chunks = chunk("### c\nx\n# a\nx\n### ac\nx\n## ab\nx\n#\nx\n## b\nx");
  std::vector<Texts> paths;
  for (const Document& each : chunks) paths.push_back(each.origin->section);
  REQUIRE(paths == std::vector<Texts>{{"c"}, {"a"}, {"a", "ac"}, {"a", "ab"}, {}, {"b"}});
}

TEST_CASE("markdown chunker: a heading without text of its own goes with the section below it") {
  const auto chunks = chunk("# Guide\n\n## Install\n\n### Linux\n\ntext\n\n## Use\n\n## End\n\ntext\n\n# Last");
  REQUIRE(texts_of(chunks) ==
          Texts{"# Guide\n\n## Install\n\n### Linux\n\ntext", "## Use", "## End\n\ntext", "# Last"});
  REQUIRE(chunks[0].origin->section == Texts{"Guide", "Install", "Linux"});
  REQUIRE(chunks[2].origin->section == Texts{"Guide", "End"});
}

TEST_CASE("markdown chunker: headings below the deepest level asked for are text") {
  const auto chunks = chunk("# a\nx\n## b\nx\n### c\nx", {.max_heading_level = 2});
  REQUIRE(texts_of(chunks) == Texts{"# a\nx", "## b\nx\n### c\nx"});
}

TEST_CASE("markdown chunker: a section that is too large is cut, and every chunk keeps the path") {
  const auto chunks = chunk("# Title\n\nfirst paragraph\n\nsecond paragraph\n", characters(25));
  REQUIRE(texts_of(chunks) == Texts{"# Title\n\nfirst paragraph", "second paragraph"});
  REQUIRE(chunks[1].origin->section == Texts{"Title"});
  REQUIRE(chunks[1].origin->first_line == 5);
  const auto overlapping = chunk("# T\n\naa bb cc dd\n\n# U\n\nee", characters(8, 3));
  REQUIRE(texts_of(overlapping) == Texts{"# T\n\naa", "aa bb cc", "cc dd", "# U\n\nee"});
}

TEST_CASE("markdown chunker: fenced code is not cut unless it is too large by itself") {
  const std::string code = "```\none\n\ntwo\n\nthree\n```";
  REQUIRE(texts_of(chunk("text before\n\n" + code + "\n\ntext after", characters(26))) ==
          Texts{"text before", code, "text after"});
  REQUIRE(texts_of(chunk("text\n" + code + "\ntext", characters(26))) == Texts{"text", code, "text"});
  REQUIRE(texts_of(chunk(code, characters(14))) == Texts{"```\none\n\ntwo", "three\n```"});
  MarkdownChunkerOptions no_separators = characters(26);
  no_separators.section.separators = {};
  REQUIRE(texts_of(chunk("text before\n" + code + "\ntext after", no_separators)) ==
          Texts{"text before", code, "text after"});
}

TEST_CASE("markdown chunker: what the metadata of the source says stays, but for the section") {
  const Document source = {.id = "doc", .text = "intro\n# a\nx", .metadata = {{"section", "old"}, {"year", 2020}}};
  const auto chunks = require_ok(make_markdown_chunker()->chunk(source));
  REQUIRE(chunks[0].metadata == source.metadata);
  REQUIRE(chunks[1].metadata == Metadata{{"section", "a"}, {"year", 2020}});
}

TEST_CASE("markdown chunker: an empty text, or white space alone, gives no chunk") {
  for (const char* text : {"", "\n", " \r\n\t\xC2\xA0"}) REQUIRE(chunk(text).empty());
}

TEST_CASE("markdown chunker: bad options, bad text and a stop are errors") {
  const Document source = {.id = "doc", .text = "# a\xFF"};
  require_error(make_markdown_chunker()->chunk(source), ErrorCode::invalid_argument, {"not UTF-8 at byte 3"});
  for (const std::size_t level : {std::size_t{0}, std::size_t{7}}) {
    require_error(make_markdown_chunker({.max_heading_level = level})->chunk({.text = "x"}),
                  ErrorCode::invalid_argument, {"max_heading_level is " + std::to_string(level), "1 to 6"});
  }
  require_error(make_markdown_chunker(characters(5, 5))->chunk({.text = "x"}), ErrorCode::invalid_argument,
                {"markdown chunker: section: overlap is 5"});
  std::stop_source stop;
  stop.request_stop();
  require_error(make_markdown_chunker()->chunk({.text = "x"}, stop.get_token()), ErrorCode::cancelled);
}

TEST_CASE("markdown chunker: random Markdown keeps every promise") {
  static constexpr std::string_view kWords[] = {
      "\n# ",    "\n## ",    "\n### a ###\n", "#",    "\n===\n", "\n---\n",   "\n```\n", "\n````\n",
      "\n~~~\n", "\n```c\n", "    ",          "\n- ", "\n1. ",   "\n> ",      "<!--",    "-->",
      "<div>",   "\n\n",     "\n\n",          "\r\n", "text",    "\n[a]: b\n"};
  std::mt19937_64 random(9);
  for (int round = 0; round < 4000; ++round) {
    MarkdownChunkerOptions options;
    options.section = {.size = 1 + random() % 60, .overlap = 0, .unit = static_cast<Unit>(random() % 3)};
    options.section.overlap = random() % options.section.size;
    options.max_heading_level = 1 + random() % 6;
    const Document source = {.id = "doc", .text = random_text(random, random() % 120, kWords)};
    const auto chunks = require_ok(make_markdown_chunker(options)->chunk(source));
    INFO("round " << round << ", size " << options.section.size << ": " << source.text);
    const auto tokens = words_and_marks(source.text);
    REQUIRE(problem_of_chunks(source, chunks, options.section, tokens) == "");
    for (const ByteRange& fence : scan_markdown(source.text).fences) {
      const ByteRange code = trim(source.text, fence);
      if (test::naive_count(source.text, code.begin, code.end, options.section.unit, tokens) > options.section.size)
        continue;
      const auto inside = [&](std::size_t cut) { return cut > code.begin && cut < code.end; };
      for (const Document& each : chunks) REQUIRE_FALSE((inside(each.origin->begin) || inside(each.origin->end)));
    }
  }
}
