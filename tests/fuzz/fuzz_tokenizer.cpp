// Fuzz target: the bytes up to the first zero as tokenizer.json, the rest as a text; and all of them as a
// text for the built-in model. Aborts where a range of a token breaks its promise.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <vector>

#include "base/utf8.hpp"
#include "embed/tokenizer_json.hpp"
#include "scaup/embedder.hpp"

namespace {

using namespace scaup;

void check(bool holds) {
  if (!holds) std::abort();
}

void check_ranges(const std::vector<TokenRange>& ranges, std::string_view text) {
  std::size_t last = 0;
  for (const TokenRange& range : ranges) {
    check(last <= range.begin && range.begin < range.end && range.end <= text.size());
    check(is_utf8_boundary(text, range.begin) && is_utf8_boundary(text, range.end));
    last = range.end;
  }
}

void tokenize_with(std::string_view json, std::string_view text) {
  constexpr std::size_t kTokens = 1000;
  const auto tokenizer = parse_tokenizer_json(json, kTokens);
  if (!tokenizer || find_invalid_utf8(text)) return;
  TokenizerScratch scratch;
  std::vector<Token> tokens;
  tokenizer->tokenize(text, scratch, tokens);
  for (const Token& token : tokens) check(token.id < kTokens && token.begin < token.end && token.end <= text.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t zero = bytes.find('\0');
  const std::string_view rest = zero == std::string_view::npos ? std::string_view() : bytes.substr(zero + 1);
  tokenize_with(bytes.substr(0, zero), rest);
  static const std::shared_ptr<const Tokenizer> built_in = make_static_embedder().value()->tokenizer();
  if (const auto ranges = built_in->tokenize(bytes)) check_ranges(*ranges, bytes);
  return 0;
}
