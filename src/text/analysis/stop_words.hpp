#pragma once
// The languages that have an analyzer, and the words that theirs leave out.

#include <span>
#include <string_view>

namespace scaup::inline v0 {

/// A language of Snowball. Names and lists are part of what a stored index means: do not change them.
struct Language {
  const char* name;             ///< also libstemmer's name of the algorithm, except for english (porter)
  std::string_view stop_words;  ///< folded, in any order, separated by single spaces; may be empty
};

[[nodiscard]] std::span<const Language> languages() noexcept;

/// Lucene's English list, 33 words.
[[nodiscard]] std::string_view english_stop_words() noexcept;

}  // namespace scaup::inline v0
