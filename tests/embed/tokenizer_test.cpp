#include <random>
#include <string>
#include <vector>

#include "base/utf8.hpp"
#include "embed/model_files.hpp"
#include "embed/random_text.hpp"
#include "embed/tokenizer_json.hpp"
#include "support/catch.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

std::vector<std::string> pieces(std::string_view text) {
  static const std::string tensors = small_tensors();
  const auto tokenizer = require_ok(make_model(tensors))->tokenizer();
  std::vector<std::string> result;
  for (const TokenRange& range : require_ok(tokenizer->tokenize(text))) {
    result.emplace_back(text.substr(range.begin, range.end - range.begin));
  }
  return result;
}

using Pieces = std::vector<std::string>;

// Vocabulary of single letters, jamo, digits and marks: most characters become several tokens.
const std::string kLetters =
    R"({"normalizer":{"type":"NFKD"},"pre_tokenizer":{"type":"Whitespace"},"model":{"type":"WordPiece",)"
    R"("unk_token":"?","continuing_subword_prefix":"","max_input_chars_per_word":100,"vocab":{"?":0,"a":1,"e":2,)"
    R"("f":3,"i":4,"1":5,"2":6,"\u2044":7,"\u0301":8,"\u0323":9,"\u1100":10,"\u1161":11,"\u11A8":12}}})";

void check_ranges(const std::vector<TokenRange>& ranges, std::string_view text) {
  std::size_t last = 0;
  for (const TokenRange& range : ranges) {
    REQUIRE(range.begin >= last);
    REQUIRE(range.begin < range.end);
    REQUIRE(range.end <= text.size());
    REQUIRE(is_utf8_boundary(text, range.begin));
    REQUIRE(is_utf8_boundary(text, range.end));
    last = range.end;
  }
}

}  // namespace

TEST_CASE("tokenizer: ranges are the bytes of the text that a token came from, unknown ones too") {
  REQUIRE(pieces("Red, greenish  purple!") == Pieces{"Red", ",", "green", "ish", "purple", "!"});
  REQUIRE(pieces("gr\u00E9\u0113n bl\u00FCe") == Pieces{"gr\u00E9\u0113n", "bl\u00FCe"});
  REQUIRE(pieces("re\u0301d\u0323 x") == Pieces{"re\u0301d\u0323", "x"});
  REQUIRE(pieces("a\u4E2D\u6587") == Pieces{"a", "\u4E2D", "\u6587"});
  REQUIRE(pieces("re\u200Bd") == Pieces{"re\u200Bd"});
  REQUIRE(pieces("").empty());
}

TEST_CASE("tokenizer: where one character became several tokens, the first has its bytes") {
  const std::string tensors = safetensors({{"embeddings", "I8", "[13,1]", std::string(13, '\1')}});
  const auto tokenizer = require_ok(make_model(tensors, kLetters))->tokenizer();
  const std::string text = "\u00BDa \uAC01 \uFB01e\u0301\u0323";
  const auto ranges = require_ok(tokenizer->tokenize(text));
  check_ranges(ranges, text);
  REQUIRE(ranges == std::vector<TokenRange>{{0, 2}, {2, 3}, {4, 7}, {8, 11}, {11, 12}, {14, 16}});
}

TEST_CASE("tokenizer: text that is not UTF-8 is refused with the place") {
  const auto tokenizer = require_ok(make_static_embedder())->tokenizer();
  require_error(tokenizer->tokenize("ab\xFFq"), ErrorCode::invalid_argument, {"byte 2"});
}

TEST_CASE("tokenizer: ranges of random text ascend, lie in it, and begin and end between characters") {
  const auto built_in = require_ok(make_static_embedder())->tokenizer();
  const std::string tensors = safetensors({{"embeddings", "I8", "[13,1]", std::string(13, '\1')}});
  const auto letters = require_ok(make_model(tensors, kLetters))->tokenizer();
  std::mt19937_64 random(8);
  for (int round = 0; round < 5000; ++round) {
    const std::string text = random_text(random, 60);
    check_ranges(require_ok(built_in->tokenize(text)), text);
    check_ranges(require_ok(letters->tokenize(text)), text);
  }
}

TEST_CASE("tokenizer: the short way for ASCII gives what the long way gives") {
  // A rare character at the end of each word sends it the long way; the model's tokens do not have it.
  const auto tokenizer = require_ok(parse_tokenizer_json(kTokenizer, 6));
  std::mt19937_64 random(9);
  TokenizerScratch scratch;
  std::vector<Token> plain;
  std::vector<Token> marked;
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    std::string with_marks;
    for (std::size_t words = random() % 6; words > 0; --words) {
      static const char* const kParts[] = {"red", "Green", "ish", "blue", ",", "x", "!", "GREENISH"};
      const std::string word = kParts[random() % 8] + std::string(kParts[random() % 8]);
      text += word + " ";
      with_marks += word + "\u0301 ";  // BERT's normaliser drops it
    }
    tokenizer.tokenize(text, scratch, plain);
    tokenizer.tokenize(with_marks, scratch, marked);
    REQUIRE(plain.size() == marked.size());
    for (std::size_t i = 0; i < plain.size(); ++i) REQUIRE(plain[i].id == marked[i].id);
  }
}

TEST_CASE("tokenizer: long runs without white space are cut beside ideographs only, to the same tokens") {
  const auto tokenizer = require_ok(parse_tokenizer_json(kTokenizer, 6));
  std::string text;
  std::size_t expected = 0;
  for (int i = 0; i < 3000; ++i) {
    text += "red\u4E2D\u3400";  // the second is an ideograph too, but no place to cut
    expected += 3;
  }
  TokenizerScratch scratch;
  std::vector<Token> tokens;
  tokenizer.tokenize(text, scratch, tokens);
  REQUIRE(tokens.size() == expected);
  for (std::size_t i = 0; i < tokens.size(); i += 3) {
    REQUIRE((tokens[i].id == 1 && tokens[i + 1].id == 0 && tokens[i + 2].id == 0));
    REQUIRE(tokens[i].begin == i / 3 * 9);
  }
}
