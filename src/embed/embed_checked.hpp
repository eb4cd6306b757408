#pragma once
// The one place where the answer of an embedder, which may be anybody's code, is checked before it is used.

#include <span>
#include <stop_token>
#include <string_view>

#include "scaup/embedder.hpp"

namespace scaup::inline v0 {

/// Embeds `texts` and checks what comes back: the number of rows, the dimension, finite components. Without texts the
/// embedder is not asked.
/// Errors: those of the embedder; `bad_reply` if it answered nonsense.
[[nodiscard]] Result<Embeddings> embed_checked(const Embedder& embedder, std::span<const std::string_view> texts,
                                               TextKind kind, const std::stop_token& stop);

}  // namespace scaup::inline v0
