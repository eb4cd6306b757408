#include "text/chunkers/unit_counter.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <utility>

#include "base/utf8.hpp"
#include "text/chunkers/white_space.hpp"

namespace scaup::inline v0 {
namespace {

// Indexes keep one entry for each block of so many bytes.
constexpr std::size_t kBlock = 64;

class ByteCounter final : public UnitCounter {
 public:
  explicit ByteCounter(std::string_view text) : text_(text) {}

  std::size_t count(ByteRange range) const noexcept override { return range.end - range.begin; }

  std::size_t advance(std::size_t begin, std::size_t units) const noexcept override {
    if (units >= text_.size() - begin) return text_.size();
    std::size_t end = begin + units;
    while (!is_utf8_boundary(text_, end)) --end;
    return end > begin ? end : begin + decode_utf8(text_, begin).size;
  }

 private:
  const std::string_view text_;
};

// How many of eight bytes begin a code point, that is, are not of the form 10xxxxxx.
std::size_t lead_bytes(const char* bytes) noexcept {
  constexpr std::uint64_t kLowBits = 0x0101010101010101U;
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  const std::uint64_t continuation = (word >> 7U) & (~word >> 6U) & kLowBits;
  return sizeof word - static_cast<std::size_t>((continuation * kLowBits) >> 56U);  // the sum of the eight bytes
}

// Keeps how many code points begin before each block. A text of ASCII alone needs no index.
class CharacterCounter final : public UnitCounter {
 public:
  explicit CharacterCounter(std::string_view text) : text_(text) {
    before_.reserve(text.size() / kBlock + 1);
    std::size_t total = 0;
    for (std::size_t at = 0; at <= text.size(); at += kBlock) {
      before_.push_back(total);
      total += count_bytes(at, std::min(at + kBlock, text.size()));
    }
    ascii_ = total == text.size();
  }

  std::size_t count(ByteRange range) const noexcept override {
    if (ascii_) return range.end - range.begin;
    return index_of(range.end) - index_of(range.begin);
  }

  std::size_t advance(std::size_t begin, std::size_t units) const noexcept override {
    if (units >= text_.size() - begin) return text_.size();
    if (ascii_) return begin + std::max<std::size_t>(units, 1);
    return position_of(index_of(begin) + std::max<std::size_t>(units, 1));
  }

 private:
  std::size_t count_bytes(std::size_t begin, std::size_t end) const noexcept {
    std::size_t total = 0;
    for (; begin + 8 <= end; begin += 8) total += lead_bytes(text_.data() + begin);
    for (; begin < end; ++begin) total += is_utf8_boundary(text_, begin) ? 1U : 0U;
    return total;
  }

  // How many code points begin before `position`.
  std::size_t index_of(std::size_t position) const noexcept {
    const std::size_t block = position / kBlock;
    return before_[block] + count_bytes(block * kBlock, position);
  }

  // Where the code point with this number begins; the end of the text if there is none.
  std::size_t position_of(std::size_t index) const noexcept {
    const auto block = std::ranges::upper_bound(before_, index) - before_.begin() - 1;
    std::size_t at = static_cast<std::size_t>(block) * kBlock;
    std::size_t passed = before_[static_cast<std::size_t>(block)];
    for (; at < text_.size(); ++at) {
      if (!is_utf8_boundary(text_, at)) continue;
      if (passed == index) return at;
      ++passed;
    }
    return text_.size();
  }

  const std::string_view text_;
  std::vector<std::size_t> before_;
  bool ascii_ = false;
};

// Keeps, for each block, the first token that ends after the block begins.
class TokenCounter final : public UnitCounter {
 public:
  TokenCounter(std::string_view text, std::vector<TokenRange> tokens) : size_(text.size()), tokens_(std::move(tokens)) {
    first_.reserve(size_ / kBlock + 1);
    std::size_t token = 0;
    for (std::size_t at = 0; at <= size_; at += kBlock) {
      while (token < tokens_.size() && tokens_[token].end <= at) ++token;
      first_.push_back(token);
    }
  }

