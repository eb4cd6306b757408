#include "text/chunkers/token_counter.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "text/chunkers/white_space.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::size_t kBlock = 64;  // bytes of text to a word of bits

using Bits = std::vector<std::uint64_t>;

constexpr std::uint64_t bit_of(std::size_t position) noexcept {
  return std::uint64_t{1} << (position % kBlock);
}

void set_range(Bits& bits, std::size_t begin, std::size_t end) noexcept {
  for (; begin < end; ++begin) bits[begin / kBlock] |= bit_of(begin);
}

// Sums of two, four, eight neighbouring bits, then of the bytes: without an instruction that not every processor has.
constexpr std::size_t count_bits(std::uint64_t word) noexcept {
  word -= (word >> 1U) & 0x5555555555555555U;
  word = (word & 0x3333333333333333U) + ((word >> 2U) & 0x3333333333333333U);
  word = (word + (word >> 4U)) & 0x0F0F0F0F0F0F0F0FU;
  return static_cast<std::size_t>((word * 0x0101010101010101U) >> 56U);
}

// Bits of both have one word more than the text needs, so that its end has a word too.
class TokenCounter final : public UnitCounter {
 public:
  TokenCounter(std::size_t size, Bits begins, Bits inside)
      : size_(size), begins_(std::move(begins)), inside_(std::move(inside)) {
    before_.reserve(begins_.size());
    for (const std::uint64_t word : begins_) {
      before_.push_back(total_);
      total_ += count_bits(word);
    }
  }

  std::size_t count(ByteRange range) const noexcept override {
    if (range.empty()) return 0;
    return begins_before(range.end) - begins_before(range.begin + 1) + (is_inside(range.begin) ? 1 : 0);
  }

  std::size_t advance(std::size_t begin, std::size_t units) const noexcept override {
    const std::size_t first = is_inside(begin) ? begins_before(begin + 1) - 1 : begins_before(begin);
    const std::size_t left = total_ - first;
    return std::max<std::size_t>(units, 1) < left ? begin_of(first + std::max<std::size_t>(units, 1)) : size_;
  }

 private:
  bool is_inside(std::size_t position) const noexcept { return (inside_[position / kBlock] & bit_of(position)) != 0; }

  std::size_t begins_before(std::size_t position) const noexcept {
    const std::size_t block = position / kBlock;
    return before_[block] + count_bits(begins_[block] & (bit_of(position) - 1));
  }

  // Where the token with this number, which exists, begins.
  std::size_t begin_of(std::size_t token) const noexcept {
    const auto after = std::ranges::upper_bound(before_, token);
    const auto block = static_cast<std::size_t>(after - before_.begin()) - 1;
    std::uint64_t word = begins_[block];
    for (std::size_t skip = token - before_[block]; skip > 0; --skip) word &= word - 1;
    return block * kBlock + static_cast<std::size_t>(std::countr_zero(word));
  }

  const std::size_t size_;
  const Bits begins_;                // of tokens
  const Bits inside_;                // bytes that belong to one
  std::vector<std::size_t> before_;  // tokens that begin before each block
  std::size_t total_ = 0;
};

enum class Kind : std::uint8_t { space, word, mark };

/// Control characters are neither words nor marks: they separate words.
constexpr std::array<Kind, 128> make_ascii_kinds() noexcept {
  std::array<Kind, 128> kinds = {};
  for (std::size_t byte = 0x21; byte < 0x7F; ++byte)
    kinds[byte] = is_ascii_alphanumeric(static_cast<char>(byte)) ? Kind::word : Kind::mark;
  return kinds;
}

constexpr std::array<Kind, 128> kAsciiKinds = make_ascii_kinds();

// Block names and limits: Unicode 15, Blocks.txt.
constexpr bool is_mark_or_ideograph(char32_t point) noexcept {
  if (point < 0x2E80) return point >= 0x2010 && point <= 0x205E;  // General Punctuation
  if (point < 0xA000) return true;                                // CJK radicals, punctuation, kana, ideographs
  if (point < 0x20000)
    return (point >= 0xF900 && point <= 0xFAFF) || (point >= 0xFE30 && point <= 0xFE4F) ||
           (point >= 0xFF00 && point <= 0xFF0F) || (point >= 0xFF61 && point <= 0xFF9F);
  return point < 0x40000;  // the supplementary ideographs
}

constexpr Kind kind_of(char32_t point) noexcept {
  if (point < 0x80) return kAsciiKinds[point];
  if (is_white_space(point)) return Kind::space;
  return is_mark_or_ideograph(point) ? Kind::mark : Kind::word;
}

bool is_ascii(const char* bytes) noexcept {
  std::array<std::uint64_t, kBlock / 8> words;
  std::memcpy(words.data(), bytes, sizeof words);
  std::uint64_t all = 0;
  for (const std::uint64_t word : words) all |= word;
  return (all & 0x8080808080808080U) == 0;
}

// Which bytes are part of words, and which are marks (begin them, and belong to them).
struct WordBits {
  explicit WordBits(std::size_t size) : words(size / kBlock + 1), marks(words.size()), inside(words.size()) {}

  void add_ascii(const char* bytes, std::size_t block) noexcept {
    std::uint64_t word_bits = 0;
    std::uint64_t mark_bits = 0;
    for (std::size_t i = 0; i < kBlock; ++i) {
      const auto kind = static_cast<std::uint64_t>(kAsciiKinds[static_cast<unsigned char>(bytes[i])]);
      word_bits |= (kind & 1U) << i;
      mark_bits |= (kind >> 1U) << i;
    }
    words[block] |= word_bits;
    marks[block] |= mark_bits;
    inside[block] |= word_bits | mark_bits;
  }

  void add_point(std::size_t at, CodePoint point) noexcept {
    const Kind kind = kind_of(point.value);
    if (kind == Kind::space) return;
    set_range(inside, at, at + point.size);
    if (kind == Kind::word) set_range(words, at, at + point.size);
    if (kind == Kind::mark) set_range(marks, at, at + 1);
  }

  Bits words;
  Bits marks;
  Bits inside;
};
static_assert(static_cast<int>(Kind::word) == 1 && static_cast<int>(Kind::mark) == 2);  // add_ascii takes them for bits

}  // namespace

std::unique_ptr<const UnitCounter> make_token_counter(std::size_t size, std::span<const TokenRange> tokens) {
  Bits begins(size / kBlock + 1);
  Bits inside(begins.size());
  for (const TokenRange& token : tokens) {
    begins[token.begin / kBlock] |= bit_of(token.begin);
    set_range(inside, token.begin, token.end);
  }
  return std::make_unique<const TokenCounter>(size, std::move(begins), std::move(inside));
}

std::unique_ptr<const UnitCounter> make_word_counter(std::string_view text) {
  WordBits bits(text.size());
  for (std::size_t at = 0; at < text.size();) {
    if (at % kBlock == 0 && at + kBlock <= text.size() && is_ascii(text.data() + at)) {
      bits.add_ascii(text.data() + at, at / kBlock);
      at += kBlock;
      continue;
    }
    const CodePoint point = decode_utf8(text, at);
    bits.add_point(at, point);
    at += point.size;
  }
  std::uint64_t last = 0;  // whether the last byte of the block before is part of a word
  for (std::size_t block = 0; block < bits.words.size(); ++block) {
    const std::uint64_t words = bits.words[block];
    bits.marks[block] |= words & ~((words << 1U) | last);
    last = words >> (kBlock - 1);
  }
  return std::make_unique<const TokenCounter>(text.size(), std::move(bits.marks), std::move(bits.inside));
}

}  // namespace scaup::inline v0
