#include <string>

#include "scaup/format_chunkers.hpp"
#include "scaup/loader.hpp"
#include "support/catch.hpp"
#include "support/temp_folder.hpp"

using namespace scaup;
using scaup::test::require_error;
using scaup::test::require_ok;
using scaup::test::TempFolder;

namespace {

Document load(const std::string& html) {
  const TempFolder folder;
  folder.write("a.html", html);
  return require_ok(load_file(folder.path(), "a.html")).at(0);
}

}  // namespace

TEST_CASE("load html: the head's title, author, language and dates are metadata") {
  const Document document = load(
      "<!doctype html><html lang=\"en-GB\"><head><title>Harbour &amp; sea</title>"
      "<meta name=\"Author\" content=\"A. Nobody\">"
      "<meta property=\"article:published_time\" content=\"2024-03-01T12:00:00+0100\">"
      "<meta http-equiv=\"last-modified\" content=\"2024-03-02\"></head><body>words</body></html>");
  REQUIRE(document.metadata.at("title") == Value("Harbour & sea"));
  REQUIRE(document.metadata.at("author") == Value("A. Nobody"));
  REQUIRE(document.metadata.at("language") == Value("en-GB"));
  REQUIRE(document.metadata.at("created") == Value("2024-03-01T11:00:00Z"));
  REQUIRE(document.metadata.at("modified") == Value("2024-03-02T00:00:00Z"));
  REQUIRE(document.metadata.at("format") == Value("html"));
}

TEST_CASE("load html: without a title it is that of a meta element, then the first heading") {
  REQUIRE(load("<head><meta property=og:title content=Sea></head><h1>Other</h1>").metadata.at("title") == Value("Sea"));
  REQUIRE(load("<p>words<h2>The <b>sea</b></h2>").metadata.at("title") == Value("The sea"));
  REQUIRE_FALSE(load("words").metadata.contains("title"));
}

TEST_CASE("load html: what looks like the end of the head in a script hides no title") {
  const Document document =
      load("<head><script>x = '</HEAD>'</script><title>Sea</title><meta name=author content=y></head><BODY>words");
  REQUIRE(document.metadata.at("title") == Value("Sea"));
  REQUIRE(document.metadata.at("author") == Value("y"));
}

TEST_CASE("load html: meta elements without a content, of an unknown name or in the body say nothing") {
  const Document document =
      load("<head><meta name=author><meta content=x></head><body><p><meta name=author content=y>");
  REQUIRE_FALSE(document.metadata.contains("author"));
}

TEST_CASE("load html: the text is the page as it is, so that chunks name ranges of it") {
  const std::string html = "\xEF\xBB\xBF<html><body><h1>One</h1><p>First &amp; last.</p></body></html>";
  const Document document = load(html);
  REQUIRE(document.text == html.substr(3));
  REQUIRE(document.metadata.at("text_begin") == Value(3));
  const auto chunks = require_ok(make_html_chunker()->chunk(document));
  REQUIRE(chunks.size() == 1);
  const std::string extracted = require_ok(extract_html(document.text)).text;
  REQUIRE(extracted.substr(chunks[0].origin->begin, chunks[0].origin->end - chunks[0].origin->begin) == chunks[0].text);
  const auto at = [&](std::string_view key) {
    return static_cast<std::size_t>(*chunks[0].metadata.find(key)->second.get_if<std::int64_t>());
  };
  REQUIRE(document.text.substr(at(kHtmlBeginKey), at(kHtmlEndKey) - at(kHtmlBeginKey)) ==
          "One</h1><p>First &amp; last.");
}

TEST_CASE("load html: a page that no parser should be given is refused") {
  const TempFolder folder;
  std::string deep;
  for (int i = 0; i < 600; ++i) deep += "<div>";
  folder.write("a.html", deep);
  require_error(load_file(folder.path(), "a.html"), ErrorCode::invalid_argument, {"load \"a.html\"", "512"});
}

TEST_CASE("load html: the head of a large page is found, and a cut behind it breaks nothing") {
  std::string html = "<head><title>Sea</title></head><p>";
  for (int i = 0; i < 200'000; ++i) html += "\xC3\xA9";
  const Document document = load(html);
  REQUIRE(document.text == html);
  REQUIRE(document.metadata.at("title") == Value("Sea"));
}
