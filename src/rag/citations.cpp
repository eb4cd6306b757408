#include "rag/citations.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "base/metadata_value.hpp"

namespace scaup::inline v0 {
namespace {

constexpr char kPageEnd = '\f';

std::string text_of(const Metadata& metadata, std::string_view key) {
  const auto* const text = metadata_value<std::string>(metadata, key);
  return text == nullptr ? std::string() : *text;
}

// Lines of bytes of a text whose first byte is in `first_line`.
void set_lines(Citation& citation, std::size_t first_line, std::string_view before, std::string_view quote) {
  citation.first_line = first_line + count_line_ends(before);
  const std::size_t inner = quote.empty() ? 0 : count_line_ends(quote.substr(0, quote.size() - 1));
  citation.last_line = citation.first_line + inner;
}

// The page on which the span begins: a passage that was made larger may reach over several.
std::optional<std::size_t> page_of(const CitedPlace& place) {
  const std::string_view before = std::string_view(place.passage->text).substr(0, place.span.begin);
  auto page = place.passage->origin.page;
  if (page) *page += static_cast<std::size_t>(std::ranges::count(before, kPageEnd));
  return page;
}

std::string chunk_id(const Origin& origin, std::size_t index) {
  return origin.source_id + "#" + std::to_string(index);
}

}  // namespace

Result<Citation> CitationMaker::make(const CitedPlace& place) const {
  const Passage& passage = *place.passage;
  Citation citation{.number = place.number,
                    .source_id = passage.origin.source_id,
                    .uri = text_of(passage.metadata, "uri"),
                    .title = text_of(passage.metadata, "title"),
                    .chunk_ids = passage.chunk_ids,
                    .page = passage.origin.page,
                    .section = passage.origin.section};
  if (citation.uri.empty()) citation.uri = text_of(passage.metadata, "path");
  if (level_ == CitationLevel::document) {
    point_at_document(citation, passage);
    return citation;
  }
  if (level_ == CitationLevel::page && point_at_page(citation, place)) return citation;
  if (level_ == CitationLevel::section) {
    const auto found = point_at_section(citation, passage);
    if (!found) return found.error();
    if (*found) return citation;
  }
  const ByteRange whole{0, passage.text.size()};
  point_at(citation, passage, level_ == CitationLevel::span ? place.span : whole);
  if (level_ == CitationLevel::span) citation.page = page_of(place);
  return citation;
}

void CitationMaker::point_at(Citation& citation, const Passage& passage, const ByteRange& span) const {
  const std::string_view text = passage.text;
  citation.begin = passage.origin.begin + span.begin;
  citation.end = passage.origin.begin + span.end;
  citation.quote = text.substr(span.begin, span.end - span.begin);
  set_lines(citation, passage.origin.first_line, text.substr(0, span.begin), citation.quote);
}

// Where the source is not there, the passage is all that is known of it.
void CitationMaker::point_at_document(Citation& citation, const Passage& passage) const {
  const std::string* const source = sources_.find(passage.origin.source_id);
  if (source == nullptr) {
    point_at(citation, passage, {0, passage.text.size()});
  } else {
    citation.end = source->size();
    set_lines(citation, 1, {}, *source);
  }
  citation.quote.clear();
  citation.page.reset();
  citation.section.clear();
}

bool CitationMaker::point_at_page(Citation& citation, const CitedPlace& place) const {
  const Passage& passage = *place.passage;
  const std::string* const source = sources_.place_of(passage);
  if (source == nullptr || !passage.origin.page) return false;
  const std::size_t at = passage.origin.begin + place.span.begin;
  const std::size_t before = std::string_view(*source).substr(0, at).rfind(kPageEnd);
  citation.page = page_of(place);
  citation.begin = before == std::string::npos ? 0 : before + 1;
  citation.end = std::min(source->find(kPageEnd, citation.begin), source->size());
  citation.quote = source->substr(citation.begin, citation.end - citation.begin);
  set_lines(citation, 1, std::string_view(*source).substr(0, citation.begin), citation.quote);
  return true;
}

// From the first to the last of the neighbouring chunks with the same headings.
Result<bool> CitationMaker::point_at_section(Citation& citation, const Passage& passage) const {
  const std::string* const source = sources_.place_of(passage);
  if (source == nullptr || passage.origin.section.empty()) return false;
  const auto first = section_end(passage.origin, false);
  if (!first) return first.error();
  const auto last = section_end(passage.origin, true);
  if (!last) return last.error();
  if (first->begin > last->end || last->end > source->size()) return false;
  citation.begin = first->begin;
  citation.end = std::max(last->end, passage.origin.end);
  citation.quote = source->substr(citation.begin, citation.end - citation.begin);
  citation.first_line = first->first_line;
  citation.last_line = std::max(last->last_line, passage.origin.last_line);
  return true;
}

// The origin of the farthest chunk in one direction that is in the same section, some at a time.
Result<Origin> CitationMaker::section_end(Origin origin, bool forward) const {
  constexpr std::size_t kAtOnce = 16;
  for (;;) {
    std::vector<std::string> ids;
    for (std::size_t step = 1; step <= kAtOnce; ++step) {
      if (forward) ids.push_back(chunk_id(origin, origin.chunk_index + step));
      if (!forward && step <= origin.chunk_index) ids.push_back(chunk_id(origin, origin.chunk_index - step));
    }
    const auto chunks = chunks_.get_many(ids, stop_);
    if (!chunks) return chunks.error();
    for (const auto& chunk : *chunks) {
      // Where an id and the index beside it are not what chunkers make of them, there is no next chunk.
      const std::size_t next = forward ? origin.chunk_index + 1 : origin.chunk_index - 1;
      const bool same = chunk && chunk->origin && chunk->origin->source_id == origin.source_id &&
                        chunk->origin->section == origin.section && chunk->origin->chunk_index == next;
      if (!same) return origin;
      origin = *chunk->origin;
    }
    if (ids.empty()) return origin;
  }
}

}  // namespace scaup::inline v0
