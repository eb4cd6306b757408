// Markdown: front matter into metadata, the rest is the text.

#include <array>
#include <utility>

#include "base/utf8.hpp"
#include "rag/dates.hpp"
#include "rag/front_matter.hpp"
#include "rag/loaders.hpp"
#include "text/chunkers/markdown_scanner.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::size_t kHeadingWithin = 65'536;  // so far the first heading is looked for

// Other names of what documents have, in order of preference.
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kSynonyms = {{{"authors", "author"},
                                                                                     {"lang", "language"},
                                                                                     {"date", "created"},
                                                                                     {"updated", "modified"},
                                                                                     {"lastmod", "modified"}}};

void set_date(Metadata& metadata, const std::string& key, std::string& rest) {
  const auto found = metadata.find(key);
  if (found == metadata.end()) return;
  const std::string text = text_of(found->second);
  if (auto date = to_rfc3339(text)) {
    found->second = *std::move(date);
    return;
  }
  rest += key + ": " + text + '\n';
  metadata.erase(found);
}

void set_known_fields(Metadata& metadata, std::string& rest) {
  for (const auto& [synonym, key] : kSynonyms) {
    const auto found = metadata.find(synonym);
    if (found != metadata.end()) set_if_absent(metadata, key, text_of(found->second));
  }
  for (const char* const key : {"title", "author", "language", "version"}) {
    const auto found = metadata.find(key);
    if (found == metadata.end()) continue;
    const std::string text = text_of(found->second);
    metadata.erase(found);
    set_if_absent(metadata, key, text);  // an empty one says nothing
  }
  for (const char* const key : {"created", "modified"}) set_date(metadata, key, rest);
}

std::string_view first_part(std::string_view text) noexcept {
  std::size_t end = std::min(text.size(), kHeadingWithin);
  while (!is_utf8_boundary(text, end)) --end;
  return text.substr(0, end);
}

}  // namespace

Document load_markdown(SourceText source) {
  FrontMatter front = read_front_matter(source.text);
  set_known_fields(front.fields, front.rest);
  if (!front.rest.empty()) front.fields.insert_or_assign("front_matter", std::move(front.rest));
  Document document = {.id = std::move(source.id), .text = std::move(source.text), .metadata = std::move(front.fields)};
  document.text.erase(0, front.size);
  set_text_begin(document.metadata, source.begin + front.size, front.lines + 1);
  if (document.metadata.contains("title")) return document;
  const auto headings = scan_markdown(first_part(document.text)).headings;
  if (!headings.empty()) set_if_absent(document.metadata, "title", headings.front().text);
  return document;
}

}  // namespace scaup::inline v0
