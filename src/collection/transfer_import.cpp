// Import: collections are filled where nobody sees them, and published once the archive's end was verified.

#include <algorithm>

#include "archive/archive_reader.hpp"
#include "archive/file_streams.hpp"
#include "base/in_quotes.hpp"
#include "collection/request_check.hpp"
#include "collection/transfer.hpp"
#include "collection/transfer_batch.hpp"
#include "engine/local_store.hpp"
#include "engine/snapshot_read.hpp"

namespace scaup::inline v0 {
namespace {

Error corrupt(std::string_view what) {
  return {ErrorCode::corruption, "archive: " + std::string(what)};
}

// What an archive written by an export never holds is damage, whatever a user's call would be told.
Error as_corruption(const Error& error) {
  const bool refused = error.code() == ErrorCode::invalid_argument || error.code() == ErrorCode::dimension_mismatch;
  return refused ? corrupt(error.message()) : error;
}

// Whether documents of the one schema may go to a collection of the other.
Status check_mergeable(const StoreSchema& here, const StoreSchema& archived) {
  if (here.metric != archived.metric) {
    return Error(ErrorCode::invalid_argument, "merge: the metric here is " + std::string(to_string(here.metric)) +
                                                  ", that of the archive " + std::string(to_string(archived.metric)));
  }
  if (here.embedder && archived.embedder && *here.embedder != *archived.embedder) {
    return Error(ErrorCode::embedder_mismatch, "merge: the vectors here are of " + to_string(*here.embedder) +
                                                   ", those of the archive of " + to_string(*archived.embedder));
  }
  if (here.dimension && archived.dimension && *here.dimension != *archived.dimension) {
    return Error(ErrorCode::dimension_mismatch, "merge: vectors here have " + std::to_string(*here.dimension) +
                                                    " components, those of the archive " +
                                                    std::to_string(*archived.dimension));
  }
  return {};
}

// Writes documents that were checked, with the vectors that they bring.
Status write_documents(VectorStore& store, std::span<const Document> documents, WriteMode mode,
                       std::uint64_t schema_version, const std::stop_token& stop) {
  std::vector<StoreRecord> records;
  records.reserve(documents.size());
  for (const Document& document : documents) {
    StoreRecord& record = records.emplace_back();
    record.document = &document;
    if (document.embedding) record.vector = *document.embedding;
  }
  const auto written = store.write(records, mode, schema_version, stop);
  return written ? Status() : Status(written.error());
}

// A collection of the archive, filled where nobody sees it. With a `target` it is in memory alone.
struct Staged {
  std::string name = {};
  StoreSchema schema = {};
  std::shared_ptr<DatabaseEntry> entry = {};
  std::shared_ptr<LocalStore> merged = {};         // of a collection that is merged; null for others
  std::shared_ptr<Collection::State> target = {};  // what it is merged into
  std::uint64_t target_version = 0;                // the target's schema when it was checked
  [[nodiscard]] VectorStore& store() const { return merged != nullptr ? *merged : *entry->state->store; }
};

class ArchiveImport {
 public:
  ArchiveImport(Database::State& database, const ImportOptions& options, const std::stop_token& stop)
      : database_(database), options_(options), stop_(stop) {}
  ArchiveImport(const ArchiveImport&) = delete;
  ArchiveImport& operator=(const ArchiveImport&) = delete;
  // Removes what was not published.
  ~ArchiveImport() {
    const std::lock_guard changes(database_.changes);
    for (const Staged& staged : staged_) {
      if (staged.entry != nullptr) database_.discard(staged.entry);
    }
  }

