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

}  // namespace

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

std::vector<Document> make_chunks(const Document& source, std::span<const SectionChunks> sections) {
  std::size_t total = 0;
  for (const SectionChunks& section : sections) total += section.chunks.size();
  std::vector<Document> documents;
  documents.reserve(total);
  LineCounter begins(source.text);
  LineCounter ends(source.text);
  for (const SectionChunks& section : sections) {
    for (const ByteRange& range : section.chunks) {
      Document& chunk = documents.emplace_back();
      const std::size_t index = documents.size() - 1;
      chunk.id = source.id + "#" + std::to_string(index);
      chunk.text = source.text.substr(range.begin, range.end - range.begin);
      chunk.metadata = source.metadata;
      chunk.origin = Origin{.source_id = source.id, .begin = range.begin, .end = range.end, .chunk_index = index};
      chunk.origin->first_line = begins.line_of(range.begin);
      chunk.origin->last_line = ends.line_of(range.end - 1);
      if (section.path == nullptr || section.path->empty()) continue;
      chunk.origin->section = *section.path;
      chunk.metadata.insert_or_assign("section", join(*section.path));
    }
  }
  return documents;
}

}  // namespace scaup::inline v0
