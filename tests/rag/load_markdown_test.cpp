#include <string>

#include "scaup/chunker.hpp"
#include "scaup/loader.hpp"
#include "support/catch.hpp"
#include "support/temp_folder.hpp"

using namespace scaup;
using scaup::test::require_ok;
using scaup::test::TempFolder;

namespace {

Document load(const std::string& markdown) {
  const TempFolder folder;
  folder.write("a.md", markdown);
  return require_ok(load_file(folder.path(), "a.md")).at(0);
}

}  // namespace

TEST_CASE("load markdown: front matter is metadata, and the text says where it begins in the file") {
  const std::string file =
      "\xEF\xBB\xBF---\ntitle: Harbour\nauthor: [A. Nobody, B. Else]\ndate: 2024-03-01\nlastmod: "
      "2024-03-02T10:00:00+01:00\n"
      "version: 2.10\nlang: en\ntags: [sea, fog]\n---\n# Rules\n\nShips take a pilot.\n";
  const Document document = load(file);
  REQUIRE(document.text == "# Rules\n\nShips take a pilot.\n");
  REQUIRE(document.metadata.at("title") == Value("Harbour"));
  REQUIRE(document.metadata.at("author") == Value("A. Nobody, B. Else"));
  REQUIRE(document.metadata.at("created") == Value("2024-03-01T00:00:00Z"));
  REQUIRE(document.metadata.at("modified") == Value("2024-03-02T09:00:00Z"));
  REQUIRE(document.metadata.at("version") == Value("2.10"));
  REQUIRE(document.metadata.at("language") == Value("en"));
  REQUIRE(document.metadata.at("tags") == Value(Value::StringList{"sea", "fog"}));
  const auto begin = *document.metadata.at("text_begin").get_if<std::int64_t>();
  REQUIRE(file.substr(static_cast<std::size_t>(begin)) == document.text);
  REQUIRE(document.metadata.at("text_line") == Value(10));
}

TEST_CASE("load markdown: without a title field the first heading is the title") {
  REQUIRE(load("words\n\n## The *sea*\n\n# Other\n").metadata.at("title") == Value("The *sea*"));
  REQUIRE_FALSE(load("words\n").metadata.contains("title"));
  REQUIRE_FALSE(load("words\n").metadata.contains("text_begin"));
}

TEST_CASE("load markdown: the path and the format are never those of the front matter") {
  const std::string file = "---\npath: /etc/passwd\nuri: x\nformat: code\ntext_begin: 0\n---\ntext";
  const Document document = load(file);
  REQUIRE(document.metadata.at("path") == Value("a.md"));
  REQUIRE(document.metadata.at("format") == Value("markdown"));
  REQUIRE(document.metadata.at("uri") != Value("x"));
  REQUIRE(document.metadata.at("text_begin") == Value(static_cast<std::int64_t>(file.size() - 4)));
}

TEST_CASE("load markdown: a date that is none, and lines that are no field, are kept aside") {
  const Document document = load("---\ncreated: last week\nwords\n---\ntext");
  REQUIRE_FALSE(document.metadata.contains("created"));
  REQUIRE(document.metadata.at("front_matter") == Value("words\ncreated: last week\n"));
}

TEST_CASE("load markdown: a date or version that reads as numbers is not lost") {
  const Document document = load("---\ncreated: 2024\nversion: [1, 2]\n---\ntext");
  REQUIRE(document.metadata.at("front_matter") == Value("created: 2024\n"));
  REQUIRE(document.metadata.at("version") == Value("1, 2"));
}

TEST_CASE("load markdown: an empty title is none") {
  const auto front = GENERATE(as<std::string>(), "title: ''", "title: []", "title: ' '");
  REQUIRE(load("---\n" + front + "\n---\n# Rules\n").metadata.at("title") == Value("Rules"));
}

TEST_CASE("load markdown: chunks hold ranges of the text") {
  const Document document = load("---\na: b\n---\n# One\n\nwords\n\n# Two\n\nmore\n");
  const auto chunks = require_ok(make_markdown_chunker({.section = {.size = 5, .overlap = 0}})->chunk(document));
  REQUIRE(chunks.size() == 2);
  for (const Document& chunk : chunks)
    REQUIRE(document.text.substr(chunk.origin->begin, chunk.origin->end - chunk.origin->begin) == chunk.text);
}
