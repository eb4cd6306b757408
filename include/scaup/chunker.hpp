#pragma once
// Chunkers: from a long document to passages that can be embedded and cited. The interface, chunkers of plain
// text, and chunkers made of others. Those that know a format (HTML, code, chat) are in format_chunkers.hpp.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
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
  /// one of white space alone, gives no chunk. White space at both ends of a chunk is left out.
  ///
  /// Errors: `invalid_argument` if the text is not UTF-8 (says where) or the options are out of range; `cancelled`.
  [[nodiscard]] virtual Result<std::vector<Document>> chunk(const Document& source,
                                                            std::stop_token stop = {}) const = 0;
};

// Metadata keys that chunkers write. Positions are integers, bytes of the text that `Origin::source_id` names.
inline constexpr std::string_view kSectionKey = "section";           ///< the headings above, joined by " > "
inline constexpr std::string_view kContentIdKey = "content_id";      ///< see with_content_ids
inline constexpr std::string_view kWindowBeginKey = "window_begin";  ///< the window around a sentence
inline constexpr std::string_view kWindowEndKey = "window_end";      ///< one past its last byte
inline constexpr std::string_view kParentIdKey = "parent_id";        ///< id of the chunk that a child lies in
inline constexpr std::string_view kParentBeginKey = "parent_begin";  ///< first byte of that chunk
inline constexpr std::string_view kParentEndKey = "parent_end";      ///< one past its last byte

/// What a size counts.
enum class Unit : std::uint8_t {
  bytes,
  characters,  ///< Unicode code points
  tokens,      ///< of the tokenizer in the options; without one, words and punctuation marks
};

