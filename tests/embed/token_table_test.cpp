#include <map>
#include <optional>
#include <random>
#include <string>

#include "embed/token_table.hpp"
#include "embed/word_model.hpp"
#include "support/catch.hpp"

using namespace scaup;

namespace {

std::string random_word(std::mt19937_64& random, std::size_t longest) {
  std::string word;
  for (std::size_t left = 1 + random() % longest; left > 0; --left) word += static_cast<char>('a' + random() % 3);
  return word;
}

}  // namespace

TEST_CASE("token table: what was put in is found, whole and as the longest prefix") {
  std::mt19937_64 random(5);
  std::map<std::string, std::uint32_t> oracle;
  TokenTable table(500);
  for (std::uint32_t id = 0; id < 500; ++id) {
    const std::string word = random_word(random, 7);
    REQUIRE(table.insert(word, id) == oracle.emplace(word, id).second);
  }
  for (int round = 0; round < 5000; ++round) {
    const std::string text = random_word(random, 10);
    const auto expected = oracle.find(text);
    const auto found = table.find(text);
    REQUIRE(found.has_value() == (expected != oracle.end()));
    if (found) REQUIRE(*found == expected->second);
    std::size_t longest = text.size();
    while (longest > 0 && !oracle.contains(text.substr(0, longest))) --longest;
    const auto match = table.longest_prefix(text);
    REQUIRE(match.has_value() == (longest > 0));
    if (match) REQUIRE((match->size == longest && match->id == oracle[text.substr(0, longest)]));
  }
}

TEST_CASE("token table: an empty one finds nothing") {
  const TokenTable table;
  REQUIRE(table.empty());
  REQUIRE_FALSE(table.find("a").has_value());
  REQUIRE_FALSE(table.longest_prefix("a").has_value());
  REQUIRE_FALSE(table.has_first('a'));
}

TEST_CASE("word model: a word is cut greedily, or unknown as a whole") {
  WordModel model{.whole = TokenTable(4), .continuing = TokenTable(2), .max_characters = 8, .unknown = 9};
  model.whole.insert("ba", 0);
  model.whole.insert("ban", 1);
  model.whole.insert("##a", 2);
  model.continuing.insert("a", 2);
  model.continuing.insert("na", 3);
  const auto tokens = [&](std::string_view word) {
    std::vector<Token> out;
    model.append_tokens(word, word.size(), 100, out);
    return out;
  };
  REQUIRE(tokens("bana") == std::vector<Token>{{1, 100, 103}, {2, 103, 104}});
  REQUIRE(tokens("bananana") == std::vector<Token>{{1, 100, 103}, {2, 103, 104}, {3, 104, 106}, {3, 106, 108}});
  REQUIRE(tokens("banx") == std::vector<Token>{{9, 100, 104}});
  REQUIRE(tokens("na") == std::vector<Token>{{9, 100, 102}});
  REQUIRE(tokens("##a") == std::vector<Token>{{2, 100, 103}});
  REQUIRE(tokens("banananan") == std::vector<Token>{{9, 100, 109}});  // nine characters
}
