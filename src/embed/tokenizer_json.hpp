#pragma once
// Reads tokenizer.json, the file format of the Hugging Face tokenizers library.

#include <cstddef>
#include <string_view>

#include "embed/text_tokenizer.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// A tokenizer whose token numbers are all below `token_limit`.
///
/// Read: models WordPiece and WordLevel; normalizers BertNormalizer, Lowercase, NFC, NFD, NFKC, NFKD,
/// StripAccents, Sequence; pre-tokenizers BertPreTokenizer, Whitespace, WhitespaceSplit, Sequence; added
/// tokens that are matched in the text as it is. Ignored: truncation, padding, post_processor, decoder,
/// which play no role in a mean of token vectors.
///
/// Errors: `unsupported_format` for any other type, naming it; `corruption` for what contradicts itself.
[[nodiscard]] Result<TextTokenizer> parse_tokenizer_json(std::string_view text, std::size_t token_limit);

}  // namespace scaup::inline v0
