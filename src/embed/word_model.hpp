#pragma once
// The models of a tokenizer.json: from a word to the numbers of its tokens.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "embed/token_table.hpp"

namespace scaup::inline v0 {

/// A token found in a text: its number, and the bytes `[begin, end)` it was found in.
struct Token {
  std::uint32_t id = 0;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;

  friend bool operator==(const Token&, const Token&) = default;
};

/// WordPiece: greedy longest match from the left; a word that cannot be covered is one unknown token.
/// WordLevel is the same without continuing pieces and without a longest word: a word is known or not.
/// Thread-compatible: const members concurrently; a non-const member needs exclusive access.
struct WordModel {
  TokenTable whole;                ///< every token as it is spelled: what may begin a word
  TokenTable continuing;           ///< tokens that continue a word, without their prefix; empty for WordLevel
  std::size_t max_characters = 0;  ///< a longer word is unknown
  std::uint32_t unknown = 0;       ///< number of the unknown token

  /// Appends the tokens of `word`, which is not empty and has `characters` code points; their ranges are
  /// bytes of `word`, shifted by `shift`.
  void append_tokens(std::string_view word, std::size_t characters, std::uint32_t shift, std::vector<Token>& out) const;
};

}  // namespace scaup::inline v0
