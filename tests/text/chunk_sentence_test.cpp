// Where sentences end, and the chunkers that go by them: sentence, paragraph, page, sentence window.

#include <string>
#include <vector>

#include "scaup/chunker.hpp"
#include "support/catch.hpp"
#include "text/chunkers/sentences.hpp"

using namespace scaup;
using scaup::test::require_error;
using scaup::test::require_ok;

namespace {

using Texts = std::vector<std::string>;

Texts sentences(const std::string& text, const Texts& abbreviations = {}) {
  Texts found;
  for (const ByteRange& range : find_sentences(text, {0, text.size()}, abbreviations))
    found.push_back(text.substr(range.begin, range.end - range.begin));
  return found;
}

Texts texts_of(const std::vector<Document>& chunks) {
  Texts texts;
  for (const Document& each : chunks) texts.push_back(each.text);
  return texts;
}

Texts cut(const std::shared_ptr<const Chunker>& chunker, const std::string& text) {
  return texts_of(require_ok(chunker->chunk({.id = "doc", .text = text})));
}

}  // namespace

TEST_CASE("sentences: stops, question and exclamation marks before a capital letter end one") {
  REQUIRE(sentences("It rains. Does it? It does! Good.") == Texts{"It rains.", "Does it?", "It does!", "Good."});
  REQUIRE(sentences("What?! No way... Really.") == Texts{"What?!", "No way...", "Really."});
  REQUIRE(sentences("no stop at the end") == Texts{"no stop at the end"});
}

TEST_CASE("sentences: bytes that are not UTF-8 are passed, and ranges stay in the text") {
  for (const std::string text : {"Gr\xC3", "\x80\xE3\x80\x80\x80", "A.\xFF B. \xE3\x80\x80\x80", "\xF0\x9F. C"}) {
    for (const ByteRange& range : find_sentences(text, {0, text.size()})) {
      REQUIRE(range.begin < range.end);
      REQUIRE(range.end <= text.size());
    }
  }
}

TEST_CASE("sentences: what goes on in lower case is not ended") {
  REQUIRE(sentences("He waited ... and left. \"Stop!\" he said.") ==
          Texts{"He waited ... and left.", "\"Stop!\" he said."});
  REQUIRE(sentences("Wait . . . what? Yahoo! is a name.") == Texts{"Wait . . . what?", "Yahoo! is a name."});
}

TEST_CASE("sentences: decimals, versions, names of files and addresses have no ends inside") {
  REQUIRE(sentences("Pi is 3.14159. Version 2.0.1 came. See a.b/c?d=e. End.") ==
          Texts{"Pi is 3.14159.", "Version 2.0.1 came.", "See a.b/c?d=e.", "End."});
}

TEST_CASE("sentences: abbreviations end none") {
  REQUIRE(sentences("Dr. Smith met Mrs. Jones, e.g. at St. Paul. They left.") ==
          Texts{"Dr. Smith met Mrs. Jones, e.g. at St. Paul.", "They left."});
  REQUIRE(sentences("See Fig. 3 and No. 5. I said no. Then I left.") ==
          Texts{"See Fig. 3 and No. 5.", "I said no.", "Then I left."});
  REQUIRE(sentences("The sched. Plan is set.").size() == 2);
  REQUIRE(sentences("The sched. Plan is set.", {"sched"}).size() == 1);
}

TEST_CASE("sentences: initials end none, unless a usual beginning follows") {
  REQUIRE(sentences("J. R. R. Tolkien wrote. The U.S. Navy sailed.") ==
          Texts{"J. R. R. Tolkien wrote.", "The U.S. Navy sailed."});
  REQUIRE(sentences("He lives in the U.S. The flag flies.") == Texts{"He lives in the U.S.", "The flag flies."});
  REQUIRE(sentences("At 5 p.m. It closed.") == Texts{"At 5 p.m.", "It closed."});
}

TEST_CASE("sentences: closing quotes, brackets and footnote numbers belong to the sentence before") {
  REQUIRE(sentences("He said \"Go.\" Then he left.") == Texts{"He said \"Go.\"", "Then he left."});
  REQUIRE(sentences("\xE2\x80\x9CYes.\xE2\x80\x9D \xE2\x80\x9CNo.\xE2\x80\x9D") ==
          Texts{"\xE2\x80\x9CYes.\xE2\x80\x9D", "\xE2\x80\x9CNo.\xE2\x80\x9D"});
  REQUIRE(sentences("It is so.[12] Nobody knows why.") == Texts{"It is so.[12]", "Nobody knows why."});
  REQUIRE(sentences("**Bold.** Next.") == Texts{"**Bold.**", "Next."});
}

TEST_CASE("sentences: a remark in brackets stays in one") {
  REQUIRE(sentences("We left (it was late. Very late) and slept. Then") ==
          Texts{"We left (it was late. Very late) and slept.", "Then"});
  REQUIRE(sentences("(It rained. A lot.) We left.") == Texts{"(It rained. A lot.)", "We left."});
  REQUIRE(sentences("An open (bracket. It never closes.") == Texts{"An open (bracket.", "It never closes."});
}

TEST_CASE("sentences: a number at the beginning is that of a list") {
  REQUIRE(sentences("1. Open the valve. 2. Close it. It was 1999. Then") ==
          Texts{"1. Open the valve.", "2. Close it.", "It was 1999.", "Then"});
}

