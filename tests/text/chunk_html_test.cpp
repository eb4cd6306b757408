// Extracting the text of HTML, and the chunker over it.

#include <random>
#include <string>
#include <vector>

#include "scaup/format_chunkers.hpp"
#include "support/catch.hpp"
#include "support/chunk_checks.hpp"
#include "support/html_checks.hpp"
#include "support/random_text.hpp"
#include "text/chunkers/unit_counter.hpp"

using namespace scaup;
using scaup::test::problem_of_chunks;
using scaup::test::problem_of_html;
using scaup::test::random_text;
using scaup::test::require_error;
using scaup::test::require_ok;
using scaup::test::words_and_marks;

namespace {

using Texts = std::vector<std::string>;

std::string text_of(const std::string& html) {
  return require_ok(extract_html(html)).text;
}

// The HTML that the first place with `part` in the extracted text came from.
std::string source_of(const std::string& html, const std::string& part) {
  const HtmlText page = require_ok(extract_html(html));
  const std::size_t at = page.text.find(part);
  REQUIRE(at != std::string::npos);
  const HtmlSpan span = page.source_of(at, at + part.size());
  return html.substr(span.source_begin, span.source_end - span.source_begin);
}

}  // namespace

TEST_CASE("extract_html: blocks are apart by a blank line, line breaks and rows by a line end, cells by a tab") {
  REQUIRE(text_of("<p>One<p>Two<br>three<ul><li>a<li>b</ul>") == "One\n\nTwo\nthree\n\na\nb");
  REQUIRE(text_of("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>") == "a\tb\nc");
}

TEST_CASE("extract_html: white space is collapsed but in preformatted text") {
  REQUIRE(text_of("<p> One \n <b> two</b>\tthree </p>") == "One two three");
  REQUIRE(text_of("<p>Code:</p><pre>\nint  x;\n  y;\n</pre><p>End") == "Code:\n\nint  x;\n  y;\n\n\nEnd");
  REQUIRE(text_of("a&nbsp;&nbsp;b") ==
          "a\xC2\xA0\xC2\xA0"
          "b");
}

TEST_CASE("extract_html: what is not shown, and what leads elsewhere, is left out") {
  REQUIRE(text_of("<head><title>T</title><style>p{}</style></head><nav>Menu</nav><script>x</script><p>Text<!-- c -->"
                  "<p hidden>no</p><select><option>o</select><svg><text>s</text></svg>") == "Text");
  REQUIRE(text_of("") == "");
  REQUIRE(text_of("<html><body></body></html>") == "");
}

TEST_CASE("extract_html: the title of the page") {
  REQUIRE(require_ok(extract_html("<title> A &amp;\n B </title><p>x")).title == "A &  B");
  REQUIRE(require_ok(extract_html("<p>x")).title.empty());
}

TEST_CASE("extract_html: character references are decoded, and their bytes are known") {
  REQUIRE(text_of("a &lt;b&gt; &amp;amp; &eacute;&#x1F986; R&D") == "a <b> &amp; \xC3\xA9\xF0\x9F\xA6\x86 R&D");
  REQUIRE(source_of("<p>x &eacute; y", "\xC3\xA9") == "&eacute;");
  REQUIRE(source_of("<p>x &amp;amp; y", "amp") == "amp");
  REQUIRE(source_of("<p>x &amp;&lt; y", "<") == "&lt;");
  REQUIRE(source_of("<p>one <b>two</b> three", "two") == "two");
  REQUIRE(source_of("<p>one <b>two</b> three", "one two three") == "one <b>two</b> three");
  REQUIRE(source_of("<p>a\r\nb</p><pre>c\r\nd</pre>", "c\nd") == "c\r\nd");
  REQUIRE(source_of("<p>&NotEqualTilde; z", "z") == "z");  // one reference, two code points
}