/// How large chunks are. Sizes hold for every chunk but one of a single code point or token that is larger by itself.
struct ChunkSizeOptions {
  std::size_t size = 512;                           ///< largest chunk, in units; at least 1
  std::size_t overlap = 50;                         ///< at most so many units are repeated; below `size`
  Unit unit = Unit::tokens;                         ///< what both count
  std::shared_ptr<const Tokenizer> tokenizer = {};  ///< counts `Unit::tokens`; usually `embedder->tokenizer()`
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

/// Windows of `size` units; each begins `size - overlap` units after the one before, wherever that is in a word or
/// a sentence, and the last one ends with the text.
[[nodiscard]] SCAUP_API std::shared_ptr<const Chunker> make_fixed_chunker(const ChunkSizeOptions& options = {});

struct TokenChunkerOptions {
  std::size_t size = 512;                           ///< tokens a chunk; at least 1
  std::size_t overlap = 50;                         ///< tokens repeated from the chunk before; below `size`
  std::shared_ptr<const Tokenizer> tokenizer = {};  ///< usually `embedder->tokenizer()`; null: words and marks
};

/// Windows of `size` tokens, as make_fixed_chunker makes them: for a model's limit, to the token.
[[nodiscard]] SCAUP_API std::shared_ptr<const Chunker> make_token_chunker(const TokenChunkerOptions& options = {});

struct SentenceChunkerOptions {
  std::size_t size = 512;                           ///< largest chunk, in units; at least 1
  std::size_t overlap = 50;                         ///< whole sentences of at most so many units are repeated
  Unit unit = Unit::tokens;                         ///< what both count
  std::shared_ptr<const Tokenizer> tokenizer = {};  ///< counts `Unit::tokens`; usually `embedder->tokenizer()`
  /// Words whose full stop ends no sentence, besides those known: without the stop, ASCII in lower case, "sched".
  std::vector<std::string> abbreviations = {};
};

/// Packs whole sentences up to `size`. A sentence ends at . ! ? and their like in other scripts, where what
/// follows does not continue it: abbreviations, initials, decimals, closing quotes and brackets, ellipses and
/// remarks in brackets are known; and at a blank line or form feed. A sentence that is too large is cut at clauses,
/// then at words, then anywhere.
[[nodiscard]] SCAUP_API std::shared_ptr<const Chunker> make_sentence_chunker(
    const SentenceChunkerOptions& options = {});

/// The default for prose: whole sentences, 512 tokens of `tokenizer`, 50 of them repeated.
[[nodiscard]] SCAUP_API std::shared_ptr<const Chunker> make_prose_chunker(
    std::shared_ptr<const Tokenizer> tokenizer = {});

/// Packs whole paragraphs, which are what blank lines separate, up to `size`; those that are too large are cut at
/// sentences. Repeats whole paragraphs, or sentences of a paragraph that was cut.
[[nodiscard]] SCAUP_API std::shared_ptr<const Chunker> make_paragraph_chunker(const ChunkSizeOptions& options = {});

/// Pages end at a form feed (U+000C). No chunk reaches over two pages, and none repeats text of the page before;
/// `Origin::page` has the number, from 1, empty pages counted. A page that is too large is cut at paragraphs, then
/// at sentences.
[[nodiscard]] SCAUP_API std::shared_ptr<const Chunker> make_page_chunker(const ChunkSizeOptions& options = {});

struct MarkdownChunkerOptions {
  /// How a section that is too large is cut further; its sizes are the sizes of the chunks.
  RecursiveChunkerOptions section = {};
  /// Headings of a deeper level than this do not begin a section; 1 to 6.
  std::size_t max_heading_level = 6;
};

/// Cuts Markdown (CommonMark) at its headings, `#` and underlined. Headings in fenced or indented code or
/// in YAML front matter are text. `Origin::section` has the headings above a chunk, outermost first; metadata key
/// kSectionKey has them joined by " > ". A chunk holds its section's own heading line.
[[nodiscard]] SCAUP_API std::shared_ptr<const Chunker> make_markdown_chunker(
    const MarkdownChunkerOptions& options = {});

struct SentenceWindowChunkerOptions {
  std::size_t window = 3;                           ///< sentences on either side of a chunk
  std::size_t size = 512;                           ///< a larger sentence is cut, in units; at least 1
  Unit unit = Unit::tokens;                         ///< what `size` counts
  std::shared_ptr<const Tokenizer> tokenizer = {};  ///< counts `Unit::tokens`; usually `embedder->tokenizer()`
};

/// One chunk a sentence, for searching; kWindowBeginKey and kWindowEndKey of its metadata have the range of the
/// sentences around it, for reading: `window` before, itself, `window` after, as far as there are any.
[[nodiscard]] SCAUP_API std::shared_ptr<const Chunker> make_sentence_window_chunker(
    const SentenceWindowChunkerOptions& options = {});

struct SemanticChunkerOptions {
  std::shared_ptr<const Embedder> embedder = {};    ///< must be set
  std::size_t buffer = 1;                           ///< sentences on either side that are embedded with one
  double percentile = 95;                           ///< of the distances; a larger one is a break; 0 to 100
  std::size_t size = 512;                           ///< largest chunk, in units; at least 1
  Unit unit = Unit::tokens;                         ///< what `size` counts
  std::shared_ptr<const Tokenizer> tokenizer = {};  ///< counts `Unit::tokens`; usually `embedder->tokenizer()`
};

/// Cuts where the meaning changes: the cosine distance of the windows around two neighbouring sentences is
/// above the percentile (linear between ranks) of all distances in the text. What is too large is cut at sentences.
/// A window of which the embedder knows nothing is at distance 0.
///
/// Errors: those of the embedder too. Cost: one call of `embed` with a window for each sentence.
[[nodiscard]] SCAUP_API std::shared_ptr<const Chunker> make_semantic_chunker(const SemanticChunkerOptions& options);

/// Small chunks for searching, each of which knows the larger one that it lies in. `parent` cuts the source, `child`
/// each of the parents. Ids are `<parent id>#<index in the parent>`, so that both can be kept in one collection;
/// `Origin` is that of the source, the section from the parent if the child has none; kParentIdKey, kParentBeginKey
/// and kParentEndKey name the parent, which `parent->chunk(source)` gives.
[[nodiscard]] SCAUP_API std::shared_ptr<const Chunker> make_parent_child_chunker(std::shared_ptr<const Chunker> parent,
                                                                                 std::shared_ptr<const Chunker> child);

/// 32 hexadecimal digits of the text's XXH3-128, high half first: equal for equal texts, on every machine. Two texts
/// that somebody made to collide are not told apart.
[[nodiscard]] SCAUP_API std::string content_id(std::string_view text);

/// The chunks of `chunker`, each with the content_id of its text at kContentIdKey of its metadata: it stays the same
/// where an edit elsewhere in the source changes the numbers of chunks.
[[nodiscard]] SCAUP_API std::shared_ptr<const Chunker> with_content_ids(std::shared_ptr<const Chunker> chunker);

}  // namespace scaup::inline v0
