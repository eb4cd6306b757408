#pragma once
// What the sentence rules know about words: abbreviations, beginnings of sentences, and the marks around them.

#include <string_view>

namespace scaup::inline v0 {

/// Abbreviations that a name or an explanation follows: their full stop ends no sentence. Lower case, no stop.
[[nodiscard]] bool is_title_abbreviation(std::string_view word) noexcept;
/// Abbreviations before a number, "Fig. 3": their stop ends no sentence where a digit follows.
[[nodiscard]] bool is_number_abbreviation(std::string_view word) noexcept;
/// Words that begin sentences more often than they follow initials, "The". Lower case.
[[nodiscard]] bool is_sentence_starter(std::string_view word) noexcept;

/// Full stops, exclamation and question marks that end a sentence without a space after them, or in scripts
/// without letter case.
[[nodiscard]] bool is_unspaced_stop(char32_t point) noexcept;
[[nodiscard]] bool is_spaced_stop(char32_t point) noexcept;
/// Quotes and brackets that close, and emphasis marks: they belong to the sentence that ends before them.
[[nodiscard]] bool is_closing_mark(char32_t point) noexcept;
/// Quotes and brackets that may stand before the first word of a sentence.
[[nodiscard]] bool is_opening_mark(char32_t point) noexcept;

}  // namespace scaup::inline v0
