#pragma once
// Chunkers: from a long document to passages that can be embedded and cited.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "scaup/config.hpp"
#include "scaup/document.hpp"
#include "scaup/embedder.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// Cuts documents. Users may implement it.
/// Implementations may be called from several threads at once.
class SCAUP_API Chunker {
 public:
  virtual ~Chunker();
  /// The chunks of `source` in order. Each is a document: id `<source id>#<index>`, the metadata of the
  /// source, no embedding, and an Origin with its exact byte range in `source.text`. An empty text, or
  /// one of white space alone, gives no chunk.
  ///
  /// Errors: `invalid_argument` if the text is not UTF-8 (says where) or the options are out of range.
  [[nodiscard]] virtual Result<std::vector<Document>> chunk(const Document& source,
                                                            std::stop_token stop = {}) const = 0;
};

/// What a size counts.
enum class Unit : std::uint8_t {
  bytes,
  characters,  ///< Unicode code points
  tokens,      ///< of the tokenizer in the options; without one, words and punctuation marks
};

struct RecursiveChunkerOptions {
  std::size_t size = 512;    ///< largest chunk, in units; at least 1
  std::size_t overlap = 50;  ///< at most so many units are repeated from the chunk before; below `size`
  Unit unit = Unit::tokens;
  /// Where to cut, the best place first. A text is cut at the first separator that it holds; pieces that are
  /// still too large are cut at the next. Past the last one, it is cut anywhere between two code points.
  std::vector<std::string> separators = {"\n\n", "\n", ". ", "? ", "! ", "; ", ", ", " "};
  /// Counts `Unit::tokens`; usually `embedder->tokenizer()`.
  std::shared_ptr<const Tokenizer> tokenizer = {};
};

/// Cuts at the coarsest separator that gives chunks of at most `size`, and packs pieces up to that size.
/// A separator stays with the piece before it; white space at both ends of a chunk is left out. No chunk
/// is larger than `size`, but for one code point or token that is larger by itself.
[[nodiscard]] SCAUP_API std::shared_ptr<const Chunker> make_recursive_chunker(
    const RecursiveChunkerOptions& options = {});

struct MarkdownChunkerOptions {
  /// How a section that is too large is cut further; its sizes are the sizes of the chunks.
  RecursiveChunkerOptions section = {};
  /// Headings of a deeper level than this do not begin a section; 1 to 6.
  std::size_t max_heading_level = 6;
};

/// Cuts Markdown (CommonMark) at its headings, `#` and underlined. Headings in fenced or indented code or
/// in YAML front matter are text. `Origin::section` has the headings above a chunk, outermost first; metadata key
/// "section" has them joined by " > ". A chunk holds its section's own heading line.
[[nodiscard]] SCAUP_API std::shared_ptr<const Chunker> make_markdown_chunker(
    const MarkdownChunkerOptions& options = {});

}  // namespace scaup::inline v0
