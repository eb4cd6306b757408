#pragma once
// A whole tokenizer: added tokens, normaliser, pre-tokeniser and model, from text to tokens.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "embed/normalizer.hpp"
#include "embed/pre_tokenizer.hpp"
#include "embed/token_table.hpp"
#include "embed/word_model.hpp"

namespace scaup::inline v0 {

/// Room to work in, kept from text to text so that no token allocates. Of one thread.
struct TokenizerScratch {
  std::vector<NormalChar> chars;
  std::vector<NormalChar> spare;
  std::string word;
  std::vector<Token> pieces;
  std::vector<std::uint32_t> owners;  // for each byte of `word`, the index of its character in `chars`
};

/// Turns texts into tokens as the Hugging Face tokenizers library does, without special tokens,
/// truncation or padding. Runs of ASCII take a short way through a table that is made at the beginning
/// by asking the normaliser and the pre-tokeniser for each ASCII character.
/// Thread-compatible: const members concurrently; a non-const member needs exclusive access.
class TextTokenizer {
 public:
  TextTokenizer(TokenTable added, Normalizer normalizer, PreTokenizer pre_tokenizer, WordModel model);

  [[nodiscard]] std::uint32_t unknown() const noexcept { return model_.unknown; }

  /// Puts the tokens of `text`, valid UTF-8 below 4 GiB, into `out`, unknown ones too. The range of a
  /// token goes from the first byte to the last one that its characters were made of; where one
  /// character of the text became several tokens, the ranges of these overlap.
  void tokenize(std::string_view text, TokenizerScratch& scratch, std::vector<Token>& out) const;

 private:
  struct AsciiChar {
    char value = 0;
    CharClass kind = CharClass::other;
    bool plain = false;  // stands for one ASCII character
  };

  void tokenize_between(std::string_view text, std::uint32_t begin, std::uint32_t end, TokenizerScratch& scratch,
                        std::vector<Token>& out) const;
  void tokenize_ascii(std::string_view text, std::uint32_t begin, std::uint32_t end, TokenizerScratch& scratch,
                      std::vector<Token>& out) const;
  void tokenize_any(std::string_view text, std::uint32_t begin, std::uint32_t end, TokenizerScratch& scratch,
                    std::vector<Token>& out) const;
  void append_word(std::size_t first, std::size_t last, TokenizerScratch& scratch, std::vector<Token>& out) const;

  TokenTable added_;
  Normalizer normalizer_;
  PreTokenizer pre_tokenizer_;
  WordModel model_;
  std::array<AsciiChar, 256> ascii_ = {};  // past 127 not plain
};

}  // namespace scaup::inline v0
