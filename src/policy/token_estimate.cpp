#include "policy/token_estimate.hpp"

namespace scaup::inline v0 {

std::size_t count_tokens(const Tokenizer* tokenizer, std::string_view text) {
  if (tokenizer == nullptr) return estimated_tokens(text);
  const auto tokens = tokenizer->tokenize(text);
  return tokens ? tokens->size() : estimated_tokens(text);
}

std::size_t count_tokens(const Tokenizer* tokenizer, std::span<const std::string_view> texts) {
  std::size_t tokens = 0;
  for (const std::string_view text : texts) tokens += count_tokens(tokenizer, text);
  return tokens;
}

}  // namespace scaup::inline v0
