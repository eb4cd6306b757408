#include <random>
#include <string>
#include <vector>

#include "embed/model_files.hpp"
#include "embed/tokenizer_json.hpp"
#include "support/catch.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

Result<TextTokenizer> parse(const std::string& json) {
  return parse_tokenizer_json(json, 6);
}

// The numbers of the tokens of `text`.
std::vector<std::uint32_t> ids(const std::string& json, std::string_view text) {
  const auto tokenizer = require_ok(parse(json));
  TokenizerScratch scratch;
  std::vector<Token> tokens;
  tokenizer.tokenize(text, scratch, tokens);
  std::vector<std::uint32_t> result;
  for (const Token& token : tokens) result.push_back(token.id);
  return result;
}

using Ids = std::vector<std::uint32_t>;

std::string with_normalizer(const std::string& json) {
  const auto begin = kTokenizer.find("{\"type\":\"BertNormalizer\"");
  const auto end = kTokenizer.find(",\"pre_tokenizer\"");
  return kTokenizer.substr(0, begin) + json + kTokenizer.substr(end);
}

std::string with_pre_tokenizer(const std::string& json) {
  return replaced(kTokenizer, R"({"type":"BertPreTokenizer"})", json);
}

const std::string kWordLevel =
    R"({"pre_tokenizer":{"type":"Whitespace"},"model":{"type":"WordLevel","unk_token":"[UNK]",)"
    R"("vocab":{"[UNK]":0,"red":1,"greenish":2,"+":3}}})";

std::string with_added(const std::string& token) {
  return replaced(kTokenizer, R"("added_tokens":[])", R"("added_tokens":[)" + token + "]");
}

}  // namespace

TEST_CASE("tokenizer.json: WordPiece with BERT's normalizer and pre-tokenizer") {
  REQUIRE(ids(kTokenizer, "Red, GREENISH bl\u00FCe gr\u0113e\u0301n purple") == Ids{1, 5, 2, 3, 4, 2, 0});
  REQUIRE(ids(kTokenizer, "") == Ids{});
  REQUIRE(ids(kTokenizer, " \t\n\u3000") == Ids{});
  REQUIRE(ids(kTokenizer, "\x01") == Ids{});
}

TEST_CASE("tokenizer.json: WordLevel knows a word or does not") {
  REQUIRE(ids(kWordLevel, "red greenish+red green Red") == Ids{1, 2, 3, 1, 0, 0});
}

TEST_CASE("tokenizer.json: strip_accents null is what lowercase is") {
  const std::string cased = replaced(kTokenizer, R"("lowercase":true)", R"("lowercase":false)");
  REQUIRE(ids(cased, "r\u00E9d red RED") == Ids{0, 1, 0});
  const std::string stripped = replaced(cased, R"("strip_accents":null)", R"("strip_accents":true)");
  REQUIRE(ids(stripped, "r\u00E9d RED") == Ids{1, 0});
  const std::string kept = replaced(kTokenizer, R"("strip_accents":null)", R"("strip_accents":false)");
  REQUIRE(ids(kept, "r\u00E9d RED") == Ids{0, 1});
}

TEST_CASE("tokenizer.json: sequences of normalizers run in order") {
  const std::string json = with_normalizer(
      R"({"type":"Sequence","normalizers":[{"type":"NFKD"},{"type":"StripAccents"},{"type":"Lowercase"}]})");
  REQUIRE(ids(json, "R\u00C9D \uFF32ed") == Ids{1, 1});
  REQUIRE(ids(with_normalizer("null"), "red Red") == Ids{1, 0});
  for (const char* form : {"NFC", "NFD", "NFKC"}) {
    REQUIRE(ids(with_normalizer(R"({"type":")" + std::string(form) + "\"}"), "red") == Ids{1});
  }
}

TEST_CASE("tokenizer.json: pre-tokenizers cut where they say") {
  REQUIRE(ids(with_pre_tokenizer(R"({"type":"WhitespaceSplit"})"), "red, red") == Ids{0, 1});
  REQUIRE(ids(with_pre_tokenizer(R"({"type":"Whitespace"})"), "red, red,, red") == Ids{1, 5, 1, 0, 1});
  REQUIRE(ids(with_pre_tokenizer("null"), "red") == Ids{1});
  REQUIRE(ids(with_pre_tokenizer("null"), "red red") == Ids{0});
  REQUIRE(ids(with_pre_tokenizer(
                  R"({"type":"Sequence","pretokenizers":[{"type":"WhitespaceSplit"},{"type":"BertPreTokenizer"}]})"),
              "red,, red") == Ids{1, 5, 5, 1});
}

TEST_CASE("tokenizer.json: added tokens are found in the text as it is, the longest first") {
  const std::string json = with_added(
      R"({"id":0,"content":"[UNK]","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true},)"
      R"({"id":4,"content":"blue","lstrip":true,"rstrip":true,"normalized":false})");
  REQUIRE(ids(json, "red[UNK]red") == Ids{1, 0, 1});
  REQUIRE(ids(json, "redbluered") == Ids{1, 4, 1});
  REQUIRE(ids(json, "BLUE [UNK") == Ids{4, 0, 0});
  const std::string outside = replaced(replaced(kTokenizer, R"("blue":4,)", ""), R"("added_tokens":[])",
                                       R"("added_tokens":[{"id":4,"content":"X Y"},{"id":2,"content":"green"}])");
  REQUIRE(ids(outside, "redX Yred green") == Ids{1, 4, 1, 2});
}

