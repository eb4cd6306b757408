#pragma once
// Chunkers of texts with a format: source code, chats, HTML. Plain text, pages and Markdown are in chunker.hpp.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "scaup/chunker.hpp"
#include "scaup/config.hpp"
#include "scaup/document.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// How a programming language shows its blocks.
enum class CodeStyle : std::uint8_t {
  automatic,    ///< by the extension in metadata "path" or in the id; else by what most lines end with
  braces,       ///< C and its like, Java, JavaScript, Go, Rust
  indentation,  ///< Python and its like
};

struct CodeChunkerOptions {
  std::size_t size = 512;                           ///< largest chunk, in units; at least 1
  std::size_t overlap = 0;                          ///< whole blocks or lines of at most so many units are repeated
  Unit unit = Unit::tokens;                         ///< what both count
  std::shared_ptr<const Tokenizer> tokenizer = {};  ///< counts `Unit::tokens`; usually `embedder->tokenizer()`
  CodeStyle style = CodeStyle::automatic;
};

/// Packs whole functions and classes up to `size`. One that is too large is cut where blocks inside it end or blank
/// lines are, the outermost first, then at line ends, then anywhere. Strings and comments are known; the comment
/// and the decorators right above a function stay with it. Code that does not compile is cut all the same.
[[nodiscard]] SCAUP_API std::shared_ptr<const Chunker> make_code_chunker(const CodeChunkerOptions& options = {});

struct ChatChunkerOptions {
  std::size_t size = 512;                           ///< largest chunk, in units; at least 1
  std::size_t overlap = 50;                         ///< whole messages of at most so many units are repeated
  Unit unit = Unit::tokens;                         ///< what both count
  std::shared_ptr<const Tokenizer> tokenizer = {};  ///< counts `Unit::tokens`; usually `embedder->tokenizer()`
  /// Who speaks, in any case of ASCII letters: {"User", "Assistant"}. Empty: any name of up to four words and 40
  /// bytes, so that a line "Note: ..." inside a message begins one too.
  std::vector<std::string> speakers = {};
};

/// Packs whole messages up to `size`. A message begins at a line `name: ...`, with a time before it if need be
/// (`[10:15] name: ...`, `12/03/2024, 10:15 - name: ...`), or is a line of JSON with "role" and "content". A message
/// that is too large is cut at paragraphs, then at sentences.
[[nodiscard]] SCAUP_API std::shared_ptr<const Chunker> make_chat_chunker(const ChatChunkerOptions& options = {});

/// Bytes `[begin, end)` of an extracted text that came from bytes `[source_begin, source_end)` of the HTML. Of equal
/// lengths they are equal byte for byte; otherwise they are a character reference such as `&amp;` and what it means.
struct HtmlSpan {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t source_begin = 0;
  std::size_t source_end = 0;

  friend bool operator==(const HtmlSpan&, const HtmlSpan&) = default;
};

/// What a reader sees of an HTML page.
struct HtmlText {
  std::string text = {};   ///< blocks apart by a blank line, rows and line breaks by a line end, cells by a tab
  std::string title = {};  ///< of the page; empty if it has none
  std::vector<HtmlSpan> spans = {};  ///< where the text came from, ascending; white space between them is made up

  /// The bytes of the HTML from which bytes `[begin, end)` of the text came, from the first to the last; tags
  /// between them included. Empty, `begin == end`, if none came from there.
  [[nodiscard]] SCAUP_API HtmlSpan source_of(std::size_t begin, std::size_t end) const noexcept;
};

/// The text of an HTML page (HTML5, tag soup included), with white space as a browser shows it. Left out: head, nav,
/// scripts, styles, templates, form controls, embedded media and what has the attribute `hidden`.
///
/// Errors: `invalid_argument` if `html` is not UTF-8 (says where), nests deeper than 512 elements, or has a tag with
/// more than 1,000 attributes; `out_of_memory`; `cancelled`. Cost: memory of about 100 times the HTML at the worst.
[[nodiscard]] SCAUP_API Result<HtmlText> extract_html(std::string_view html, std::stop_token stop = {});

/// The id by which chunks of an HTML document name its extracted text: `<id>#text`.
[[nodiscard]] SCAUP_API std::string html_text_id(std::string_view id);

inline constexpr std::string_view kHtmlBeginKey = "html_begin";  ///< first byte of the HTML that a chunk came from
inline constexpr std::string_view kHtmlEndKey = "html_end";      ///< one past the last such byte

struct HtmlChunkerOptions {
  /// How a section that is too large is cut further; its sizes are the sizes of the chunks.
  RecursiveChunkerOptions section = {};
  /// Headings of a deeper level than this do not begin a section; 1 to 6.
  std::size_t max_heading_level = 6;
};

/// Cuts the extracted text of HTML documents at headings, as the Markdown chunker does; `<pre>` stays whole where it
/// fits. A chunk's `Origin` has its range and lines in that text, and names it by html_text_id: the rule
/// `source.substr(begin, end - begin) == chunk.text` holds for `extract_html(html).text`. Where it came from in the
/// HTML is in its metadata, kHtmlBeginKey and kHtmlEndKey; "title" is that of the page unless the source has one.
///
/// Errors: those of extract_html too.
[[nodiscard]] SCAUP_API std::shared_ptr<const Chunker> make_html_chunker(const HtmlChunkerOptions& options = {});

}  // namespace scaup::inline v0