  Result<TransferReport> run(ByteSource& source) {
    if (Status valid = check_choice(options_.collections); !valid) return std::move(valid).error();
    if (!database_.writable()) return Error(ErrorCode::read_only, "the database was opened for reading");
    if (Status may = may_go_on(); !may) return std::move(may).error();
    const auto reader = ArchiveReader::open(
        source,
        {.key = options_.key, .limits = {.max_bytes = options_.max_bytes, .max_expansion = options_.max_expansion}});
    if (!reader) return reader.error();
    if (Status read = read_collections(**reader); !read) return std::move(read).error();
    if (Status found = check_found(); !found) return std::move(found).error();
    for (const Staged& staged : staged_) {
      if (Status merged = in_place(merge(staged), "collection " + in_quotes(staged.name)); !merged) {
        return std::move(merged).error();
      }
    }
    if (Status published = publish(); !published) return std::move(published).error();
    report_.bytes = (*reader)->report().bytes;
    return report_;
  }

 private:
  [[nodiscard]] Status may_go_on() const {
    if (stop_.stop_requested()) return Error(ErrorCode::cancelled, "cancelled; nothing was changed");
    return database_.usable();
  }

  [[nodiscard]] bool chosen(const std::string& name) const {
    return options_.collections.empty() || std::ranges::find(options_.collections, name) != options_.collections.end();
  }

  // Up to the archive's verified end.
  Status read_collections(ArchiveReader& reader) {
    for (;;) {
      const auto archived = reader.next_collection();
      if (!archived) return archived.error();
      if (!*archived) return {};
      const Staged* staged = nullptr;
      if (chosen((*archived)->name)) {
        if (Status made = in_place(stage(**archived), "collection " + in_quotes((*archived)->name)); !made) return made;
        staged = &staged_.back();
      }
      if (Status read = read_documents(reader, staged); !read) return read;
    }
  }

  Status stage(const ArchivedCollection& archived) {
    if (Status valid = check_collection_name(archived.name); !valid) return corrupt(valid.error().message());
    auto schema = schema_from({.metric = archived.schema.metric,
                               .dimension = archived.schema.dimension,
                               .analysis = archived.schema.analysis});
    if (!schema) return as_corruption(schema.error());
    schema->embedder = archived.schema.embedder;
    schema->title_key = archived.schema.title_key;
    Staged staged{.name = archived.name, .schema = *std::move(schema)};
    const auto existing = database_.find(archived.name);
    if (existing && options_.existing == ExistingCollection::fail) return taken();
    if (existing && options_.existing == ExistingCollection::merge) {
      if (Status prepared = prepare_merge(**existing, staged); !prepared) return prepared;
    } else {
      const std::lock_guard changes(database_.changes);
      if (Status may = may_go_on(); !may) return may;
      auto entry = database_.make(staged.name, staged.schema, {});
      if (!entry) return std::move(entry).error();
      staged.entry = *std::move(entry);
    }
    staged_.push_back(std::move(staged));
    ++report_.collections;
    return {};
  }

  [[nodiscard]] static Error taken() {
    return {ErrorCode::already_exists, "is there already; choose to replace it or to merge, or other collections"};
  }

  Status prepare_merge(DatabaseEntry& existing, Staged& staged) const {
    auto target = database_.open(existing, staged.name, {});
    if (!target) return std::move(target).error();
    const auto info = (*target)->store->info(stop_);
    if (!info) return info.error();
    if (Status fits = check_mergeable(info->schema, staged.schema); !fits) return fits;
    staged.target = *std::move(target);
    staged.target_version = info->schema_version;
    staged.merged = std::make_shared<LocalStore>(staged.schema, IndexOptions{}, database_.clock);
    return {};
  }

  // Reads the documents of a collection, those that nobody chose too: they must verify.
  Status read_documents(ArchiveReader& reader, const Staged* staged) {
    for (;;) {
      if (Status may = may_go_on(); !may) return may;
      const auto batch = reader.next_batch();
      if (!batch) return batch.error();
      if (batch->empty()) return {};
      if (staged == nullptr) continue;
      if (Status added = in_place(add(*staged, *batch), "collection " + in_quotes(staged->name)); !added) return added;
      if (!options_.on_progress) continue;
      options_.on_progress(
          {.collection = staged->name, .documents = report_.documents, .bytes = reader.report().bytes});
    }
  }

