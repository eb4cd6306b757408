// HTML: the page as it is, what its head says as metadata.

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "base/ascii.hpp"
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

bool begins_with(std::string_view html, std::string_view lower) noexcept {
  return equal_but_ascii_case(html.substr(0, lower.size()), lower);
}

// Up to where the body begins, or all. Parsing a page takes a hundred times as long as reading it.
std::string_view head_of(std::string_view html) noexcept {
  for (std::size_t at = html.find('<'); at != std::string_view::npos; at = html.find('<', at + 1)) {
    const std::string_view tag = html.substr(at + 1);
    if (begins_with(tag, "body") || begins_with(tag, "/head>")) return html.substr(0, at);
  }
  return html;
}

Result<Metadata> read_metadata(std::string_view html, const std::stop_token& stop) {
  if (Status status = check_html_limits(html); !status) return std::move(status).error();
  const auto page = read_html(html, stop);
  if (!page) return page.error();
  return metadata_of(*page);
}

}  // namespace

Result<Document> load_html(SourceText source, const std::stop_token& stop) {
  const std::string_view part = first_part(source.text);
  const std::string_view head = head_of(part);
  auto metadata = read_metadata(head, stop);
  const bool to_body = metadata && head.size() < part.size() && !metadata->contains("title");
  if (to_body) metadata = read_metadata(part, stop);  // for the first heading
  if (!metadata) return std::move(metadata).error();
  Document document = {.id = std::move(source.id), .metadata = *std::move(metadata)};
  document.text = std::move(source.text);  // not before: the page was read from it
  set_text_begin(document.metadata, source.begin, 1);
  return document;
}

}  // namespace scaup::inline v0