  std::size_t count(ByteRange range) const noexcept override {
    if (range.empty()) return 0;
    const std::size_t first = first_ending_after(range.begin);
    std::size_t last = std::max(first, first_[range.end / kBlock]);
    while (last < tokens_.size() && tokens_[last].begin < range.end) ++last;
    return last - first;
  }

  std::size_t advance(std::size_t begin, std::size_t units) const noexcept override {
    const std::size_t first = first_ending_after(begin);
    const std::size_t left = tokens_.size() - first;
    return std::max<std::size_t>(units, 1) < left ? tokens_[first + std::max<std::size_t>(units, 1)].begin : size_;
  }

 private:
  std::size_t first_ending_after(std::size_t position) const noexcept {
    std::size_t token = first_[position / kBlock];
    while (token < tokens_.size() && tokens_[token].end <= position) ++token;
    return token;
  }

  const std::size_t size_;
  const std::vector<TokenRange> tokens_;
  std::vector<std::size_t> first_;
};

// Tokens come from a user's code: what the counter relies on is looked at. Tokens without bytes do not count.
Status check_tokens(std::string_view text, std::vector<TokenRange>& tokens) {
  std::size_t end = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const TokenRange& token = tokens[i];
    const bool ordered = end <= token.begin && token.begin <= token.end && token.end <= text.size();
    if (!ordered || !is_utf8_boundary(text, token.begin) || !is_utf8_boundary(text, token.end)) {
      return Error(ErrorCode::internal, "tokenizer: token " + std::to_string(i) + " is [" +
                                            std::to_string(token.begin) + ", " + std::to_string(token.end) + ") in " +
                                            std::to_string(text.size()) +
                                            " bytes: out of order, out of the text or inside a code point");
    }
    end = token.end;
  }
  std::erase_if(tokens, [](const TokenRange& token) { return token.begin == token.end; });
  return {};
}

enum class Kind : std::uint8_t { space, word, mark };

constexpr bool is_ascii_alphanumeric(unsigned char byte) noexcept {
  return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
}

// Control characters are neither words nor marks: they separate words.
constexpr std::array<Kind, 128> make_ascii_kinds() noexcept {
  std::array<Kind, 128> kinds = {};
  for (unsigned char byte = 0x21; byte < 0x7F; ++byte)
    kinds[byte] = is_ascii_alphanumeric(byte) ? Kind::word : Kind::mark;
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

// Of code points that are not ASCII.
constexpr Kind kind_of(char32_t point) noexcept {
  if (is_white_space(point)) return Kind::space;
  return is_mark_or_ideograph(point) ? Kind::mark : Kind::word;
}

// The kind of the code point at `at`, which moves past it.
Kind step_over(std::string_view text, std::size_t& at) noexcept {
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte < 0x80) {
    ++at;
    return kAsciiKinds[byte];
  }
  const CodePoint point = decode_utf8(text, at);
  at += point.size;
  return kind_of(point.value);
}

Result<std::vector<TokenRange>> tokens_of(std::string_view text, const Tokenizer* tokenizer) {
  if (tokenizer == nullptr) return words_and_marks(text);
  auto tokens = tokenizer->tokenize(text);
  if (!tokens) return tokens;
  if (Status status = check_tokens(text, *tokens); !status) return std::move(status).error();
  return tokens;
}

}  // namespace

std::vector<TokenRange> words_and_marks(std::string_view text) {
  std::vector<TokenRange> tokens;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const Kind kind = step_over(text, at);
    if (kind == Kind::space) continue;
    std::size_t end = at;
    while (kind == Kind::word && end < text.size() && step_over(text, end) == Kind::word) at = end;
    tokens.push_back({begin, at});
  }
  return tokens;
}

Result<std::unique_ptr<const UnitCounter>> make_unit_counter(std::string_view text,
                                                             const RecursiveChunkerOptions& options) {
  if (options.unit == Unit::bytes) return std::make_unique<const ByteCounter>(text);
  if (options.unit == Unit::characters) return std::make_unique<const CharacterCounter>(text);
  auto tokens = tokens_of(text, options.tokenizer.get());
  if (!tokens) return std::move(tokens).error();
  return std::make_unique<const TokenCounter>(text, *std::move(tokens));
}

}  // namespace scaup::inline v0
