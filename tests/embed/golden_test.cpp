#include <cmath>
#include <cstdint>
#include <fstream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "embed/tokenizer_json.hpp"
#include "json/json_reader.hpp"
#include "scaup/embedder.hpp"
#include "support/catch.hpp"

using namespace scaup;
using scaup::test::require_ok;

namespace {

struct GoldenText {
  std::string text;
  std::vector<std::uint32_t> ids;  // without unknown tokens
  std::vector<std::uint32_t> ids_with_unknown;
  std::vector<double> embedding;
};

template <typename T>
std::vector<T> numbers(const JsonValue& object, std::string_view key) {
  std::vector<T> result;
  for (const JsonValue& number : *object.find(key)->get_if<JsonArray>()) {
    const auto* integer = number.get_if<std::int64_t>();
    result.push_back(integer != nullptr ? static_cast<T>(*integer) : static_cast<T>(*number.get_if<double>()));
  }
  return result;
}

std::vector<GoldenText> golden_texts() {
  std::ifstream file(SCAUP_SOURCE_DIR "/tests/golden/static-en-256.jsonl");
  std::vector<GoldenText> texts;
  for (std::string line; std::getline(file, line);) {
    const JsonValue value = require_ok(parse_json(line));
    texts.push_back({*value.find("text")->get_if<std::string>(), numbers<std::uint32_t>(value, "ids"),
                     numbers<std::uint32_t>(value, "ids_with_unk"), numbers<double>(value, "embedding")});
  }
  REQUIRE(texts.size() == 50);
  return texts;
}

TextTokenizer built_in_tokenizer() {
  std::ifstream file(SCAUP_SOURCE_DIR "/models/static-en-256/tokenizer.json");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  return require_ok(parse_tokenizer_json(text, 29'000));
}

}  // namespace

TEST_CASE("golden: token ids equal those of the reference") {
  const TextTokenizer tokenizer = built_in_tokenizer();
  TokenizerScratch scratch;
  std::vector<Token> tokens;
  for (const GoldenText& golden : golden_texts()) {
    INFO(golden.text);
    tokenizer.tokenize(golden.text, scratch, tokens);
    std::vector<std::uint32_t> all;
    std::vector<std::uint32_t> known;
    for (const Token& token : tokens) {
      all.push_back(token.id);
      if (token.id != tokenizer.unknown()) known.push_back(token.id);
    }
    REQUIRE(all == golden.ids_with_unknown);
    REQUIRE(known == golden.ids);
  }
}

TEST_CASE("golden: embeddings of the built-in model are within 1e-5 of the reference") {
  const auto embedder = require_ok(make_static_embedder());
  const auto texts = golden_texts();
  std::vector<std::string_view> views;
  for (const GoldenText& golden : texts) views.push_back(golden.text);
  const Embeddings found = require_ok(embedder->embed(views, TextKind::document));
  REQUIRE(found.rows() == texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    INFO(texts[i].text);
    REQUIRE(found.row(i).size() == texts[i].embedding.size());
    for (std::size_t j = 0; j < found.dimension; ++j) {
      REQUIRE(std::abs(static_cast<double>(found.row(i)[j]) - texts[i].embedding[j]) < 1e-5);
    }
  }
}

TEST_CASE("golden: the built-in model says who it is") {
  const auto embedder = require_ok(make_static_embedder());
  REQUIRE(to_string(embedder->identity()) == "scaup-static/static-en-256, 256 dimensions, normalised");
  REQUIRE(embedder->tokenizer() != nullptr);
}
