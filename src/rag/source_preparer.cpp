// Compares a source with its record and cuts it where it is another one.

#include "rag/source_preparer.hpp"

#include <limits>
#include <unordered_set>
#include <utility>

#include "base/boundary.hpp"
#include "base/document_check.hpp"
#include "policy/token_estimate.hpp"
#include "scaup/format_chunkers.hpp"

namespace scaup::inline v0 {
namespace {

bool is_same_place(const std::optional<SourceFile>& a, const std::optional<SourceFile>& b) {
  if (!a || !b) return a.has_value() == b.has_value();
  return a->folder == b->folder && a->file == b->file;
}

bool is_unchanged(const SourceRecord& before, const SourceRecord& now) {
  return before.is_whole && before.content_hash == now.content_hash && before.about == now.about &&
         is_same_place(before.file, now.file);
}

std::int64_t next_version(const SourceRecord* before) {
  if (before == nullptr || before->version == std::numeric_limits<std::int64_t>::max()) return 1;
  return before->version + 1;
}

Status in_chunk(Status status, const Document& chunk) {
  if (status) return status;
  Error error = std::move(status).error();
  error.add_context("chunk \"" + chunk.id + "\"");
  return error;
}

// What a collection would refuse must be known before the source is stored with others in one step.
Status check_chunks(const std::vector<Document>& chunks) {
  std::unordered_set<std::string_view> ids;
  for (const Document& chunk : chunks) {
    if (Status valid = in_chunk(check_document(chunk), chunk); !valid) return valid;
    if (!chunk.origin) return in_chunk(Error(ErrorCode::invalid_argument, "the chunker gave no origin"), chunk);
    if (!ids.insert(chunk.id).second) {
      return in_chunk(Error(ErrorCode::invalid_argument, "the chunker gave this id twice"), chunk);
    }
  }
  return {};
}

// The chunks of an HTML page have ranges in its extracted text, which then is the text of the source: citations are
// looked up there.
Status use_extracted_text(Document& stored, std::vector<Document>& chunks, const std::stop_token& stop) {
  const std::string text_id = html_text_id(stored.id);
  bool is_html = false;
  for (Document& chunk : chunks) {
    if (!chunk.origin || chunk.origin->source_id != text_id) continue;
    chunk.origin->source_id = stored.id;
    is_html = true;
  }
  if (!is_html) return {};
  auto page = extract_html(stored.text, stop);
  if (!page) return std::move(page).error();
  stored.text = std::move(page->text);
  return {};
}

}  // namespace

Result<PreparedSource> SourcePreparer::prepare(Document source, std::optional<SourceFile> file,
                                               const std::stop_token& stop) const {
  source.embedding.reset();
  source.origin.reset();
  if (Status valid = check_document(source); !valid) return std::move(valid).error();
  const SourceRecord* const before = parts_.table.find(source.id);
  PreparedSource made = {.stored = {.id = source.id},
                         .record = {.content_hash = content_id(source.text),
                                    .about = own_metadata(source.metadata),
                                    .version = next_version(before),
                                    .file = std::move(file)}};
  if (before != nullptr) {
    if (is_unchanged(*before, made.record)) return made;
    if (Status status = check_owner(*before, made.record); !status) return std::move(status).error();
  }
  made.is_changed = true;
  if (Status status = cut(made, source, stop); !status) return std::move(status).error();
  return made;
}

// Two folders may have a file of the same name, and two files a record of the same id. The second one would take the
// place of the first one at each sync, and the other way round; but what was moved is not another one.
Status SourcePreparer::check_owner(const SourceRecord& before, const SourceRecord& now) const {
  if (!before.file || !now.file || is_same_place(before.file, now.file)) return {};
  const auto place = std::filesystem::path(before.file->folder) / before.file->file;
  if (!parts_.files->info(place)) return {};
  return Error(ErrorCode::already_exists, "a source of this id was loaded from \"" + place.generic_string() +
                                              "\", which still is there; an Ingestor of another name takes both");
}

Status SourcePreparer::cut(PreparedSource& made, Document& source, const std::stop_token& stop) const {
  auto chunks = guarded([&] { return parts_.chunker->chunk(source, stop); });
  if (!chunks) return std::move(chunks).error();
  made.chunks = *std::move(chunks);
  made.stored = std::move(source);
  if (Status status = use_extracted_text(made.stored, made.chunks, stop); !status) return status;
  for (Document& chunk : made.chunks) {
    chunk.embedding.reset();
    chunk.metadata.insert_or_assign(std::string(kSourceIdKey), made.stored.id);
    chunk.metadata.insert_or_assign(std::string(kSourceVersionKey), made.record.version);
  }
  if (Status valid = check_chunks(made.chunks); !valid) return valid;
  made.record.chunks = made.chunks.size();
  put_record(made.record, made.stored.metadata);
  if (Status valid = check_document(made.stored); !valid) return valid;
  count_tokens_of(made);
  return {};
}

void SourcePreparer::count_tokens_of(PreparedSource& made) const {
  made.tokens.reserve(made.chunks.size());
  for (const Document& chunk : made.chunks) made.tokens.push_back(count_tokens(parts_.tokenizer.get(), chunk.text));
}

}  // namespace scaup::inline v0