TEST_CASE("sentences: CJK stops need no space") {
  REQUIRE(sentences("\xE9\x9B\xA8\xE3\x80\x82\xE5\xA4\xA9\xEF\xBC\x9F\xE6\x98\xAF\xEF\xBC\x81") ==
          Texts{"\xE9\x9B\xA8\xE3\x80\x82", "\xE5\xA4\xA9\xEF\xBC\x9F", "\xE6\x98\xAF\xEF\xBC\x81"});
  // A quotation, and the particle after it.
  REQUIRE(sentences("\xE3\x80\x8C\xE9\x9B\xA8\xE3\x80\x82\xE3\x80\x8D\xE3\x81\xA8\xE8\xA8\x80\xE3\x81\x86\xE3\x80\x82")
              .size() == 1);
  REQUIRE(sentences("\xE3\x80\x8C\xE9\x9B\xA8\xE3\x80\x82\xE3\x80\x8D\xE5\xA4\xA9\xE3\x80\x82").size() == 2);
}

TEST_CASE("sentences: stops of scripts without letter case end one before a space") {
  REQUIRE(sentences("\xE0\xA4\xA8\xE0\xA5\xA4 \xE0\xA4\xA8\xE0\xA5\xA4").size() == 2);  // danda
  REQUIRE(sentences("\xD9\x85\xD8\x9F \xD9\x85.").size() == 2);                         // Arabic question mark
}

TEST_CASE("sentences: a blank line or a form feed ends one, a line end alone does not") {
  REQUIRE(sentences("A title\n\nOne line\nand the next.\fPage") == Texts{"A title", "One line\nand the next.", "Page"});
  REQUIRE(sentences("A title\r\n \t\r\nText") == Texts{"A title", "Text"});
}

TEST_CASE("sentence chunker: packs whole sentences up to the size") {
  const std::string text = "One two. Three four. Five six. Seven.";
  REQUIRE(cut(make_sentence_chunker({.size = 6, .overlap = 0}), text) ==
          Texts{"One two. Three four.", "Five six. Seven."});
  REQUIRE(cut(make_sentence_chunker({.size = 6, .overlap = 3}), text) ==
          Texts{"One two. Three four.", "Three four. Five six.", "Five six. Seven."});
  REQUIRE(cut(make_sentence_chunker({.size = 6, .overlap = 2}), text) ==
          Texts{"One two. Three four.", "Five six. Seven."});
}

TEST_CASE("sentence chunker: a sentence that is too large is cut at clauses, then at words") {
  REQUIRE(cut(make_sentence_chunker({.size = 16, .overlap = 0, .unit = Unit::characters}),
              "Go on. If it rains, we stay at home; if not, we go.") ==
          Texts{"Go on.", "If it rains,", "we stay at home;", "if not, we go."});
}

TEST_CASE("sentence chunker: too many abbreviations are refused") {
  require_error(make_sentence_chunker({.abbreviations = Texts(1001, "x")})->chunk({.text = "text"}),
                ErrorCode::invalid_argument, {"abbreviations has 1001 entries", "at most 1000"});
}

TEST_CASE("prose chunker: 512 tokens at sentence ends, 50 repeated") {
  std::string text;
  for (int i = 0; i < 120; ++i) text += "One two three four five six seven eight nine. ";
  const auto chunks = require_ok(make_prose_chunker()->chunk({.id = "doc", .text = text}));
  REQUIRE(chunks.size() == 3);
  REQUIRE(chunks[0].text.size() == 51 * 46 - 1);                   // 51 sentences of 10 tokens
  REQUIRE(chunks[1].origin->begin == (51 - 5) * std::size_t{46});  // five of them repeated
}

TEST_CASE("paragraph chunker: packs whole paragraphs, and cuts those that are too large at sentences") {
  const std::string text = "First one.\nGoes on.\n\nSecond.\n \nThe third. It is long. Too long for one.\n\nLast.";
  REQUIRE(cut(make_paragraph_chunker({.size = 19, .overlap = 0, .unit = Unit::characters}), text) ==
          Texts{"First one.\nGoes on.", "Second.", "The third.", "It is long.", "Too long for one.", "Last."});
  REQUIRE(cut(make_paragraph_chunker({.size = 40, .overlap = 0, .unit = Unit::characters}), text) ==
          Texts{"First one.\nGoes on.\n\nSecond.", "The third. It is long. Too long for one.", "Last."});
}

TEST_CASE("page chunker: pages are counted, and no chunk reaches over two") {
  const auto chunker = make_page_chunker({.size = 4, .overlap = 2});
  const auto chunks = require_ok(chunker->chunk({.id = "doc", .text = "One. Two. Three.\f\fFour.\n\fFive."}));
  REQUIRE(texts_of(chunks) == Texts{"One. Two.", "Two. Three.", "Four.", "Five."});
  REQUIRE(chunks[0].origin->page == std::size_t{1});
  REQUIRE(chunks[1].origin->page == std::size_t{1});
  REQUIRE(chunks[2].origin->page == std::size_t{3});
  REQUIRE(chunks[3].origin->page == std::size_t{4});
}

TEST_CASE("sentence window chunker: each sentence knows the range of as many on either side") {
  const Document source = {.id = "doc", .text = "A b. C d. E f. G h. I j."};
  const auto chunks = require_ok(make_sentence_window_chunker({.window = 1})->chunk(source));
  REQUIRE(texts_of(chunks) == Texts{"A b.", "C d.", "E f.", "G h.", "I j."});
  const auto window = [&](std::size_t i) {
    const auto begin = *chunks[i].metadata.find(kWindowBeginKey)->second.get_if<std::int64_t>();
    const auto end = *chunks[i].metadata.find(kWindowEndKey)->second.get_if<std::int64_t>();
    return source.text.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
  };
  REQUIRE(window(0) == "A b. C d.");
  REQUIRE(window(2) == "C d. E f. G h.");
  REQUIRE(window(4) == "G h. I j.");
}