TEST_CASE("extract_html: references past the last code point become a replacement character") {
  REQUIRE(text_of("a &#x2F986F986; b") == "a \xEF\xBF\xBD b");
  REQUIRE(source_of("a &#x2F986F986; b", "\xEF\xBF\xBD") == "&#x2F986F986;");
  REQUIRE_FALSE(find_invalid_utf8(require_ok(extract_html("<title>&#x2F986F986;</title>")).title));
}

TEST_CASE("extract_html: a range of nothing came from nowhere") {
  const HtmlText page = require_ok(extract_html("<p>One<p>Two"));
  const HtmlSpan gap = page.source_of(3, 5);
  REQUIRE(gap.begin == gap.end);
  REQUIRE(page.source_of(100, 200).source_end == 0);
}

TEST_CASE("extract_html: spans say where every byte came from, for random tag soup") {
  constexpr std::string_view kTags[] = {
      "<p>",      "</p>",    "<b>",      "</b>",  "<div>",    "</div>",       "<table>", "<tr>",  "<td>",
      "</table>", "<pre>",   "</pre>",   "<h1>",  "</h1>",    "<br>",         "&amp;",   "&lt",   "&eacute;",
      "&#65;",    "&bogus;", "& ",       "&ampx", "&copy2",   "<a href='x'>", "</a>",    "<svg>", "</svg>",
      "<!-- ",    " -->",    "<select>", "<li>",  "<script>", "</script>",    "\r\n",    "<nav>", "</nav>"};
  std::mt19937_64 random(5);
  for (int round = 0; round < 3000; ++round) {
    const std::string html = random_text(random, random() % 60, kTags);
    INFO(html);
    REQUIRE(problem_of_html(html, require_ok(extract_html(html))) == "");
  }
}

TEST_CASE("extract_html: text that is not UTF-8 is refused, with the place") {
  require_error(extract_html("<p>\xFF"), ErrorCode::invalid_argument, {"not UTF-8 at byte 3"});
  require_error(make_html_chunker()->chunk({.id = "doc", .text = "<p>\xFF"}), ErrorCode::invalid_argument,
                {"document \"doc\"", "byte 3"});
}

TEST_CASE("extract_html: what would take the parser too long is refused, with the place") {
  const auto repeat = [](const std::string& part, int times) {
    std::string text;
    for (int i = 0; i < times; ++i) text += part;
    return text;
  };
  require_error(extract_html(repeat("<div>", 600)), ErrorCode::invalid_argument,
                {"more than 512 elements open", "2561"});
  require_error(extract_html(repeat("<b><p>", 600)), ErrorCode::invalid_argument, {"elements open"});
  require_error(extract_html(repeat("<div><table><td></div>", 600)), ErrorCode::invalid_argument, {"elements open"});
  require_error(extract_html("<svg>" + repeat("<td>", 600)), ErrorCode::invalid_argument, {"elements open"});
  require_error(extract_html("<p" + repeat(" a=1", 1001) + ">"), ErrorCode::invalid_argument,
                {"more than 1000 attributes", "byte 1"});
  REQUIRE(extract_html(repeat("<div><p>x<br><li>y</div>", 5000)).has_value());
  REQUIRE(extract_html(repeat("<p><b>x</b>", 5000)).has_value());
  REQUIRE(extract_html(repeat("<a name=x>", 5000)).has_value());
  REQUIRE(extract_html("<select>" + repeat("<option>x", 5000)).has_value());
  REQUIRE(extract_html("<script>" + repeat("<div>", 5000) + "</script>x").has_value());
  REQUIRE(extract_html("<!--" + repeat("<div>", 5000) + "-->x").has_value());
}

TEST_CASE("extract_html: a stop cancels the call") {
  std::stop_source stop;
  stop.request_stop();
  require_error(extract_html("<p>x", stop.get_token()), ErrorCode::cancelled);
  require_error(make_html_chunker()->chunk({.text = "<p>x"}, stop.get_token()), ErrorCode::cancelled);
}

