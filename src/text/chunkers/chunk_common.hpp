#pragma once
// What all chunkers share: checking options and text, and making documents of byte ranges.

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scaup/chunker.hpp"
#include "text/chunkers/unit_counter.hpp"

namespace scaup::inline v0 {

using SectionPath = std::vector<std::string>;  ///< headings, the outermost first

/// Chunks of one section of the source; `path` is borrowed and may be null.
struct SectionChunks {
  std::vector<ByteRange> chunks = {};
  const SectionPath* path = nullptr;
};

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
