// Export: snapshots of the collections are taken together, then written document by document.

#include <unordered_set>

#include "archive/archive_writer.hpp"
#include "archive/file_streams.hpp"
#include "base/in_quotes.hpp"
#include "collection/transfer.hpp"
#include "engine/local_store.hpp"
#include "engine/snapshot_read.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::size_t kDocumentsBetweenReports = 1000;

// A collection as it was when the export began.
struct Exported {
  std::string name;
  std::shared_ptr<Collection::State> state;  // the documents belong to its store, which may be removed meanwhile
  LocalStore::SnapshotPointer snapshot;
};

Result<std::vector<std::string>> chosen_names(const Database::State& database, const std::vector<std::string>& names) {
  if (Status valid = check_choice(names); !valid) return std::move(valid).error();
  if (!names.empty()) return names;
  const std::lock_guard lock(database.mutex);
  std::vector<std::string> all;
  for (const auto& [name, entry] : database.entries) all.push_back(name);
  return all;
}

// Opens all collections first, so that the snapshots are of nearly one moment. Who makes or removes collections waits.
Result<std::vector<Exported>> take_snapshots(Database::State& database, const std::vector<std::string>& chosen) {
  const std::lock_guard changes(database.changes);
  const auto names = chosen_names(database, chosen);
  if (!names) return names.error();
  std::vector<std::shared_ptr<Collection::State>> states;
  for (const std::string& name : *names) {
    auto entry = database.find(name);
    if (!entry) return std::move(entry).error();
    auto state = in_place(database.open(**entry, name, {}), "collection " + in_quotes(name));
    if (!state) return std::move(state).error();
    states.push_back(*std::move(state));
  }
  std::vector<Exported> exported;
  for (std::size_t i = 0; i < states.size(); ++i) {
    const auto* const store = dynamic_cast<const LocalStore*>(states[i]->store.get());
    if (store == nullptr) return Error(ErrorCode::internal, "a collection of a database is not in a local store");
    exported.push_back({.name = (*names)[i], .state = states[i], .snapshot = store->snapshot()});
  }
  return exported;
}

Status export_collection(ArchiveWriter& writer, const Exported& exported, const ExportOptions& options,
                         const std::stop_token& stop) {
  const auto report = [&] {
    if (!options.on_progress) return;
    const TransferReport done = writer.report();
    options.on_progress({.collection = exported.name, .documents = done.documents, .bytes = done.bytes});
  };
  const auto visit = [&](const Document& document) {
    Status added = writer.add(document);
    if (added && writer.report().documents % kDocumentsBetweenReports == 0) report();
    return added;
  };
  Status done = writer.begin_collection(exported.name, exported.snapshot->schema);
  if (done) done = for_each_document(*exported.snapshot, visit, stop);
  if (done) done = writer.end_collection();
  if (done) report();
  return done;
}

Result<TransferReport> write_archive(Database::State& database, ByteSink& sink, const ExportOptions& options,
                                     const std::stop_token& stop) {
  if (stop.stop_requested()) return Error(ErrorCode::cancelled, "cancelled before it began");
  auto collections = take_snapshots(database, options.collections);
  if (!collections) return std::move(collections).error();
  const auto writer =
      ArchiveWriter::create(sink, {.compression_level = options.compression_level, .key = options.key, .scrypt = {}});
  if (!writer) return writer.error();
  std::size_t without_vector = 0;
  for (Exported& exported : *collections) {
    Status done =
        in_place(export_collection(**writer, exported, options, stop), "collection " + in_quotes(exported.name));
    if (!done) return std::move(done).error();
    without_vector += exported.snapshot->without_vector;
    exported.snapshot.reset();  // writers need not keep for it what they replace
  }
  if (Status finished = (*writer)->finish(); !finished) return std::move(finished).error();
  TransferReport report = (*writer)->report();
  report.without_vector = without_vector;
  return report;
}

}  // namespace

Status check_choice(const std::vector<std::string>& names) {
  std::unordered_set<std::string_view> seen;
  for (const std::string& name : names) {
    if (seen.insert(name).second) continue;
    return Error(ErrorCode::invalid_argument, "collections: " + in_quotes(name) + " is named twice");
  }
  return {};
}

Result<TransferReport> export_archive(Database::State& database, ByteSink& sink, const ExportOptions& options,
                                      const std::stop_token& stop) {
  return in_place(write_archive(database, sink, options, stop), "export");
}

Result<TransferReport> export_archive_file(Database::State& database, const std::filesystem::path& path,
                                           const ExportOptions& options, const std::stop_token& stop) {
  const std::shared_ptr<FileSystem> files = database.files();
  const auto sink = in_place(make_file_sink(*files, path), "export");
  if (!sink) return sink.error();
  return export_archive(database, **sink, options, stop);
}

}  // namespace scaup::inline v0
