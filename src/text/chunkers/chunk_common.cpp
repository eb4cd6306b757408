#include "text/chunkers/chunk_common.hpp"

#include <cstring>
#include <utility>

#include "base/utf8.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::size_t kMostSeparators = 1000;  // each costs one search of the text

Error bad_option(std::string_view name, std::string_view option, std::string_view problem) {
  return {ErrorCode::invalid_argument, std::string(name) + ": " + std::string(option) + " " + std::string(problem)};
}

Status check_separators(const std::vector<std::string>& separators, std::string_view name) {
  if (separators.size() > kMostSeparators) {
    return bad_option(
        name, "separators",
        "has " + std::to_string(separators.size()) + " entries; accepted: at most " + std::to_string(kMostSeparators));
  }
  for (std::size_t i = 0; i < separators.size(); ++i) {
    const std::string option = "separators[" + std::to_string(i) + "]";
    if (separators[i].empty()) return bad_option(name, option, "is empty; accepted: at least 1 byte");
    if (const auto at = find_invalid_utf8(separators[i])) {
      return bad_option(name, option, "is not UTF-8 at byte " + std::to_string(*at));
    }
  }
  return {};
}

// For messages.
std::string name_of(const Document& source) {
  return "document \"" + source.id + "\"";
}

// Counts lines up to positions that never go back, so that all of them together cost one pass.
class LineCounter {
 public:
  explicit LineCounter(std::string_view text) : text_(text) {}

  // The line, from 1, of the byte at `position`.
  std::size_t line_of(std::size_t position) noexcept {
    while (at_ < position) {
      const void* found = std::memchr(text_.data() + at_, '\n', position - at_);
      if (found == nullptr) break;
      at_ = static_cast<std::size_t>(static_cast<const char*>(found) - text_.data()) + 1;
      ++line_;
    }
    at_ = position;
    return line_;
  }

 private:
  const std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

std::string join(const SectionPath& path) {
  std::string joined;
  for (const std::string& heading : path) joined += (joined.empty() ? "" : " > ") + heading;
  return joined;
}

// Without its lines, page and section.
Document make_chunk(const Document& source, ByteRange range, std::size_t index) {
  Document chunk = {.id = source.id + "#" + std::to_string(index),
                    .text = source.text.substr(range.begin, range.end - range.begin),
                    .metadata = source.metadata};
  chunk.origin = Origin{.source_id = source.id, .begin = range.begin, .end = range.end, .chunk_index = index};
  return chunk;
}

void add_place(Document& chunk, const SectionChunks& section, std::size_t index) {
  chunk.origin->page = section.page;
  if (!section.windows.empty()) add_range(chunk.metadata, kWindowBeginKey, kWindowEndKey, section.windows[index]);
  if (section.path.empty()) return;
  chunk.origin->section = section.path;
  chunk.metadata.insert_or_assign(std::string(kSectionKey), join(section.path));
}

}  // namespace

void add_range(Metadata& metadata, std::string_view begin_key, std::string_view end_key, ByteRange range) {
  metadata.insert_or_assign(std::string(begin_key), static_cast<std::int64_t>(range.begin));
  metadata.insert_or_assign(std::string(end_key), static_cast<std::int64_t>(range.end));
}

Status check_options(const RecursiveChunkerOptions& options, std::string_view name) {
  if (options.size < 1) return bad_option(name, "size", "is 0; accepted: at least 1");
  if (options.overlap >= options.size) {
    return bad_option(name, "overlap",
                      "is " + std::to_string(options.overlap) + "; accepted: 0 to " + std::to_string(options.size - 1) +
                          ", below size");
  }
  if (options.unit > Unit::tokens) {
    return bad_option(
        name, "unit",
        "is " + std::to_string(static_cast<unsigned>(options.unit)) + "; accepted: bytes, characters, tokens");
  }
  return check_separators(options.separators, name);
}

Status check_text(const Document& source) {
  const auto at = find_invalid_utf8(source.text);
  if (!at) return {};
  return Error(ErrorCode::invalid_argument,
               "chunk: " + name_of(source) + ": text is not UTF-8 at byte " + std::to_string(*at));
}

Error chunk_cancelled(const Document& source) {
  return {ErrorCode::cancelled, "chunk: " + name_of(source) + ": cancelled through the stop token"};
}

Result<std::unique_ptr<const UnitCounter>> make_counter(const Document& source,
                                                        const RecursiveChunkerOptions& options) {
  auto counter = make_unit_counter(source.text, options);
  if (counter) return counter;
  Error error = std::move(counter).error();
  error.add_context("chunk: " + name_of(source));
  return error;
}

RecursiveChunkerOptions to_recursive(const ChunkSizeOptions& sizes, std::vector<std::string> separators) {
  return {.size = sizes.size,
          .overlap = sizes.overlap,
          .unit = sizes.unit,
          .separators = std::move(separators),
          .tokenizer = sizes.tokenizer};
}

std::vector<std::string> clause_separators() {
  return {"\n", "; ", "\xEF\xBC\x9B", ": ", ", ", "\xEF\xBC\x8C", "\xE3\x80\x81", " "};  // U+FF1B, U+FF0C, U+3001
}

std::vector<Document> make_chunks(const Document& source, std::span<const SectionChunks> sections) {
  std::size_t total = 0;
  for (const SectionChunks& section : sections) total += section.chunks.size();
  std::vector<Document> documents;
  documents.reserve(total);
  LineCounter begins(source.text);
  LineCounter ends(source.text);
  for (const SectionChunks& section : sections) {
    for (std::size_t i = 0; i < section.chunks.size(); ++i) {
      documents.push_back(make_chunk(source, section.chunks[i], documents.size()));
      Document& chunk = documents.back();
      chunk.origin->first_line = begins.line_of(chunk.origin->begin);
      chunk.origin->last_line = ends.line_of(chunk.origin->end - 1);
      add_place(chunk, section, i);
    }
  }
  return documents;
}

}  // namespace scaup::inline v0
