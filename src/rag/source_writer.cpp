// From prepared sources to the two collections.

#include "rag/source_writer.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>

#include "rag/chunk_diff.hpp"

namespace scaup::inline v0 {
namespace {

using Ids = std::unordered_set<std::string_view>;

Ids ids_of(const std::vector<Document>& documents) {
  Ids ids;
  for (const Document& document : documents) ids.insert(document.id);
  return ids;
}

bool is_of_source(const Document& chunk, const std::string& source_id) {
  const auto found = chunk.metadata.find(kSourceIdKey);
  return found != chunk.metadata.end() && found->second == Value(source_id) &&
         chunk.metadata.contains(kSourceVersionKey);
}

Error taken_error(std::string_view chunk_id) {
  return {ErrorCode::already_exists, "chunk \"" + std::string(chunk_id) +
                                         "\": the collection has a document of this id that is not of this source"};
}

}  // namespace

// What one write exchanges. Documents of `waiting_` move here.
struct SourceWriter::Batch {
  std::vector<std::string> removed = {};  // ids of all chunks of before
  std::vector<Document> chunks = {};
  std::unordered_set<std::string> chunk_ids = {};
  std::vector<Document> stored = {};
  std::vector<Written> written = {};
  IngestReport counts = {};

  void put(PreparedSource& source) {
    for (std::size_t i = 0; i < source.chunks.size(); ++i) {
      if (!source.chunks[i].embedding) counts.tokens += source.tokens[i];
      chunk_ids.insert(source.chunks[i].id);
    }
    std::ranges::move(source.chunks, std::back_inserter(chunks));
    written.push_back({source.stored.id, std::move(source.record)});
    stored.push_back(std::move(source.stored));
  }
};

void SourceWriter::add(PreparedSource source) {
  waiting_chunks_ += source.chunks.size();
  waiting_bytes_ += source.stored.text.size();
  waiting_.push_back(std::move(source));
}

Result<Stored> SourceWriter::write(const std::stop_token& stop) {
  Batch batch;
  for (PreparedSource& source : waiting_) {
    if (Status status = compare(source, batch, stop); !status) return std::move(status).error();
  }
  waiting_.clear();
  waiting_chunks_ = 0;
  waiting_bytes_ = 0;
  if (const auto done = chunks_.exchange(batch.removed, batch.chunks, stop); !done) return done.error();
  if (const auto done = sources_.upsert(batch.stored, stop); !done) return done.error();
  const Stored stored = {.chunks = batch.chunks.size(), .tokens = batch.counts.tokens};
  note_written(batch);
  return stored;
}

// Finds the vectors that are there already, and puts the source into the batch.
Status SourceWriter::compare(PreparedSource& source, Batch& batch, const std::stop_token& stop) {
  std::vector<Document> before;
  if (table_.may_have_chunks(source.stored.id)) {
    auto found = chunks_of_source(chunks_, source.stored.id, stop);
    if (!found) return std::move(found).error();
    before = *std::move(found);
  }
  const auto taken = first_taken(source, before, batch, stop);
  if (!taken) return taken.error();
  if (!taken->empty()) {
    report_.skipped.push_back({source.stored.id, taken_error(*taken)});
    return {};
  }
  const ChunkDiff diff = reuse_vectors(before, source.chunks);
  ++(table_.find(source.stored.id) == nullptr ? batch.counts.sources_added : batch.counts.sources_changed);
  batch.counts.chunks_kept += diff.kept;
  batch.counts.chunks_embedded += source.chunks.size() - diff.kept;
  batch.counts.chunks_removed += diff.gone;
  std::ranges::transform(before, std::back_inserter(batch.removed), &Document::id);
  batch.put(source);
  return {};
}

// Ids of chunks are made from those of sources, so two sources may make the same ("a#0#1"), and the user may have
// documents of his own in the collection: they are not to be overwritten.
Result<std::string> SourceWriter::first_taken(const PreparedSource& source, const std::vector<Document>& before,
                                              const Batch& batch, const std::stop_token& stop) const {
  const Ids own = ids_of(before);
  std::vector<std::string> asked;
  for (const Document& chunk : source.chunks) {
    if (batch.chunk_ids.contains(chunk.id)) return chunk.id;
    if (!own.contains(chunk.id)) asked.push_back(chunk.id);
  }
  const auto found = chunks_.get_many(asked, stop);
  if (!found) return found.error();
  for (const auto& document : *found) {
    if (document && !is_of_source(*document, source.stored.id)) return document->id;
  }
  return std::string();
}

void SourceWriter::note_written(Batch& batch) {
  report_.sources_added += batch.counts.sources_added;
  report_.sources_changed += batch.counts.sources_changed;
  report_.chunks_embedded += batch.counts.chunks_embedded;
  report_.chunks_kept += batch.counts.chunks_kept;
  report_.chunks_removed += batch.counts.chunks_removed;
  report_.tokens += batch.counts.tokens;
  std::ranges::move(batch.written, std::back_inserter(written_));
}

Result<std::vector<Document>> chunks_of_source(const Collection& chunks, const std::string& source_id,
                                               const std::stop_token& stop) {
  std::vector<Document> found;
  ScanOptions options = {.filter = field(std::string(kSourceIdKey)) == source_id && is_ingested(),
                         .limit = 1'000,
                         .with_embeddings = true};
  do {
    auto page = chunks.scan(options, stop);
    if (!page) return std::move(page).error();
    std::ranges::move(page->documents, std::back_inserter(found));
    options.after = std::move(page->next);
  } while (options.after);
  std::ranges::sort(found, {}, [](const Document& chunk) { return chunk.origin ? chunk.origin->chunk_index : 0; });
  return found;
}

}  // namespace scaup::inline v0