TEST_CASE("tokenizer.json: types that are not supported are named") {
  const auto refused = [](const std::string& json, std::string_view name) {
    INFO(json);
    require_error(parse(json), ErrorCode::unsupported_format, {"tokenizer.json", name});
  };
  refused(with_normalizer(R"({"type":"Replace"})"), "Replace");
  refused(with_normalizer(R"({"type":"Sequence","normalizers":[{"type":"Precompiled"}]})"), "Precompiled");
  refused(with_pre_tokenizer(R"({"type":"ByteLevel"})"), "ByteLevel");
  refused(replaced(kTokenizer, R"("type":"WordPiece")", R"("type":"Unigram")"), "Unigram");
  refused(with_added(R"({"id":1,"content":"red","normalized":true})"), "normalized");
  refused(with_added(R"({"id":1,"content":"red","single_word":true})"), "single_word");
  refused(replaced(with_added(R"({"id":1,"content":"red","lstrip":true})"), R"({"type":"BertPreTokenizer"})", "null"),
          "lstrip");
  refused(replaced(kTokenizer, "\"blue\"", "\"" + std::string(2000, 'b') + "\""), "2000 bytes");
  std::string deep = R"({"type":"Lowercase"})";
  for (int i = 0; i < 12; ++i) deep = R"({"type":"Sequence","normalizers":[)" + deep + "]}";
  refused(with_normalizer(deep), "Sequence");
}

TEST_CASE("tokenizer.json: what contradicts itself is corruption") {
  const auto refused = [](const std::string& json, std::string_view part) {
    INFO(json);
    require_error(parse(json), ErrorCode::corruption, {"tokenizer.json", part});
  };
  refused("", "JSON");
  refused("{\"model\":", "JSON");
  refused("[]", "object");
  refused("{}", "model");
  refused("\xFF", "JSON");
  refused(R"({"model":{"type":"WordLevel","unk_token":"a"}})", "vocab");
  refused(R"({"model":{"type":"WordLevel","unk_token":"a","vocab":[]}})", "vocab");
  refused(R"({"model":{"vocab":{}}})", "type");
  refused(replaced(kTokenizer, R"("blue":4)", R"("blue":6)"), "blue");
  refused(replaced(kTokenizer, R"("blue":4)", R"("blue":-1)"), "blue");
  refused(replaced(kTokenizer, R"("blue":4)", R"("blue":4.5)"), "blue");
  refused(replaced(kTokenizer, R"("blue":4)", R"("blue":18446744073709551615)"), "blue");
  refused(replaced(kTokenizer, R"("blue":4)", R"("blue":"4")"), "blue");
  refused(replaced(kTokenizer, R"("blue":4)", R"("blue":3)"), "number 3");
  refused(replaced(kTokenizer, R"("blue":4)", R"("red":4)"), "twice");
  refused(replaced(kTokenizer, R"("unk_token":"[UNK]")", R"("unk_token":"<unk>")"), "<unk>");
  refused(replaced(kTokenizer, R"("unk_token":"[UNK]")", R"("unk_token":null)"), "unk_token");
  refused(replaced(kTokenizer, R"("max_input_chars_per_word":10)", R"("max_input_chars_per_word":-1)"), "max_input");
  refused(replaced(kTokenizer, R"("continuing_subword_prefix":"##")", R"("continuing_subword_prefix":2)"), "prefix");
  refused(replaced(kTokenizer, R"("lowercase":true)", R"("lowercase":1)"), "lowercase");
  refused(with_normalizer(R"({"type":"Sequence"})"), "normalizers");
  refused(with_normalizer("3"), "type");
  refused(with_pre_tokenizer(R"({"type":"Sequence","pretokenizers":{}})"), "pretokenizers");
  refused(replaced(kTokenizer, R"("added_tokens":[])", R"("added_tokens":{})"), "added_tokens");
  refused(with_added(R"({"id":1})"), "content");
  refused(with_added(R"({"content":"red"})"), "id");
  refused(with_added(R"({"id":2,"content":"red"})"), "red");
  refused(with_added(R"({"id":2,"content":"new"})"), "number 2");
  refused(with_added(R"({"id":6,"content":"new"})"), "new");
  refused(with_added(R"({"id":1,"content":"red"},{"id":1,"content":"red"})"), "twice");
}

TEST_CASE("tokenizer.json: an empty prefix, empty tokens and old files without a type are read") {
  REQUIRE(ids(replaced(kTokenizer, R"("continuing_subword_prefix":"##")", R"("continuing_subword_prefix":"")"),
              "redblue") == Ids{1, 4});
  REQUIRE(ids(replaced(kTokenizer, R"("##ish":3)", R"("":3)"), "red greenish") == Ids{1, 0});
  REQUIRE(ids(replaced(kTokenizer, R"("type":"WordPiece",)", ""), "greenish") == Ids{2, 3});
}

TEST_CASE("tokenizer.json: a file cut at any byte, or changed at random, is an error or a tokenizer") {
  for (std::size_t size = 0; size < kTokenizer.size(); ++size) {
    require_error(parse(kTokenizer.substr(0, size)), ErrorCode::corruption);
  }
  std::mt19937_64 random(6);
  for (int round = 0; round < 20'000; ++round) {
    std::string json = kTokenizer;
    for (std::size_t flips = 1 + random() % 3; flips > 0; --flips) {
      json[random() % json.size()] ^= static_cast<char>(1U << (random() % 8));
    }
    const auto tokenizer = parse(json);
    if (!tokenizer) continue;
    TokenizerScratch scratch;
    std::vector<Token> tokens;
    tokenizer->tokenize("Red, greenish bl\u00FCe \u4E2D", scratch, tokens);
    for (const Token& token : tokens) REQUIRE(token.id < 6);
  }
}
