#pragma once
// How many tokens a text costs, before the provider says.

#include <cstddef>
#include <span>
#include <string_view>

#include "scaup/embedder.hpp"

namespace scaup::inline v0 {

/// A third of the bytes, rounded up: more than a model counts for prose in any script, less for noise.
[[nodiscard]] constexpr std::size_t estimated_tokens(std::string_view text) noexcept {
  return text.size() / 3 + (text.size() % 3 != 0 ? 1 : 0);
}

/// As the tokenizer counts, or the estimate where it is null or refuses the text.
[[nodiscard]] std::size_t count_tokens(const Tokenizer* tokenizer, std::string_view text);
/// Of all texts together.
[[nodiscard]] std::size_t count_tokens(const Tokenizer* tokenizer, std::span<const std::string_view> texts);

}  // namespace scaup::inline v0