  Status add(const Staged& staged, const std::vector<Document>& documents) {
    if (!staged.schema.dimension) return corrupt("documents in a collection whose dimension is not known");
    if (Status valid = check_documents(documents, staged.schema); !valid) return as_corruption(valid.error());
    const auto info = staged.store().info(stop_);
    if (!info) return info.error();
    Status written = write_documents(staged.store(), documents, WriteMode::add, info->schema_version, stop_);
    if (!written && written.error().code() == ErrorCode::already_exists) {
      return corrupt("a document is there twice: " + written.error().message());
    }
    if (!written) return written;
    report_.documents += documents.size();
    report_.without_vector += static_cast<std::size_t>(
        std::ranges::count_if(documents, [](const Document& document) { return !document.embedding; }));
    return {};
  }

  [[nodiscard]] Status check_found() const {
    for (const std::string& name : options_.collections) {
      if (std::ranges::any_of(staged_, [&](const Staged& staged) { return staged.name == name; })) continue;
      return Error(ErrorCode::not_found, "the archive has no collection " + in_quotes(name));
    }
    return {};
  }

  // Carries the staged documents over, batch by batch; nothing to do for a collection that is not merged.
  Status merge(const Staged& staged) const {
    if (staged.target == nullptr) return {};
    VectorStore& target = *staged.target->store;
    if (staged.schema.embedder) {
      if (Status noted = target.adopt_embedder(*staged.schema.embedder, stop_); !noted) return noted;
    }
    TransferBatch batch;
    const auto flush = [&]() -> Status {
      if (Status usable = staged.target->usable(); !usable) return usable;
      Status done = write_documents(target, batch.documents(), WriteMode::upsert, staged.target_version, stop_);
      batch.clear();
      return done;
    };
    const auto visit = [&](Document& document) {
      batch.add(std::move(document));
      return batch.full() ? flush() : Status();
    };
    if (Status done = for_each_document(*staged.merged->snapshot(), visit, stop_); !done) return done;
    return flush();
  }

  // Makes the new collections safe, then visible, all at once.
  Status publish() {
    for (const Staged& staged : staged_) {
      if (staged.entry == nullptr || staged.entry->durable == nullptr) continue;
      if (Status safe = staged.entry->durable->checkpoint(stop_); !safe) return safe;
    }
    const std::lock_guard changes(database_.changes);
    if (Status may = may_go_on(); !may) return may;
    NamedEntries added;
    std::vector<std::string> removed;
    for (const Staged& staged : staged_) {
      if (staged.entry == nullptr) continue;
      const bool is_taken = database_.find(staged.name).has_value();
      if (is_taken && options_.existing != ExistingCollection::replace) {
        return in_place(Status(taken()), "collection " + in_quotes(staged.name));
      }
      if (is_taken) removed.push_back(staged.name);
      added.emplace_back(staged.name, staged.entry);
    }
    Status changed = database_.change(added, removed);
    staged_.clear();  // the database's, or given up by it
    return changed;
  }

  Database::State& database_;
  const ImportOptions& options_;
  const std::stop_token& stop_;
  std::vector<Staged> staged_ = {};
  TransferReport report_ = {};
};

}  // namespace

Result<TransferReport> import_archive(Database::State& database, ByteSource& source, const ImportOptions& options,
                                      const std::stop_token& stop) {
  return in_place(ArchiveImport(database, options, stop).run(source), "import");
}

Result<TransferReport> import_archive_file(Database::State& database, const std::filesystem::path& path,
                                           const ImportOptions& options, const std::stop_token& stop) {
  const std::shared_ptr<FileSystem> files = database.files();
  const auto source = in_place(make_file_source(*files, path), "import");
  if (!source) return source.error();
  return import_archive(database, **source, options, stop);
}

}  // namespace scaup::inline v0
