// Reads the records of sources and finds those whose chunks are not the ones that they tell of.

#include "rag/source_table.hpp"

#include <functional>

namespace scaup::inline v0 {
namespace {

constexpr std::size_t kPage = 64;  // documents; a source may have a text of 16 MiB

Status for_each(const Collection& collection, Filter filter, const std::stop_token& stop,
                const std::function<void(const Document&)>& visit) {
  ScanOptions options = {.filter = std::move(filter), .limit = kPage};
  do {
    auto page = collection.scan(options, stop);
    if (!page) return std::move(page).error();
    for (const Document& document : page->documents) visit(document);
    options.after = std::move(page->next);
  } while (options.after);
  return {};
}

}  // namespace

Result<SourceTable> SourceTable::read(const Collection& chunks, const Collection& sources,
                                      const std::stop_token& stop) {
  SourceTable table;
  Status status = table.mark_current(chunks, sources, stop);  // first: who writes meanwhile makes it out of date
  if (status) status = table.read_records(sources, stop);
  if (status) status = table.check_chunks(chunks, stop);
  if (!status) return std::move(status).error();
  return table;
}

Status SourceTable::read_records(const Collection& sources, const std::stop_token& stop) {
  return for_each(sources, {}, stop,
                  [&](const Document& stored) { records_.insert_or_assign(stored.id, record_of(stored)); });
}

// A source's chunks are exchanged in one step, so they are all of one version.
Status SourceTable::check_chunks(const Collection& chunks, const std::stop_token& stop) {
  const std::string id_key(kSourceIdKey);
  const std::string version_key(kSourceVersionKey);
  std::size_t known = 0;
  for (auto& [id, record] : records_) {
    const Filter of_source = field(id_key) == id && is_ingested();
    const auto all = chunks.count(of_source, stop);
    if (!all) return all.error();
    known += *all;
    record.is_whole = record.is_whole && *all == record.chunks;
    if (!record.is_whole || *all == 0) continue;
    const auto of_version = chunks.count(of_source && field(version_key) == record.version, stop);
    if (!of_version) return of_version.error();
    record.is_whole = *of_version == *all;
  }
  const auto total = chunks.count(is_ingested(), stop);
  if (!total) return total.error();
  return *total == known ? Status() : find_orphans(chunks, stop);
}

Status SourceTable::find_orphans(const Collection& chunks, const std::stop_token& stop) {
  return for_each(chunks, is_ingested(), stop, [&](const Document& chunk) {
    const auto* id = chunk.metadata.find(kSourceIdKey)->second.get_if<std::string>();
    if (id != nullptr && !records_.contains(*id)) orphans_.insert(*id);
  });
}

const SourceRecord* SourceTable::find(std::string_view id) const {
  const auto found = records_.find(id);
  return found == records_.end() ? nullptr : &found->second;
}

bool SourceTable::may_have_chunks(std::string_view id) const {
  return records_.contains(id) || orphans_.contains(id);
}

void SourceTable::put(std::string id, SourceRecord record) {
  orphans_.erase(id);
  records_.insert_or_assign(std::move(id), std::move(record));
}

void SourceTable::erase(const std::string& id) {
  orphans_.erase(id);
  records_.erase(id);
}

Result<SourceTable::Revisions> SourceTable::revisions_of(const Collection& chunks, const Collection& sources,
                                                         const std::stop_token& stop) {
  const auto of_chunks = chunks.info(stop);
  if (!of_chunks) return of_chunks.error();
  const auto of_sources = sources.info(stop);
  if (!of_sources) return of_sources.error();
  return Revisions(of_chunks->revision, of_sources->revision);
}

Status SourceTable::mark_current(const Collection& chunks, const Collection& sources, const std::stop_token& stop) {
  const auto now = revisions_of(chunks, sources, stop);
  if (!now) return now.error();
  revisions_ = *now;
  return {};
}

Result<bool> SourceTable::is_current(const Collection& chunks, const Collection& sources,
                                     const std::stop_token& stop) const {
  const auto now = revisions_of(chunks, sources, stop);
  if (!now) return now.error();
  return *now == revisions_;
}

}  // namespace scaup::inline v0
