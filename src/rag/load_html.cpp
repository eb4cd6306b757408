// HTML: the page as it is, what its head says as metadata.

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "base/utf8.hpp"
#include "rag/dates.hpp"
#include "rag/loaders.hpp"
#include "text/chunkers/html_limits.hpp"
#include "text/chunkers/html_tree.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::size_t kHeadWithin = std::size_t{256} << 10U;  // so far the head, and the first heading, are looked for

using Names = std::initializer_list<std::string_view>;

// The contents of the `<meta>` elements with one of these names, the first name first.
std::vector<std::string_view> contents_of(const HtmlPage& page, Names names) {
  std::vector<std::string_view> contents;
  for (const std::string_view name : names) {
    for (const HtmlMeta& meta : page.metas) {
      if (meta.name == name && !meta.content.empty()) contents.push_back(meta.content);
    }
  }
  return contents;
}

void set_first(Metadata& metadata, std::string_view key, const std::vector<std::string_view>& contents) {
  for (const std::string_view content : contents) set_if_absent(metadata, key, content);
}

void set_first_date(Metadata& metadata, std::string_view key, const std::vector<std::string_view>& contents) {
  for (const std::string_view content : contents) {
    if (const auto date = to_rfc3339(content)) set_if_absent(metadata, key, *date);
  }
}

Metadata metadata_of(const HtmlPage& page) {
  Metadata metadata;
  set_if_absent(metadata, "title", page.text.title);
  set_first(metadata, "title", contents_of(page, {"og:title", "dc.title", "dcterms.title"}));
  if (!page.headings.empty()) set_if_absent(metadata, "title", page.headings.front().text);
  set_first(metadata, "author", contents_of(page, {"author", "article:author", "dc.creator", "dcterms.creator"}));
  set_if_absent(metadata, "language", page.language);
  set_first_date(metadata, "created",
                 contents_of(page, {"article:published_time", "date", "dcterms.created", "dcterms.date", "dc.date"}));
  set_first_date(metadata, "modified",
                 contents_of(page, {"article:modified_time", "og:updated_time", "last-modified", "dcterms.modified"}));
  return metadata;
}

std::string_view first_part(std::string_view html) noexcept {
  std::size_t end = std::min(html.size(), kHeadWithin);
  while (!is_utf8_boundary(html, end)) --end;
  return html.substr(0, end);
}

}  // namespace

Result<Document> load_html(SourceText source, const std::stop_token& stop) {
  const std::string_view head = first_part(source.text);
  if (Status status = check_html_limits(head); !status) return std::move(status).error();
  const auto page = read_html(head, stop);
  if (!page) return page.error();
  Document document = {.id = std::move(source.id), .metadata = metadata_of(*page)};
  document.text = std::move(source.text);  // not before: the page was read from it
  set_text_begin(document.metadata, source.begin, 1);
  return document;
}

}  // namespace scaup::inline v0
