#include <random>
#include <stop_token>
#include <string>
#include <vector>

#include "scaup/chunker.hpp"
#include "support/catch.hpp"
#include "support/chunk_checks.hpp"
#include "support/random_text.hpp"
#include "text/chunkers/unit_counter.hpp"

using namespace scaup;
using scaup::test::problem_of_chunks;
using scaup::test::random_text;
using scaup::test::require_error;
using scaup::test::require_ok;
using scaup::test::words_and_marks;

namespace {

using Texts = std::vector<std::string>;

std::vector<Document> chunk(const std::string& text, const RecursiveChunkerOptions& options) {
  return require_ok(make_recursive_chunker(options)->chunk({.id = "doc", .text = text}));
}

Texts texts_of(const std::vector<Document>& chunks) {
  Texts texts;
  for (const Document& each : chunks) texts.push_back(each.text);
  return texts;
}

Texts cut(const std::string& text, std::size_t size, std::size_t overlap = 0, Unit unit = Unit::characters) {
  return texts_of(chunk(text, {.size = size, .overlap = overlap, .unit = unit}));
}

// Three bytes a token, or what is left up to a code point's end.
class ThreeByteTokenizer final : public Tokenizer {
 public:
  Result<std::vector<TokenRange>> tokenize(std::string_view text) const override {
    std::vector<TokenRange> tokens;
    for (std::size_t at = 0; at < text.size();) {
      std::size_t end = std::min(at + 3, text.size());
      while (!is_utf8_boundary(text, end)) ++end;
      tokens.push_back({at, end});
      at = end;
    }
    return tokens;
  }
};

// Gives the same answer to every text.
class FixedTokenizer final : public Tokenizer {
 public:
  explicit FixedTokenizer(Result<std::vector<TokenRange>> answer) : answer_(std::move(answer)) {}
  Result<std::vector<TokenRange>> tokenize(std::string_view) const override { return answer_; }

 private:
  Result<std::vector<TokenRange>> answer_;
};

RecursiveChunkerOptions random_options(std::mt19937_64& random) {
  RecursiveChunkerOptions options;
  options.size = 1 + random() % (random() % 2 == 0 ? 8 : 60);
  options.overlap = random() % 3 == 0 ? 0 : random() % options.size;
  options.unit = static_cast<Unit>(random() % 3);
  if (random() % 3 == 0) options.tokenizer = std::make_shared<ThreeByteTokenizer>();
  if (random() % 4 == 0) options.separators = {"\xE6\xB8\xAF", "a", "word", "  "};
  if (random() % 8 == 0) options.separators = {};
  return options;
}

std::vector<TokenRange> tokens_of(const std::string& text, const RecursiveChunkerOptions& options) {
  return options.tokenizer ? require_ok(options.tokenizer->tokenize(text)) : words_and_marks(text);
}

}  // namespace

TEST_CASE("recursive chunker: a text that fits is one chunk without the white space around it") {
  REQUIRE(cut(" \n one two \t\xE3\x80\x80", 100) == Texts{"one two"});
  REQUIRE(cut("one two", 7) == Texts{"one two"});
}

TEST_CASE("recursive chunker: an empty text, or white space alone, gives no chunk") {
  for (const char* text :
       {"", " ", "\r\n\r\n",
        "\xC2\xA0\xE1\x9A\x80\xE2\x80\x83\xE2\x80\xA8\xE2\x80\xA9\xE2\x80\xAF\xE2\x81\x9F\xE3\x80\x80\xC2\x85"}) {
    REQUIRE(cut(text, 1).empty());
    REQUIRE(cut(text, 10, 3, Unit::tokens).empty());
  }
}

TEST_CASE("recursive chunker: pieces are packed up to the size") {
  REQUIRE(cut("aaa bbb ccc ddd", 7) == Texts{"aaa bbb", "ccc ddd"});
  REQUIRE(cut("aaa bbb ccc ddd", 11) == Texts{"aaa bbb ccc", "ddd"});
}

