#pragma once
// Sections of a text between its headings, and their chunks by the recursive rules; for Markdown and HTML.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "text/chunkers/chunk_common.hpp"
#include "text/chunkers/text_chunker.hpp"

namespace scaup::inline v0 {

struct Heading {
  ByteRange range = {};   ///< its lines, with the line end
  std::size_t level = 0;  ///< 1 to 6
  std::string text = {};  ///< without marks and white space around it; lines joined by one space; at most
                          ///< kMostHeadingBytes, because every chunk below repeats it
};

constexpr std::size_t kMostHeadingBytes = 1000;

/// `invalid_argument` unless the level is 1 to 6.
[[nodiscard]] Status check_heading_level(std::size_t level, std::string_view name);

/// Chunks of the sections that headings up to `max_level` begin; together they cover the text. A section that has
/// nothing but its heading goes into the one below it, if that is deeper. `whole` are ranges to be kept whole where
/// they fit, ascending.
[[nodiscard]] std::vector<SectionChunks> cut_sections(const CutJob& job, const RecursiveChunkerOptions& limits,
                                                      std::span<const Heading> headings, std::size_t max_level,
                                                      std::span<const ByteRange> whole);

}  // namespace scaup::inline v0
