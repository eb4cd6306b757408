// What every chunker promises, on random and on hostile texts.

#include <random>
#include <stop_token>
#include <string>
#include <vector>

#include "scaup/chunker.hpp"
#include "support/all_chunkers.hpp"
#include "support/catch.hpp"
#include "support/chunk_checks.hpp"
#include "support/random_text.hpp"
#include "text/chunkers/unit_counter.hpp"

using namespace scaup;
using scaup::test::all_chunkers;
using scaup::test::problem_of_chunks;
using scaup::test::random_text;
using scaup::test::require_error;
using scaup::test::require_ok;
using scaup::test::words_and_marks;

namespace {

// What chunkers look for: stops, abbreviations, brackets, pages, code, messages.
constexpr std::string_view kWords[] = {"Dr. ",         "U.S. ",
                                       "e.g. ",        "3.14",
                                       "...",          "\xE2\x80\xA6",
                                       "?!",           "\xE3\x80\x82",
                                       "\xE3\x80\x8D", "(It ran.)",
                                       "\f",           "\n\n",
                                       "The end. ",    "[1]",
                                       "{\n",          "}\n",
                                       "\"",           "'",
                                       "// note\n",    "/*",
                                       "*/",           "def f():\n",
                                       "    ",         "# Head\n",
                                       "User: hi\n",   "{\"role\": \"user\", \"content\": \"a\"}\n"};

// One pass: text without white space at any cut, so that every byte must be in a chunk.
void require_covered(const std::vector<Document>& chunks, const std::string& text, std::size_t size) {
  std::size_t covered = 0;
  for (const Document& chunk : chunks) {
    REQUIRE(chunk.origin->begin <= covered);
    REQUIRE(chunk.origin->end > covered);
    REQUIRE(chunk.text.size() <= size);
    REQUIRE(text.compare(chunk.origin->begin, chunk.text.size(), chunk.text) == 0);
    covered = chunk.origin->end;
  }
  REQUIRE(covered == text.size());
}

RecursiveChunkerOptions random_sizes(std::mt19937_64& random) {
  RecursiveChunkerOptions options;
  options.size = 1 + random() % (random() % 2 == 0 ? 8 : 60);
  options.overlap = random() % 3 == 0 ? 0 : random() % options.size;
  options.unit = static_cast<Unit>(random() % 3);
  return options;
}

}  // namespace

TEST_CASE("every chunker: random text keeps every promise") {
  std::mt19937_64 random(21);
  for (const auto& kind : all_chunkers()) {
    for (int round = 0; round < 800; ++round) {
      RecursiveChunkerOptions options = random_sizes(random);
      kind.adjust(options);
      const Document source = {.id = "doc", .text = random_text(random, random() % 120, kWords)};
      INFO(kind.name << ", size " << options.size << ", overlap " << options.overlap << ", unit "
                     << static_cast<int>(options.unit) << ": " << source.text);
      const auto chunker = kind.make(options);
      const auto chunks = require_ok(chunker->chunk(source));
      REQUIRE(problem_of_chunks(source, chunks, options, words_and_marks(source.text)) == "");
      REQUIRE(chunks == require_ok(chunker->chunk(source)));
    }
  }
}

TEST_CASE("every chunker: an empty text, or white space alone, gives no chunk") {
  for (const auto& kind : all_chunkers()) {
    for (const char* text : {"", " ", "\r\n\r\n", "\f\f \n\f", "\xC2\xA0\xE3\x80\x80\xE2\x80\xA8\t"}) {
      INFO(kind.name);
      REQUIRE(require_ok(kind.make({})->chunk({.id = "doc", .text = text})).empty());
    }
  }
}

TEST_CASE("every chunker: a text that is not UTF-8 is refused, with the place") {
  for (const auto& kind : all_chunkers()) {
    INFO(kind.name);
    require_error(kind.make({})->chunk({.id = "doc", .text = "One. Two.\n\xC3("}), ErrorCode::invalid_argument,
                  {"document \"doc\"", "not UTF-8 at byte 10"});
  }
}

TEST_CASE("every chunker: ten megabytes without a newline are cut like any text") {
  constexpr std::size_t kBytes = 10'000'000;
  std::string words;
  while (words.size() < kBytes / 5) words += "word, and (more) words. So ";
  words += ".";
  for (const auto& kind : all_chunkers()) {
    for (const std::string& text :
         {std::string(kBytes, 'x'), std::string(kBytes / 10, '('), std::string(kBytes / 10, '.')}) {
      RecursiveChunkerOptions options = {.size = 1000, .overlap = 100, .unit = Unit::characters};
      kind.adjust(options);
      INFO(kind.name << ": " << text[0]);
      const auto chunks = require_ok(kind.make(options)->chunk({.id = "doc", .text = text}));
      require_covered(chunks, text, options.unit == Unit::tokens && text[0] == 'x' ? kBytes : 1000);
    }
    INFO(kind.name << ": words");
    const auto chunks = require_ok(kind.make({.size = 1000, .overlap = 0})->chunk({.id = "doc", .text = words}));
    REQUIRE(chunks.front().origin->begin == 0);
    REQUIRE(chunks.back().origin->end == words.size());
  }
}

TEST_CASE("every chunker: options out of range are refused, with the field and the range") {
  for (const auto& kind : all_chunkers()) {
    INFO(kind.name);
    const Document source = {.id = "doc", .text = "text"};
    require_error(kind.make({.size = 0})->chunk(source), ErrorCode::invalid_argument,
                  {kind.name, "size is 0", "at least 1"});
    RecursiveChunkerOptions options = {.size = 10, .overlap = 10};
    kind.adjust(options);
    if (options.overlap == 0) continue;
    require_error(kind.make(options)->chunk(source), ErrorCode::invalid_argument,
                  {kind.name, "overlap is 10", "0 to 9"});
  }
}

TEST_CASE("every chunker: a stop cancels the call") {
  std::stop_source stop;
  stop.request_stop();
  for (const auto& kind : all_chunkers()) {
    INFO(kind.name);
    require_error(kind.make({})->chunk({.id = "doc", .text = "text"}, stop.get_token()), ErrorCode::cancelled);
  }
}

TEST_CASE("every chunker: the metadata of the source is carried over") {
  for (const auto& kind : all_chunkers()) {
    INFO(kind.name);
    const auto chunks =
        require_ok(kind.make({})->chunk({.id = "doc", .text = "One. Two.", .metadata = {{"year", 2020}}}));
    REQUIRE(chunks.front().metadata.at("year") == Value(2020));
  }
}