TEST_CASE("recursive chunker: a separator stays with the piece before it") {
  REQUIRE(cut("One. Two. Three.", 5) == Texts{"One.", "Two.", "Three", "."});
  REQUIRE(texts_of(chunk("a;b;c", {.size = 2, .overlap = 0, .unit = Unit::characters, .separators = {";"}})) ==
          Texts{"a;", "b;", "c"});
}

TEST_CASE("recursive chunker: the coarsest separator that gives small enough pieces is used") {
  REQUIRE(cut("one two\nthree four\n\nfive six\nseven", 18) == Texts{"one two\nthree four", "five six\nseven"});
  REQUIRE(cut("one two\nthree four\n\nfive six\nseven", 10) == Texts{"one two", "three four", "five six", "seven"});
}

TEST_CASE("recursive chunker: a full chunk ends at the best place that leaves it half full") {
  // Packing as much as fits would end the first chunk after "ccc", in the middle of the second paragraph.
  REQUIRE(cut("aaa bbb aaa\n\nccc ddd eee fff ggg hhh", 20) == Texts{"aaa bbb aaa", "ccc ddd eee fff ggg", "hhh"});
  // The end of the first paragraph would leave too little.
  REQUIRE(cut("aaa\n\nccc ddd eee fff ggg hhh", 20) == Texts{"aaa\n\nccc ddd eee fff", "ggg hhh"});
}

TEST_CASE("recursive chunker: past the last separator a text is cut between any two code points") {
  REQUIRE(cut("abcdefghij", 4) == Texts{"abcd", "efgh", "ij"});
  REQUIRE(cut("\xC3\xA9\xF0\x9F\xA6\x86z\xC3\xA9", 2) == Texts{"\xC3\xA9\xF0\x9F\xA6\x86", "z\xC3\xA9"});
  REQUIRE(cut("\xC3\xA9\xF0\x9F\xA6\x86z\xC3\xA9", 5, 0, Unit::bytes) ==
          Texts{"\xC3\xA9", "\xF0\x9F\xA6\x86z", "\xC3\xA9"});
}

TEST_CASE("recursive chunker: one code point that is too large is a chunk") {
  REQUIRE(cut("a\xF0\x9F\xA6\x86z", 3, 0, Unit::bytes) == Texts{"a", "\xF0\x9F\xA6\x86", "z"});
  REQUIRE(cut("a\xF0\x9F\xA6\x86z", 3, 2, Unit::bytes) == Texts{"a", "\xF0\x9F\xA6\x86", "z"});
}

TEST_CASE("recursive chunker: whole pieces are repeated, at most `overlap` units") {
  REQUIRE(cut("aaa bbb ccc ddd", 7, 3) == Texts{"aaa bbb", "bbb ccc", "ccc ddd"});
  REQUIRE(cut("aaa bbb ccc ddd", 7, 2) == Texts{"aaa bbb", "ccc ddd"});
  REQUIRE(cut("abcdefghij", 4, 1) == Texts{"abcd", "defg", "ghij"});
  REQUIRE(cut("abcdefghij", 4, 3).size() == 7);
}

TEST_CASE("recursive chunker: overlap gives way where the next piece would not fit beside it") {
  REQUIRE(cut("aa bb cc dddddddd", 8, 5) == Texts{"aa bb cc", "dddddddd"});
  REQUIRE(cut("aa bb cc ddddd", 8, 5) == Texts{"aa bb cc", "cc ddddd"});
}

TEST_CASE("recursive chunker: without a tokenizer, tokens are words and punctuation marks") {
  const auto count = [](std::string_view text) {
    const auto counter = require_ok(make_unit_counter(text, {}));
    REQUIRE(counter->count({0, text.size()}) == words_and_marks(text).size());
    return words_and_marks(text).size();
  };
  REQUIRE(count("don't stop, ever!") == 7);
  REQUIRE(count("x86_64") == 3);
  REQUIRE(count("caf\xC3\xA9 e\xCC\x81t\xC3\xA9") == 2);
  REQUIRE(count("\xE6\xB8\xAF\xE5\x8F\xA3\xE3\x80\x82") == 3);  // two ideographs and a full stop
  REQUIRE(count("\xE2\x80\x9Cyes\xE2\x80\x9D") == 3);           // quotation marks
  REQUIRE(count("one\xC2\xA0two\x01three\xE3\x80\x80"
                "four") == 4);  // white space and controls separate
  REQUIRE(cut("One, two, three.", 4, 0, Unit::tokens) == Texts{"One, two,", "three."});
}

