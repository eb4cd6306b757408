#pragma once
// Lines of source code: how deep in blocks each begins, and whether a block could end before it. A light scanner
// that knows strings, comments and brackets, and takes any text.

#include <cstddef>
#include <string_view>
#include <vector>

#include "text/chunkers/unit_counter.hpp"

namespace scaup::inline v0 {

struct CodeLine {
  ByteRange range = {};   ///< with the line end
  std::size_t depth = 0;  ///< blocks around its beginning, at most kDeepestBlock
  bool begins = false;    ///< a block or a paragraph of code begins here, so that a cut before it is a good one
};

/// Deeper blocks count as so deep: nobody reads further in, and cutting takes a pass for each depth.
constexpr std::size_t kDeepestBlock = 32;

[[nodiscard]] std::vector<CodeLine> scan_brace_code(std::string_view text);
[[nodiscard]] std::vector<CodeLine> scan_indented_code(std::string_view text);

/// Whether more lines end as blocks of indentation begin (a colon) than as lines with braces do.
[[nodiscard]] bool looks_indented(std::string_view text) noexcept;

}  // namespace scaup::inline v0
