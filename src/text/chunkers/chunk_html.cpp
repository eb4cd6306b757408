// Extracting the text of HTML, and the HTML chunker over it.

#include <algorithm>

#include "base/boundary.hpp"
#include "base/utf8.hpp"
#include "scaup/format_chunkers.hpp"
#include "text/chunkers/html_limits.hpp"
#include "text/chunkers/html_tree.hpp"
#include "text/chunkers/sections.hpp"

namespace scaup::inline v0 {
namespace {

// Of UTF-8.
Result<HtmlPage> read_page(std::string_view html, const std::stop_token& stop) {
  if (Status status = check_html_limits(html); !status) return std::move(status).error();
  if (stop.stop_requested()) return Error(ErrorCode::cancelled, "html: cancelled through the stop token");
  return read_html(html, stop);
}

// Cuts a text whose headings are known.
class SectionChunker final : public TextChunker {
 public:
  SectionChunker(const HtmlChunkerOptions& options, const HtmlPage& page)
      : TextChunker("html chunker: section", options.section),
        max_heading_level_(options.max_heading_level),
        page_(page) {}

 private:
  Status check_more() const override { return check_heading_level(max_heading_level_, "html chunker"); }

  Result<std::vector<SectionChunks>> cut(const CutJob& job) const override {
    return cut_sections(job, limits(), page_.headings, max_heading_level_, page_.preformatted);
  }

  const std::size_t max_heading_level_;
  const HtmlPage& page_;
};

class HtmlChunker final : public Chunker {
 public:
  explicit HtmlChunker(const HtmlChunkerOptions& options) : options_(options) {}

  Result<std::vector<Document>> chunk(const Document& source, std::stop_token stop) const override {
    return guarded([&]() -> Result<std::vector<Document>> {
      if (Status status = check(source); !status) return std::move(status).error();
      auto page = read_page(source.text, stop);
      if (!page) {
        Error error = std::move(page).error();
        error.add_context("chunk: document \"" + source.id + "\"");
        return error;
      }
      const Document text = {.id = html_text_id(source.id), .text = page->text.text, .metadata = source.metadata};
      auto chunks = SectionChunker(options_, *page).chunk(text, stop);
      if (!chunks) return chunks;
      for (Document& chunk : *chunks) place(chunk, source.id, page->text);
      return chunks;
    });
  }

 private:
  Status check(const Document& source) const {
    if (Status status = check_options(options_.section, "html chunker: section"); !status) return status;
    if (Status status = check_heading_level(options_.max_heading_level, "html chunker"); !status) return status;
    return check_text(source);
  }

  static void place(Document& chunk, const std::string& id, const HtmlText& text) {
    chunk.id = id + "#" + std::to_string(chunk.origin->chunk_index);
    const HtmlSpan span = text.source_of(chunk.origin->begin, chunk.origin->end);
    add_range(chunk.metadata, kHtmlBeginKey, kHtmlEndKey, {span.source_begin, span.source_end});
    if (!text.title.empty()) chunk.metadata.try_emplace("title", text.title);
  }

  const HtmlChunkerOptions options_;
};

}  // namespace

HtmlSpan HtmlText::source_of(std::size_t begin, std::size_t end) const noexcept {
  HtmlSpan found = {.begin = begin, .end = begin};
  auto span = std::ranges::upper_bound(spans, begin, {}, &HtmlSpan::end);
  for (; span != spans.end() && span->begin < end; ++span) {
    const bool literal = span->end - span->begin == span->source_end - span->source_begin;
    const std::size_t first = std::max(begin, span->begin);
    const std::size_t last = std::min(end, span->end);
    const std::size_t from = literal ? span->source_begin + (first - span->begin) : span->source_begin;
    const std::size_t to = literal ? span->source_begin + (last - span->begin) : span->source_end;
    const bool is_first = found.begin == found.end;
    found.source_begin = is_first ? from : std::min(found.source_begin, from);
    found.source_end = is_first ? to : std::max(found.source_end, to);
    if (is_first) found.begin = first;
    found.end = last;
  }
  return found;
}

Result<HtmlText> extract_html(std::string_view html, std::stop_token stop) {
  return guarded([&]() -> Result<HtmlText> {
    if (const auto at = find_invalid_utf8(html))
      return Error(ErrorCode::invalid_argument, "html: text is not UTF-8 at byte " + std::to_string(*at));
    auto page = read_page(html, stop);
    if (!page) return std::move(page).error();
    return std::move(page->text);
  });
}

std::string html_text_id(std::string_view id) {
  return std::string(id) + "#text";
}

std::shared_ptr<const Chunker> make_html_chunker(const HtmlChunkerOptions& options) {
  return std::make_shared<const HtmlChunker>(options);
}

}  // namespace scaup::inline v0