TEST_CASE("recursive chunker: a tokenizer counts the tokens where there is one") {
  const RecursiveChunkerOptions options = {.size = 2,
                                           .overlap = 0,
                                           .unit = Unit::tokens,
                                           .separators = {},
                                           .tokenizer = std::make_shared<ThreeByteTokenizer>()};
  REQUIRE(texts_of(chunk("abcdefghij", options)) == Texts{"abcdef", "ghij"});
}

TEST_CASE("recursive chunker: tokens that a text cannot have are an error, not trusted") {
  const std::string text =
      "a\xC3\xA9"
      "b";
  for (const std::vector<TokenRange>& tokens :
       {std::vector<TokenRange>{{0, 5}}, {{1, 0}}, {{0, 2}}, {{2, 3}}, {{1, 3}, {0, 1}}, {{0, 3}, {1, 4}}}) {
    const auto chunker =
        make_recursive_chunker({.size = 1, .overlap = 0, .tokenizer = std::make_shared<FixedTokenizer>(tokens)});
    require_error(chunker->chunk({.id = "doc", .text = text}), ErrorCode::internal,
                  {"document \"doc\"", "tokenizer: token"});
  }
  const auto empty_tokens =
      std::make_shared<FixedTokenizer>(std::vector<TokenRange>{{0, 0}, {0, 1}, {1, 1}, {1, 3}, {3, 4}});
  REQUIRE(texts_of(chunk(text, {.size = 1, .overlap = 0, .tokenizer = empty_tokens})) == Texts{"a", "\xC3\xA9", "b"});
}

TEST_CASE("recursive chunker: what the tokenizer reports is passed on") {
  const auto failing = std::make_shared<FixedTokenizer>(Error(ErrorCode::unavailable, "model is gone"));
  const auto chunker = make_recursive_chunker({.tokenizer = failing});
  require_error(chunker->chunk({.id = "doc", .text = "text"}), ErrorCode::unavailable,
                {"document \"doc\"", "model is gone"});
}

TEST_CASE("recursive chunker: chunks carry id, metadata, place and lines") {
  const Document source = {
      .id = "a/b.txt", .text = "\none\r\ntwo\n\nthree", .metadata = {{"year", 2020}, {"path", "a/b.txt"}}};
  const auto chunks =
      require_ok(make_recursive_chunker({.size = 8, .overlap = 0, .unit = Unit::characters})->chunk(source));
  REQUIRE(texts_of(chunks) == Texts{"one\r\ntwo", "three"});
  REQUIRE(chunks[1].id == "a/b.txt#1");
  REQUIRE(chunks[1].metadata == source.metadata);
  REQUIRE(*chunks[0].origin == Origin{.source_id = "a/b.txt", .begin = 1, .end = 9, .first_line = 2, .last_line = 3});
  REQUIRE(*chunks[1].origin ==
          Origin{.source_id = "a/b.txt", .begin = 11, .end = 16, .chunk_index = 1, .first_line = 5, .last_line = 5});
}

TEST_CASE("recursive chunker: options out of range are refused, with the field and the range") {
  const auto refuse = [](const RecursiveChunkerOptions& options, std::initializer_list<std::string_view> parts) {
    require_error(make_recursive_chunker(options)->chunk({.text = "text"}), ErrorCode::invalid_argument, parts);
  };
  refuse({.size = 0}, {"size is 0", "at least 1"});
  refuse({.size = 10, .overlap = 10}, {"overlap is 10", "0 to 9"});
  refuse({.size = 10, .overlap = 9, .unit = static_cast<Unit>(9)}, {"unit is 9", "tokens"});
  refuse({.separators = {" ", ""}}, {"separators[1] is empty"});
  refuse({.separators = {"a\xFF"}}, {"separators[0] is not UTF-8 at byte 1"});
  refuse({.separators = Texts(1001, "x")}, {"separators has 1001 entries", "at most 1000"});
}

