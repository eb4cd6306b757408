#pragma once
// Counts tokens: one bit for each byte of a text says where tokens begin, another what belongs to one.

#include <memory>
#include <span>
#include <string_view>

#include "scaup/embedder.hpp"
#include "text/chunkers/unit_counter.hpp"

namespace scaup::inline v0 {

/// Of the tokens of a tokenizer: ascending, not overlapping, none empty, all in a text of `size` bytes.
[[nodiscard]] std::unique_ptr<const UnitCounter> make_token_counter(std::size_t size,
                                                                    std::span<const TokenRange> tokens);

/// What counts as tokens where there is no tokenizer: words (runs of ASCII letters and digits and of all other
/// code points that are neither white space nor listed here), ASCII punctuation marks one by one, and likewise the
/// marks of U+2010 to U+205E, CJK punctuation, kana and ideographs, which are written without spaces.
/// `text` is UTF-8.
[[nodiscard]] std::unique_ptr<const UnitCounter> make_word_counter(std::string_view text);

}  // namespace scaup::inline v0
