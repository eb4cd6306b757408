// The chat chunker: where messages begin.

#include <string>
#include <vector>

#include "scaup/format_chunkers.hpp"
#include "support/catch.hpp"

using namespace scaup;
using scaup::test::require_error;
using scaup::test::require_ok;

namespace {

using Texts = std::vector<std::string>;

// Sized so that each message is a chunk of its own.
Texts messages(const std::string& text, const Texts& speakers = {}, std::size_t size = 24) {
  Texts texts;
  const auto chunker = make_chat_chunker({.size = size, .overlap = 0, .unit = Unit::characters, .speakers = speakers});
  for (const Document& chunk : require_ok(chunker->chunk({.id = "doc", .text = text}))) texts.push_back(chunk.text);
  return texts;
}

}  // namespace

TEST_CASE("chat chunker: a message begins at a name and a colon, and goes on over lines") {
  REQUIRE(messages("User: how are you?\nAssistant: fine, thank\nyou\nUser:\nwell then, goodbye") ==
          Texts{"User: how are you?", "Assistant: fine, thank", "you", "User:\nwell then, goodbye"});
  REQUIRE(messages("User: how are you?\nAssistant: fine, thank\nyou\nUser: good", {}, 30) ==
          Texts{"User: how are you?", "Assistant: fine, thank\nyou", "User: good"});
}

TEST_CASE("chat chunker: times before the name are known") {
  REQUIRE(messages("[10:15] Ann: good morning\n[10:16] Bob: yes, good morning", {}, 30) ==
          Texts{"[10:15] Ann: good morning", "[10:16] Bob: yes, good morning"});
  REQUIRE(messages("12/03/2024, 10:15 - Ann: good morning\n12/03/2024, 10:16 - Bob: morning", {}, 40).size() == 2);
}

TEST_CASE("chat chunker: addresses, times and long lines begin no message") {
  REQUIRE(messages("Ann: see\nhttp://a.b\n10:30 is fine\nthis is a long line of text: yes", {}, 80).size() == 1);
  REQUIRE(messages("Ann: one two three\n10:30 is the time", {}, 36) == Texts{"Ann: one two three\n10:30 is the time"});
}

TEST_CASE("chat chunker: lines of JSON with role and content are messages") {
  const std::string a = R"({"role": "user", "content": "Hello"})";
  const std::string b = R"({"role": "assistant", "content": "Hello to you"})";
  REQUIRE(messages(a + "\n" + b + "\n", {}, 60) == Texts{a, b});
}

TEST_CASE("chat chunker: with a list of speakers, only these begin messages, in any case") {
  const std::string text = "USER: write this down\nNote: it is late now\nAssistant: done, of course";
  REQUIRE(messages(text, {"user", "assistant"}, 45) ==
          Texts{"USER: write this down\nNote: it is late now", "Assistant: done, of course"});
  REQUIRE(messages(text, {}, 26).size() == 3);
  require_error(make_chat_chunker({.speakers = Texts(1001, "x")})->chunk({.text = "x"}), ErrorCode::invalid_argument,
                {"speakers has 1001 entries"});
}

TEST_CASE("chat chunker: whole messages are packed and repeated") {
  const std::string text = "A: one\nB: two\nA: three\nB: four";
  Texts texts;
  const auto chunker = make_chat_chunker({.size = 9, .overlap = 3});
  for (const Document& chunk : require_ok(chunker->chunk({.id = "doc", .text = text}))) texts.push_back(chunk.text);
  REQUIRE(texts == Texts{"A: one\nB: two\nA: three", "A: three\nB: four"});
}
