#include "text/chunkers/sentences.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "text/chunkers/sentence_words.hpp"
#include "text/chunkers/white_space.hpp"
#include "text/unicode.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::size_t kLongestWord = 24;     // bytes looked at before a full stop
constexpr std::size_t kLongestRemark = 256;  // bytes in brackets that are kept in one sentence

enum class Kind : std::uint8_t { plain, stop, line_end, bracket, high };

constexpr std::array<Kind, 256> make_kinds() noexcept {
  std::array<Kind, 256> kinds = {};
  kinds['.'] = kinds['!'] = kinds['?'] = Kind::stop;
  kinds['\n'] = kinds['\f'] = Kind::line_end;
  kinds['('] = kinds['['] = Kind::bracket;
  for (std::size_t byte = 0x80; byte < 256; ++byte) kinds[byte] = Kind::high;
  return kinds;
}

constexpr std::array<Kind, 256> kKinds = make_kinds();

bool is_stop(char32_t point) noexcept {
  constexpr char32_t kFirstBeyondAscii = 0x589;  // so that most letters are answered at once
  if (point < 0x80) return point == U'.' || point == U'!' || point == U'?';
  return point >= kFirstBeyondAscii && (is_unspaced_stop(point) || is_spaced_stop(point));
}

// Whether a blank line follows the line that ends at `at`, or a page ends; moves past the white space if not.
bool ends_paragraph(std::string_view text, std::size_t& at) noexcept {
  if (text[at] == '\f') return true;
  std::size_t next = at + 1;
  for (; next < text.size() && static_cast<unsigned char>(text[next]) <= 0x20; ++next) {
    if (text[next] == '\n' || text[next] == '\f') return true;
    if (!is_white_space(static_cast<unsigned char>(text[next]))) break;
  }
  at = next;
  return false;
}

// Finds the end of one sentence after another in bytes [0, end) of a text.
class SentenceScanner {
 public:
  SentenceScanner(std::string_view text, const std::vector<std::string>& abbreviations)
      : text_(text), abbreviations_(abbreviations) {}

  // Where the sentence that begins at `begin` ends: one past its last mark, or at the blank line.
  std::size_t end_of_sentence(std::size_t begin) {
    begin_ = begin;
    for (std::size_t at = begin; at < text_.size();) {
      const std::size_t stop = at;
      switch (kKinds[static_cast<unsigned char>(text_[at])]) {
        case Kind::plain: ++at; continue;
        case Kind::line_end:
          if (ends_paragraph(text_, at)) return at;
          continue;
        case Kind::bracket:
          if (!skip_remark(at)) continue;
          break;
        case Kind::stop:
        case Kind::high:
          if (!skip_stops(at)) continue;
          break;
      }
      if (ends_at(stop, at)) return at;
    }
    return text_.size();
  }

 private:
  CodePoint decode(std::size_t at) const noexcept { return at < text_.size() ? decode_utf8(text_, at) : CodePoint{}; }

  template <typename Holds>
  std::size_t skip_while(std::size_t at, Holds holds) const {
    for (CodePoint point = decode(at); point.size > 0 && holds(point.value); point = decode(at)) at += point.size;
    return at;
  }

  // Past a remark in brackets, if it is short and ends with a stop: "(It rained.)". Past the bracket if it is long.
  bool skip_remark(std::size_t& at) const {
    const std::size_t close = closing_bracket(at);
    if (close == at) {
      ++at;
      return false;
    }
    const bool stops = kKinds[static_cast<unsigned char>(text_[close - 1])] == Kind::stop;
    at = skip_while(close, is_closing_mark);
    return stops;
  }

  // Where the bracket that opens at `at` closes; `at` if not within kLongestRemark bytes of the paragraph.
  std::size_t closing_bracket(std::size_t at) const noexcept {
    const std::string_view near = text_.substr(at, kLongestRemark);
    std::size_t depth = 0;
    for (std::size_t i = 0; i < near.size(); ++i) {
      if (near[i] == '(' || near[i] == '[') ++depth;
      if ((near[i] == ')' || near[i] == ']') && --depth == 0) return at + i;
      if (near[i] == '\f' || near.substr(i).starts_with("\n\n")) break;
    }
    return at;
  }

  // Past stops, closing marks and footnote numbers; past one code point, and false, if there is no stop. A byte that is
  // not UTF-8 is passed like a code point, or the scan would never end.
  bool skip_stops(std::size_t& at) {
    const CodePoint first = decode(at);
    if (!is_stop(first.value)) {
      at += std::max<std::size_t>(first.size, 1);
      return false;
    }
    at = skip_while(at, is_stop);
    const std::size_t stops_end = at;
    at = skip_while(at, is_closing_mark);
    quoted_ = at > stops_end;
    at = skip_footnote(at);
    return true;
  }

