#pragma once
// Where sentences and paragraphs end.

#include <string>
#include <string_view>
#include <vector>

#include "text/chunkers/unit_counter.hpp"

namespace scaup::inline v0 {

/// The sentences of `range`, ascending, without white space around them; what is between them is white space.
/// Linear time. `abbreviations` are words whose full stop ends no sentence, in lower case and without the stop,
/// besides those known. `text` is UTF-8; where it is not, the ranges may be any in it.
[[nodiscard]] std::vector<ByteRange> find_sentences(std::string_view text, ByteRange range,
                                                    const std::vector<std::string>& abbreviations = {});

/// The paragraphs of `range`: what blank lines and form feeds separate; otherwise as find_sentences.
[[nodiscard]] std::vector<ByteRange> find_paragraphs(std::string_view text, ByteRange range);

}  // namespace scaup::inline v0