TEST_CASE("recursive chunker: a text that is not UTF-8 is refused, with the place") {
  for (const Unit unit : {Unit::bytes, Unit::characters, Unit::tokens}) {
    const auto chunker = make_recursive_chunker({.unit = unit});
    require_error(chunker->chunk({.id = "doc", .text = "0123456789\xC3"}), ErrorCode::invalid_argument,
                  {"document \"doc\"", "not UTF-8 at byte 10"});
  }
}

TEST_CASE("recursive chunker: a stop cancels the call") {
  std::stop_source source;
  source.request_stop();
  require_error(make_recursive_chunker()->chunk({.text = "text"}, source.get_token()), ErrorCode::cancelled);
}

TEST_CASE("recursive chunker: random text keeps every promise") {
  std::mt19937_64 random(7);
  for (int round = 0; round < 4000; ++round) {
    const RecursiveChunkerOptions options = random_options(random);
    const Document source = {.id = "doc", .text = random_text(random, random() % 150)};
    const auto chunker = make_recursive_chunker(options);
    const auto chunks = require_ok(chunker->chunk(source));
    INFO("round " << round << ", size " << options.size << ", overlap " << options.overlap << ": " << source.text);
    REQUIRE(problem_of_chunks(source, chunks, options, tokens_of(source.text, options)) == "");
    REQUIRE(chunks == require_ok(chunker->chunk(source)));
  }
}

TEST_CASE("recursive chunker: counting by index gives what counting one by one gives") {
  std::mt19937_64 random(8);
  for (int round = 0; round < 300; ++round) {
    RecursiveChunkerOptions options = random_options(random);
    const std::string text = random_text(random, 1 + random() % 400);
    const auto tokens = tokens_of(text, options);
    const auto counter = require_ok(make_unit_counter(text, options));
    std::vector<std::size_t> boundaries;
    for (std::size_t at = 0; at <= text.size(); ++at) {
      if (is_utf8_boundary(text, at)) boundaries.push_back(at);
    }
    for (int i = 0; i < 50; ++i) {
      const std::size_t a = boundaries[random() % boundaries.size()];
      const std::size_t b = boundaries[random() % boundaries.size()];
      const ByteRange range = {std::min(a, b), std::max(a, b)};
      const std::size_t expected =
          range.empty() ? 0 : test::naive_count(text, range.begin, range.end, options.unit, tokens);
      REQUIRE(counter->count(range) == expected);
      if (range.begin == text.size()) continue;
      const std::size_t units = 1 + random() % 40;
      const std::size_t end = counter->advance(range.begin, units);
      REQUIRE(end > range.begin);
      REQUIRE(is_utf8_boundary(text, end));
      const std::size_t counted = counter->count({range.begin, end});
      REQUIRE((counted <= units || count_code_points(text.substr(range.begin, end - range.begin)) == 1));
      const auto next = std::ranges::upper_bound(boundaries, end);
      if (next != boundaries.end() && options.unit != Unit::tokens)
        REQUIRE(counter->count({range.begin, *next}) > units);
    }
  }
}

TEST_CASE("recursive chunker: a long text without a separator is cut like any other") {
  const std::string text(3'000'000, 'x');
  const auto chunks = chunk(text, {.size = 1000, .overlap = 100, .unit = Unit::characters});
  REQUIRE(chunks.size() == 3334);  // 900 new code points each
  REQUIRE(chunks.back().origin->end == text.size());
  REQUIRE(chunk(text, {.size = 10, .overlap = 3, .unit = Unit::tokens}).size() == 1);
  REQUIRE(chunk(std::string(3'000'000, ' ') + "x", {.size = 10, .overlap = 3, .unit = Unit::bytes}).size() == 1);
}
