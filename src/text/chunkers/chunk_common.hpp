#pragma once
// What all chunkers share: checking options and text, and making documents of byte ranges.

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scaup/chunker.hpp"
#include "text/chunkers/unit_counter.hpp"

namespace scaup::inline v0 {

using SectionPath = std::vector<std::string>;  ///< headings, the outermost first

/// Chunks of one section or page of the source.
struct SectionChunks {
  std::vector<ByteRange> chunks = {};
  SectionPath path = {};
  std::optional<std::size_t> page = {};
  std::vector<ByteRange> windows = {};  ///< one a chunk, what is written at kWindowBeginKey and kWindowEndKey; or none
};

/// What every chunker with sizes has, as the options of the recursive rules, which cut what is too large.
[[nodiscard]] RecursiveChunkerOptions to_recursive(const ChunkSizeOptions& sizes, std::vector<std::string> separators);

/// Where a sentence that is too large is cut.
[[nodiscard]] std::vector<std::string> clause_separators();

/// Writes a byte range into two keys.
void add_range(Metadata& metadata, std::string_view begin_key, std::string_view end_key, ByteRange range);

/// `invalid_argument` with the option, its value and what is accepted. `name` stands before every option.
[[nodiscard]] Status check_options(const RecursiveChunkerOptions& options, std::string_view name);

/// `invalid_argument` with the offset if the text of `source` is not UTF-8.
[[nodiscard]] Status check_text(const Document& source);

[[nodiscard]] Error chunk_cancelled(const Document& source);

/// The counter for the text of `source`. Errors: as make_unit_counter, with the document named.
[[nodiscard]] Result<std::unique_ptr<const UnitCounter>> make_counter(const Document& source,
                                                                      const RecursiveChunkerOptions& options);

/// One document for each chunk, with id, metadata and Origin. Chunks are in ascending order of their
/// begin, and of their end, over all sections.
[[nodiscard]] std::vector<Document> make_chunks(const Document& source, std::span<const SectionChunks> sections);

}  // namespace scaup::inline v0
