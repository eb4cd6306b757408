#include "embed/pre_tokenizer.hpp"

#include "text/unicode.hpp"

namespace scaup::inline v0 {
namespace {

// BERT takes the symbols of ASCII for punctuation as well.
bool is_bert_punctuation(char32_t value) noexcept {
  if (value < 0x80) {
    return (value >= 0x21 && value <= 0x2F) || (value >= 0x3A && value <= 0x40) || (value >= 0x5B && value <= 0x60) ||
           (value >= 0x7B && value <= 0x7E);
  }
  return is_punctuation(value);
}

}  // namespace

CharClass PreTokenizer::classify(char32_t value) const noexcept {
  if (white_space_ && is_white_space(value)) return CharClass::space;
  if (punctuation_ && is_bert_punctuation(value)) return CharClass::isolated;
  if (words_ && is_word_character(value)) return CharClass::word;
  return CharClass::other;
}

}  // namespace scaup::inline v0
