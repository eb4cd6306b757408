// The class of a question, by rules.

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include "base/ascii.hpp"
#include "scaup/fusion.hpp"

namespace scaup::inline v0 {
namespace {

using Words = std::span<const std::string_view>;

constexpr std::array<std::string_view, 7> kQuestionWords = {"who", "what", "when", "where", "which", "why", "how"};
constexpr std::array<std::string_view, 7> kComparison = {"versus",   "vs",         "compare",    "compared",
                                                         "contrast", "difference", "differences"};
constexpr std::array<std::string_view, 6> kFactualFirst = {"who", "whom", "whose", "when", "where", "which"};
constexpr std::array<std::string_view, 11> kMeasure = {"many", "much",  "old",  "long", "far",  "tall",
                                                       "big",  "large", "high", "fast", "often"};

// Letters, digits, '_' and every byte above ASCII.
constexpr bool is_word_byte(char c) noexcept {
  return is_ascii_alphanumeric(c) || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

bool is_one_of(std::string_view word, Words words) noexcept {
  return std::ranges::any_of(
      words, [&](std::string_view other) { return std::ranges::equal(word, other, {}, ascii_lower, {}); });
}

// Walks over the words of a text; nothing is allocated, so that the caller can be noexcept.
class WordReader {
 public:
  explicit WordReader(std::string_view text) noexcept : text_(text) {}

  // The next word, empty at the end. Afterwards `after_comma()` says what stood before it.
  std::string_view next() noexcept {
    after_comma_ = false;
    while (at_ < text_.size() && !is_word_byte(text_[at_])) after_comma_ |= text_[at_++] == ',';
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_word_byte(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }
  [[nodiscard]] bool after_comma() const noexcept { return after_comma_; }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  bool after_comma_ = false;
};

bool asks_several_things(std::string_view text) noexcept {
  if (std::ranges::count(text, '?') >= 2 || text.find(';') != std::string_view::npos) return true;
  constexpr std::array<std::string_view, 2> kJoining = {"and", "or"};
  WordReader reader(text);
  std::string_view before = reader.next();
  if (is_one_of(before, kComparison)) return true;
  for (std::string_view word = reader.next(); !word.empty(); word = reader.next()) {
    if (is_one_of(word, kComparison)) return true;
    if (is_one_of(word, kQuestionWords) && (reader.after_comma() || is_one_of(before, kJoining))) return true;
    before = word;
  }
  return false;
}

// A name, a number or a term rather than a common word.
bool is_exact_term(std::string_view word) noexcept {
  if (word.find('_') != std::string_view::npos || std::ranges::any_of(word, is_ascii_digit)) return true;
  return std::ranges::count_if(word, [](char c) { return c >= 'A' && c <= 'Z'; }) >= 2;
}

bool asks_for_fact(std::string_view text) noexcept {
  if (text.find('"') != std::string_view::npos) return true;
  constexpr std::array<std::string_view, 1> kHow = {"how"};
  WordReader reader(text);
  std::string_view before;
  std::size_t words = 0;
  for (std::string_view word = reader.next(); !word.empty(); word = reader.next(), ++words) {
    if (words == 0 && is_one_of(word, kFactualFirst)) return true;
    if (is_one_of(before, kHow) && is_one_of(word, kMeasure)) return true;
    if (is_exact_term(word)) return true;
    before = word;
  }
  return words > 0 && words <= 3;
}

}  // namespace

QueryClass classify_query(std::string_view question) noexcept {
  if (asks_several_things(question)) return QueryClass::multi_part;
  return asks_for_fact(question) ? QueryClass::factual : QueryClass::conceptual;
}

HybridWeights weights_for(QueryClass query_class, double dense_weight) noexcept {
  double dense = dense_weight > 0 ? std::min(dense_weight, 1.0) : 0.0;
  if (query_class == QueryClass::factual) dense *= 0.5;
  if (query_class == QueryClass::conceptual) dense = std::min(dense * 1.5, 1.0);
  return {.dense = dense, .keyword = 1 - dense};
}

}  // namespace scaup::inline v0
