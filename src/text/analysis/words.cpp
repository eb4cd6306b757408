// Word segmentation: a class for each code point, and which classes stay together.

#include "text/analysis/words.hpp"

#include <array>

#include "base/utf8.hpp"
#include "text/unicode.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::size_t kLongestWord = 255;  // bytes

// The values of the Word_Break property that matter; the first three join each other in any order.
enum class Break : std::uint8_t {
  letter,
  digit,
  connector,  // ExtendNumLet
  katakana,
  ideograph,
  middle_of_letters,
  middle_of_digits,
  middle_of_both,
  mark,  // Extend, Format and ZWJ: belongs to what is before it
  other,
};

constexpr bool joins(Break kind) noexcept {
  return kind <= Break::connector;
}

constexpr Break ascii_break(unsigned char byte) noexcept {
  if ((byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z')) return Break::letter;
  if (byte >= '0' && byte <= '9') return Break::digit;
  if (byte == '_') return Break::connector;
  if (byte == ':') return Break::middle_of_letters;
  if (byte == ',' || byte == ';') return Break::middle_of_digits;
  if (byte == '.' || byte == '\'') return Break::middle_of_both;
  return Break::other;
}

// Bytes from 0x80 up are `other` here, for the loops that skip and take ASCII alone.
constexpr auto kAscii = [] {
  std::array<Break, 256> table{};
  for (unsigned byte = 0; byte < 256; ++byte) table[byte] = ascii_break(static_cast<unsigned char>(byte));
  return table;
}();

struct Range {
  char32_t first;
  char32_t last;
};

template <std::size_t N>
constexpr bool is_in(const std::array<Range, N>& ranges, char32_t value) noexcept {
  for (const Range& range : ranges) {
    if (value >= range.first && value <= range.last) return true;
  }
  return false;
}

// Scripts.txt and WordBreakProperty.txt of Unicode 15, whole blocks where the rest is unassigned.
constexpr std::array<Range, 9> kIdeographs = {{{0x4E00, 0x9FFF},
                                               {0x3005, 0x3007},
                                               {0x3021, 0x3029},
                                               {0x3038, 0x303B},
                                               {0x3041, 0x3096},
                                               {0x309D, 0x309F},
                                               {0x3400, 0x4DBF},
                                               {0xF900, 0xFAFF},
                                               {0x1B001, 0x3FFFD}}};
constexpr std::array<Range, 6> kKatakana = {
    {{0x30A0, 0x30FA}, {0x30FC, 0x30FF}, {0x3031, 0x3035}, {0x309B, 0x309C}, {0x31F0, 0x31FF}, {0xFF66, 0xFF9D}}};
constexpr std::array<Range, 5> kHangul = {
    {{0xAC00, 0xD7FB}, {0x1100, 0x11FF}, {0x3131, 0x318E}, {0xA960, 0xA97C}, {0xFFA0, 0xFFDC}}};

// The members of MidLetter, MidNum and MidNumLet beyond ASCII.
constexpr Break middle_break(char32_t value) noexcept {
  switch (value) {
    case 0xB7:
    case 0x387:
    case 0x55F:
    case 0x5F4:
    case 0x2027:
    case 0xFE13:
    case 0xFE55:
    case 0xFF1A: return Break::middle_of_letters;
    case 0x37E:
    case 0x589:
    case 0x60C:
    case 0x60D:
    case 0x66C:
    case 0x7F8:
    case 0x2044:
    case 0xFE10:
    case 0xFE14:
    case 0xFE50:
    case 0xFE54:
    case 0xFF0C:
    case 0xFF1B: return Break::middle_of_digits;
    case 0x2018:
    case 0x2019:
    case 0x2024:
    case 0xFE52:
    case 0xFF07:
    case 0xFF0E: return Break::middle_of_both;
    default: return Break::other;
  }
}

// Scripts of East Asia; `other` for the rest.
Break east_asian_break(char32_t value, CjkWords cjk) noexcept {
  if (value < 0x1100) return Break::other;
  if (is_in(kIdeographs, value)) return is_letter(value) ? Break::ideograph : Break::other;
  const bool single = cjk == CjkWords::single;
  if (is_in(kKatakana, value)) return single ? Break::ideograph : Break::katakana;
  if (single && is_in(kHangul, value)) return Break::ideograph;
  return Break::other;
}

Break break_of(char32_t value, CjkWords cjk) noexcept {
  if (value < 0x80) return kAscii[value];
  if (const Break middle = middle_break(value); middle != Break::other) return middle;
  if (const Break east = east_asian_break(value, cjk); east != Break::other) return east;
  if (is_mark(value) || is_format(value) || value == 0xFF9E || value == 0xFF9F) return Break::mark;
  if (is_letter(value)) return Break::letter;
  if (is_decimal_digit(value)) return Break::digit;
  return is_connector(value) ? Break::connector : Break::other;
}

// One code point and its class; bytes that are no UTF-8 are one `other` each.
struct Step {
  Break kind = Break::other;
  std::size_t size = 1;
};

Step step_at(std::string_view text, std::size_t at, CjkWords cjk) noexcept {
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte < 0x80) return {kAscii[byte], 1};
  const CodePoint point = decode_utf8(text, at);
  if (point.size == 0) return {};
  return {break_of(point.value, cjk), point.size};
}

Break ascii_at(std::string_view text, std::size_t at) noexcept {
  return kAscii[static_cast<unsigned char>(text[at])];
}

class WordReader {
 public:
  WordReader(std::string_view text, std::size_t at, CjkWords cjk) noexcept : text_(text), cjk_(cjk), at_(at) {}

  // Whether a word begins before the end of the text.
  bool find_start() noexcept {
    while (at_ < text_.size()) {
      const Step step = step_at(text_, at_, cjk_);
      if (step.kind <= Break::ideograph) {
        begin_ = at_;
        take(step);
        return true;
      }
      at_ += step.size;
    }
    return false;
  }

  void read_on() noexcept {
    while (at_ < text_.size()) {
      if (joins(last_)) take_ascii_run();
      if (at_ == text_.size() || at_ - begin_ >= kLongestWord) return;
      const Step step = step_at(text_, at_, cjk_);
      if (at_ + step.size - begin_ > kLongestWord) return;
      if (!may_follow(step)) return;
      take(step);
    }
  }

  // Whether it is more than connectors.
  [[nodiscard]] bool has_content() const noexcept { return has_content_; }
  [[nodiscard]] std::size_t end() const noexcept { return at_; }
  [[nodiscard]] Word word() const noexcept { return {begin_, at_, is_ascii_, last_ == Break::ideograph}; }

 private:
  void take_ascii_run() noexcept {
    const std::size_t limit = std::min(text_.size(), begin_ + kLongestWord);
    const std::size_t from = at_;
    while (at_ < limit && joins(ascii_at(text_, at_))) {
      has_content_ = has_content_ || ascii_at(text_, at_) != Break::connector;
      ++at_;
    }
    if (at_ > from) last_ = ascii_at(text_, at_ - 1);
  }

  void take(const Step& step) noexcept {
    if (step.kind != Break::mark) last_ = step.kind;
    has_content_ = has_content_ || (step.kind <= Break::ideograph && step.kind != Break::connector);
    is_ascii_ = is_ascii_ && static_cast<unsigned char>(text_[at_]) < 0x80;
    at_ += step.size;
  }

  // WB4 to WB13b, for what comes after `last_`.
  [[nodiscard]] bool may_follow(const Step& step) const noexcept {
    if (step.kind == Break::mark) return true;
    switch (last_) {
      case Break::letter:
        return joins(step.kind) || (is_middle(step.kind, Break::middle_of_letters) && next_is(step, Break::letter));
      case Break::digit:
        return joins(step.kind) || (is_middle(step.kind, Break::middle_of_digits) && next_is(step, Break::digit));
      case Break::connector: return joins(step.kind) || step.kind == Break::katakana;
      case Break::katakana: return step.kind == Break::katakana || step.kind == Break::connector;
      case Break::middle_of_letters:
      case Break::middle_of_digits:
      case Break::middle_of_both: return joins(step.kind);  // it was taken because this follows
      default: return false;
    }
  }

  static bool is_middle(Break kind, Break wanted) noexcept { return kind == wanted || kind == Break::middle_of_both; }

  // What comes after `step` and the marks behind it.
  [[nodiscard]] bool next_is(const Step& step, Break wanted) const noexcept {
    for (std::size_t at = at_ + step.size; at < text_.size();) {
      const Step next = step_at(text_, at, cjk_);
      if (next.kind != Break::mark) return next.kind == wanted && at + next.size - begin_ <= kLongestWord;
      at += next.size;
    }
    return false;
  }

  std::string_view text_;
  CjkWords cjk_;
  std::size_t at_;
  std::size_t begin_ = 0;
  Break last_ = Break::other;
  bool is_ascii_ = true;
  bool has_content_ = false;
};

}  // namespace

Word next_word(std::string_view text, std::size_t at, CjkWords cjk) noexcept {
  for (;;) {
    WordReader reader(text, at, cjk);
    if (!reader.find_start()) return {text.size(), text.size()};
    reader.read_on();
    if (reader.has_content()) return reader.word();
    at = reader.end();
  }
}

}  // namespace scaup::inline v0