  std::size_t skip_footnote(std::size_t at) const noexcept {
    if (at >= text_.size() || text_[at] != '[') return at;
    std::size_t end = at + 1;
    while (end < text_.size() && end < at + 5 && is_ascii_digit(text_[end])) ++end;
    return end > at + 1 && end < text_.size() && text_[end] == ']' ? end + 1 : at;
  }

  // Whether the marks [stop, end) end a sentence, by what follows and what stands before.
  bool ends_at(std::size_t stop, std::size_t end) const {
    if (end == text_.size()) return true;
    if (is_unspaced_stop(decode(stop).value))
      return !(quoted_ && decode(end).value == U'\u3068');  // a quotation, and the particle that goes on
    const std::size_t next = skip_while(end, [](char32_t point) { return is_white_space(point); });
    if (next == end) return false;
    if (next == text_.size()) return true;
    const std::size_t word = skip_while(next, is_opening_mark);
    const char32_t first = decode(word).value;
    if (is_lowercase(first) || is_spaced_stop(first)) return false;
    return text_[stop] != '.' || end != stop + 1 || !is_abbreviation(stop, word);
  }

  // Whether the full stop at `stop` belongs to the word before it, where `next` is the word after it.
  bool is_abbreviation(std::size_t stop, std::size_t next) const {
    const std::string_view word = word_before(stop);
    if (word.empty()) return false;
    if (is_list_number(word, stop)) return true;
    const std::string lower = ascii_lower_case(word);
    if (is_title_abbreviation(lower)) return true;
    if (std::ranges::find(abbreviations_, lower) != abbreviations_.end()) return true;
    if (is_number_abbreviation(lower)) return next < text_.size() && is_ascii_digit(text_[next]);
    return is_initials(word) && !is_sentence_starter(ascii_lower_case(word_after(next)));
  }

  std::string_view word_before(std::size_t stop) const noexcept {
    const std::size_t least = stop - std::min(stop - begin_, kLongestWord);
    std::size_t begin = stop;
    while (begin > least &&
           (is_ascii_letter(text_[begin - 1]) || is_ascii_digit(text_[begin - 1]) || text_[begin - 1] == '.'))
      --begin;
    return text_.substr(begin, stop - begin);
  }

  std::string_view word_after(std::size_t at) const noexcept {
    std::size_t end = at;
    while (end < text_.size() && end < at + kLongestWord && is_ascii_letter(text_[end])) ++end;
    return text_.substr(at, end - at);
  }

  // "1. Open the valve": one to three digits that begin the sentence.
  bool is_list_number(std::string_view word, std::size_t stop) const noexcept {
    return stop - begin_ == word.size() && word.size() <= 3 && std::ranges::all_of(word, is_ascii_digit);
  }

  // "J", "U.S", "a.m": single letters with stops between them. A single letter is a capital one.
  static bool is_initials(std::string_view word) noexcept {
    if (word.size() == 1) return word[0] >= 'A' && word[0] <= 'Z';
    for (std::size_t i = 0; i < word.size(); ++i) {
      if (i % 2 == 0 ? !is_ascii_letter(word[i]) : word[i] != '.') return false;
    }
    return word.size() % 2 == 1;
  }

  const std::string_view text_;
  const std::vector<std::string>& abbreviations_;
  std::size_t begin_ = 0;  // of the sentence at hand
  bool quoted_ = false;    // closing marks came after them
};

template <typename FindEnd>
std::vector<ByteRange> find_parts(std::string_view text, ByteRange range, FindEnd find_end) {
  std::vector<ByteRange> parts;
  range = trim(text, range);
  while (!range.empty()) {
    const std::size_t end = find_end(range.begin);
    const ByteRange part = trim_end(text, {range.begin, end});
    if (!part.empty()) parts.push_back(part);
    range = trim_begin(text, {end, range.end});
  }
  return parts;
}

}  // namespace

std::vector<ByteRange> find_sentences(std::string_view text, ByteRange range,
                                      const std::vector<std::string>& abbreviations) {
  range = trim(text, range);
  SentenceScanner scanner(text.substr(0, range.end), abbreviations);
  return find_parts(text, range, [&](std::size_t begin) { return scanner.end_of_sentence(begin); });
}

std::vector<ByteRange> find_paragraphs(std::string_view text, ByteRange range) {
  range = trim(text, range);
  const std::string_view visible = text.substr(0, range.end);
  return find_parts(text, range, [&](std::size_t begin) {
    for (std::size_t at = visible.find_first_of("\n\f", begin); at < visible.size();
         at = visible.find_first_of("\n\f", at)) {
      if (ends_paragraph(visible, at)) return at;
    }
    return visible.size();
  });
}

}  // namespace scaup::inline v0