TEST_CASE("html chunker: sections between headings, with ranges of the extracted text and of the HTML") {
  const Document source = {.id = "rules.html",
                           .text =
                               "<title>Port</title><h1>Rules</h1><p>Take a &quot;pilot&quot;.</p><h2>Fog</h2>"
                               "<p>Slow <b>down</b>.</p>",
                           .metadata = {{"year", 2020}}};
  const auto chunks = require_ok(make_html_chunker({.section = {.size = 20, .overlap = 0}})->chunk(source));
  const std::string text = text_of(source.text);
  REQUIRE(chunks.size() == 2);
  REQUIRE(chunks[0].text == "Rules\n\nTake a \"pilot\".");
  REQUIRE(chunks[1].text == "Fog\n\nSlow down.");
  REQUIRE(chunks[1].id == "rules.html#1");
  REQUIRE(chunks[1].origin->source_id == html_text_id("rules.html"));
  REQUIRE(chunks[1].origin->section == Texts{"Rules", "Fog"});
  REQUIRE(chunks[1].metadata.at("year") == Value(2020));
  REQUIRE(chunks[1].metadata.at("title") == Value("Port"));
  REQUIRE(text.substr(chunks[1].origin->begin, chunks[1].text.size()) == chunks[1].text);
  const auto at = [&](std::string_view key) {
    return static_cast<std::size_t>(*chunks[1].metadata.find(key)->second.get_if<std::int64_t>());
  };
  REQUIRE(source.text.substr(at(kHtmlBeginKey), at(kHtmlEndKey) - at(kHtmlBeginKey)) == "Fog</h2><p>Slow <b>down</b>.");
}

TEST_CASE("html chunker: preformatted text stays whole where it fits") {
  const auto chunker = make_html_chunker({.section = {.size = 24, .overlap = 0, .unit = Unit::characters}});
  const auto chunks =
      require_ok(chunker->chunk({.id = "doc", .text = "<p>one two three four</p><pre>a b\n\nc d</pre>"}));
  REQUIRE(chunks.size() == 2);
  REQUIRE(chunks[1].text == "a b\n\nc d");
}

TEST_CASE("html chunker: options out of range are refused") {
  const Document source = {.id = "doc", .text = "<p>x"};
  require_error(make_html_chunker({.section = {.size = 0}})->chunk(source), ErrorCode::invalid_argument,
                {"html chunker: section: size is 0"});
  require_error(make_html_chunker({.max_heading_level = 7})->chunk(source), ErrorCode::invalid_argument,
                {"html chunker: max_heading_level is 7"});
}

TEST_CASE("html chunker: ten megabytes without a newline are cut like any text") {
  const std::string html(10'000'000, 'x');
  const auto chunker = make_html_chunker({.section = {.size = 1000, .overlap = 0, .unit = Unit::characters}});
  const auto chunks = require_ok(chunker->chunk({.id = "doc", .text = html}));
  REQUIRE(chunks.size() == 10'000);
  REQUIRE(chunks.back().metadata.find(kHtmlEndKey)->second == Value(std::int64_t{10'000'000}));
}

TEST_CASE("html chunker: chunks of random tag soup keep every promise against the extracted text") {
  constexpr std::string_view kTags[] = {"<p>",   "</p>",  "<h1>",   "</h1>", "<h2>",
                                        "</h2>", "<pre>", "</pre>", "<li>",  "&amp;"};
  std::mt19937_64 random(6);
  for (int round = 0; round < 1000; ++round) {
    const std::string html = random_text(random, random() % 100, kTags);
    RecursiveChunkerOptions options = {
        .size = 1 + random() % 30, .overlap = 0, .unit = static_cast<Unit>(random() % 3)};
    options.overlap = random() % options.size;
    auto chunks = require_ok(make_html_chunker({.section = options})->chunk({.id = "doc", .text = html}));
    const Document text = {.id = html_text_id("doc"), .text = text_of(html)};
    for (Document& chunk : chunks) chunk.id = text.id + chunk.id.substr(3);
    INFO(html);
    REQUIRE(problem_of_chunks(text, chunks, options, words_and_marks(text.text)) == "");
  }
}
