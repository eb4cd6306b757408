#include "text/chunkers/unit_counter.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>

#include "base/utf8.hpp"
#include "text/chunkers/token_counter.hpp"

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

}  // namespace

Result<std::unique_ptr<const UnitCounter>> make_unit_counter(std::string_view text,
                                                             const RecursiveChunkerOptions& options) {
  if (options.unit == Unit::bytes) return std::make_unique<const ByteCounter>(text);
  if (options.unit == Unit::characters) return std::make_unique<const CharacterCounter>(text);
  if (options.tokenizer == nullptr) return make_word_counter(text);
  auto tokens = options.tokenizer->tokenize(text);
  if (!tokens) return std::move(tokens).error();
  if (Status status = check_tokens(text, *tokens); !status) return std::move(status).error();
  return make_token_counter(text.size(), *tokens);
}

}  // namespace scaup::inline v0
