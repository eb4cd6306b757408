#pragma once
// The chunker of sources for which the user names none.

#include <memory>

#include "scaup/chunker.hpp"

namespace scaup::inline v0 {

/// By metadata "format": Markdown and HTML by sections, code by blocks, PDF by pages, the rest by sentences; the
/// default sizes of each, in tokens of `tokenizer`.
[[nodiscard]] std::shared_ptr<const Chunker> make_default_chunker(const std::shared_ptr<const Tokenizer>& tokenizer);

}  // namespace scaup::inline v0
