#pragma once
// YAML front matter of a Markdown file: the common part of YAML, and nothing of it is fatal.

#include <cstddef>
#include <string>
#include <string_view>

#include "scaup/document.hpp"

namespace scaup::inline v0 {

constexpr std::size_t kMostFrontMatterBytes = 65'536;

struct FrontMatter {
  std::size_t size = 0;   ///< bytes up to the text, the closing line with them; 0 without front matter
  std::size_t lines = 0;  ///< that it takes
  Metadata fields = {};
  std::string rest = {};  ///< lines that are no field, each with its line end
};

/// Front matter is what is between a first line `---` and a line `---` or `...`, unless a blank line follows the first
/// or the closing line is not among the first kMostFrontMatterBytes. Of a key that comes twice the first counts.
///
/// Values: plain and quoted scalars, block scalars (| and >), flow and block lists of scalars, by YAML 1.2's core
/// schema; integers and reals with needless zeros in front are strings. A null is no field. What is something else,
/// nested maps for example, is the text that stands there. `text` is UTF-8.
[[nodiscard]] FrontMatter read_front_matter(std::string_view text);

}  // namespace scaup::inline v0
