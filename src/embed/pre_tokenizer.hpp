#pragma once
// The pre-tokenisers of a tokenizer.json: where normalised text is cut into words. Every kind that is
// supported looks at one character at a time, so a sequence of them is the union of their cuts.

#include <cstdint>

namespace scaup::inline v0 {

/// What a character does to words. Two neighbours belong to one word if both are `word` or both `other`.
enum class CharClass : std::uint8_t {
  space,     ///< ends a word and is left out
  isolated,  ///< a word of its own
  word,
  other,
};

/// A union of pre-tokenisers. Thread-compatible: const members concurrently; a non-const member needs
/// exclusive access.
class PreTokenizer {
 public:
  /// WhitespaceSplit: cuts at white space.
  void cut_at_white_space() noexcept { white_space_ = true; }
  /// BertPreTokenizer: cuts at white space and isolates punctuation.
  void isolate_punctuation() noexcept { white_space_ = punctuation_ = true; }
  /// Whitespace: the matches of `\w+|[^\w\s]+`.
  void separate_words() noexcept { white_space_ = words_ = true; }

  /// Without this, a text is one word.
  [[nodiscard]] bool cuts() const noexcept { return white_space_; }
  [[nodiscard]] CharClass classify(char32_t value) const noexcept;

 private:
  bool white_space_ = false;
  bool punctuation_ = false;
  bool words_ = false;
};

}  // namespace scaup::inline v0
