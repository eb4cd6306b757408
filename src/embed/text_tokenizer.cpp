#include "embed/text_tokenizer.hpp"

#include <algorithm>
#include <utility>

#include "base/utf8.hpp"

namespace scaup::inline v0 {
namespace {

// A run of text without white space, ideographs excepted, is cut after so many bytes, to bound memory.
constexpr std::uint32_t kLongSpan = 1U << 12U;

bool in_main_ideograph_block(std::string_view text, std::uint32_t at) noexcept {
  const CodePoint point = decode_utf8(text, at);
  return point.value >= 0x4E00 && point.value <= 0x9FFF;
}

bool one_word(CharClass a, CharClass b) noexcept {
  return a == b && a != CharClass::isolated;
}

}  // namespace

TextTokenizer::TextTokenizer(TokenTable added, Normalizer normalizer, PreTokenizer pre_tokenizer, WordModel model)
    : added_(std::move(added)),
      normalizer_(std::move(normalizer)),
      pre_tokenizer_(pre_tokenizer),
      model_(std::move(model)) {
  std::vector<NormalChar> chars;
  std::vector<NormalChar> spare;
  for (unsigned value = 0; value < 128; ++value) {
    const char source = static_cast<char>(value);
    normalizer_.run({&source, 1}, 0, 1, chars, spare);
    if (chars.size() != 1 || chars.front().value >= 128) continue;
    ascii_[value] = {static_cast<char>(chars.front().value), pre_tokenizer_.classify(chars.front().value), true};
  }
}

void TextTokenizer::tokenize(std::string_view text, TokenizerScratch& scratch, std::vector<Token>& out) const {
  out.clear();
  const auto size = static_cast<std::uint32_t>(text.size());
  std::uint32_t begin = 0;
  for (std::uint32_t at = 0; at < size && !added_.empty();) {
    const auto match = added_.has_first(text[at]) ? added_.longest_prefix(text.substr(at)) : std::nullopt;
    if (!match) {
      ++at;
      continue;
    }
    tokenize_between(text, begin, at, scratch, out);
    out.push_back({match->id, at, at + match->size});
    at = begin = at + match->size;
  }
  tokenize_between(text, begin, size, scratch, out);
}

// Cuts bytes [begin, end) at white space of ASCII: no word crosses it.
void TextTokenizer::tokenize_between(std::string_view text, std::uint32_t begin, std::uint32_t end,
                                     TokenizerScratch& scratch, std::vector<Token>& out) const {
  const auto at = [&](std::uint32_t offset) -> const AsciiChar& {
    return ascii_[static_cast<unsigned char>(text[offset])];
  };
  const bool cuts_ideographs = pre_tokenizer_.cuts() && normalizer_.isolates_ideographs();
  while (begin < end) {
    bool plain = true;
    std::uint32_t last = begin;
    while (last < end && at(last).kind != CharClass::space) {
      plain = plain && at(last).plain;
      ++last;
      const bool is_long = last - begin > kLongSpan && cuts_ideographs && last < end && is_utf8_boundary(text, last);
      if (is_long && in_main_ideograph_block(text, last)) break;
    }
    if (last > begin) {
      plain ? tokenize_ascii(text, begin, last, scratch, out) : tokenize_any(text, begin, last, scratch, out);
    }
    begin = last < end && at(last).kind == CharClass::space ? last + 1 : last;
  }
}

// Every byte stands for one ASCII character, so that bytes of words are bytes of the text.
void TextTokenizer::tokenize_ascii(std::string_view text, std::uint32_t begin, std::uint32_t end,
                                   TokenizerScratch& scratch, std::vector<Token>& out) const {
  std::string& normal = scratch.word;
  normal.resize(end - begin);
  const auto kind = [&](std::uint32_t at) { return ascii_[static_cast<unsigned char>(text[at])].kind; };
  for (std::uint32_t at = begin; at < end; ++at) {
    normal[at - begin] = ascii_[static_cast<unsigned char>(text[at])].value;
  }
  for (std::uint32_t first = begin; first < end;) {
    std::uint32_t last = first + 1;
    while (last < end && one_word(kind(first), kind(last))) ++last;
    model_.append_tokens(std::string_view(normal).substr(first - begin, last - first), last - first, first, out);
    first = last;
  }
}

void TextTokenizer::tokenize_any(std::string_view text, std::uint32_t begin, std::uint32_t end,
                                 TokenizerScratch& scratch, std::vector<Token>& out) const {
  normalizer_.run(text, begin, end, scratch.chars, scratch.spare);
  const auto& chars = scratch.chars;
  for (std::size_t first = 0; first < chars.size();) {
    const CharClass kind = pre_tokenizer_.classify(chars[first].value);
    std::size_t last = first + 1;
    while (last < chars.size() && one_word(kind, pre_tokenizer_.classify(chars[last].value))) ++last;
    if (kind != CharClass::space) append_word(first, last, scratch, out);
    first = last;
  }
}

// Appends the tokens of the word that characters [first, last) make, with ranges in the text.
void TextTokenizer::append_word(std::size_t first, std::size_t last, TokenizerScratch& scratch,
                                std::vector<Token>& out) const {
  scratch.word.clear();
  scratch.owners.clear();
  for (std::size_t i = first; i < last; ++i) {
    append_utf8(scratch.word, scratch.chars[i].value);
    scratch.owners.resize(scratch.word.size(), static_cast<std::uint32_t>(i));
  }
  scratch.pieces.clear();
  model_.append_tokens(scratch.word, last - first, 0, scratch.pieces);
  for (const Token& piece : scratch.pieces) {
    Token token = {piece.id, ~std::uint32_t{0}, 0};
    // Not just the outermost characters: marks may have changed places.
    for (std::size_t i = scratch.owners[piece.begin]; i <= scratch.owners[piece.end - 1]; ++i) {
      token.begin = std::min(token.begin, scratch.chars[i].begin);
      token.end = std::max(token.end, scratch.chars[i].end);
    }
    out.push_back(token);
  }
}

}  // namespace scaup::inline v0
