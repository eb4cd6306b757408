// export and import: archives, and JSON Lines of one collection.

#include <cstdio>

#include "commands.hpp"
#include "files.hpp"
#include "progress.hpp"

namespace {

std::string only_collection(const Arguments& arguments) {
  if (arguments.collections.size() != 1) throw UsageError("--json-lines needs one --collection");
  if (arguments.has("--passphrase-env")) throw UsageError("JSON Lines are not encrypted; leave --passphrase-env out");
  return arguments.collections.front();
}

scaup::ExistingCollection existing(const std::string& how) {
  if (how == "fail") return scaup::ExistingCollection::fail;
  if (how == "replace") return scaup::ExistingCollection::replace;
  if (how == "merge") return scaup::ExistingCollection::merge;
  throw UsageError("--existing is fail, replace or merge, not \"" + how + "\"");
}

int print(Progress& progress, const char* what, const scaup::TransferReport& report) {
  progress.clear();
  std::printf("%s %zu documents of %zu collections, %zu of them without a vector\n", what, report.documents,
              report.collections, report.without_vector);
  return 0;
}

std::size_t count_documents(const scaup::Database& db, const std::vector<std::string>& chosen) {
  std::size_t documents = 0;
  for (const std::string& name : chosen.empty() ? db.list_collections().value() : chosen)
    documents += db.get_collection(name).value().count().value();
  return documents;
}

// Lines without an embedding get one from the built-in model, unless the collection has vectors of another.
scaup::Collection open_for_lines(scaup::Database& db, const Arguments& arguments) {
  const std::string name = only_collection(arguments);
  if (arguments.has("--own-vectors")) return db.get_or_create_collection(name).value();
  const auto collection = db.get_or_create_collection(name, {.embedder = scaup::make_static_embedder().value()});
  if (collection || collection.error().code() != scaup::ErrorCode::embedder_mismatch) return collection.value();
  return db.get_collection(name).value();
}

}  // namespace

int run_export(const Arguments& arguments) {
  const auto key = arguments.key();
  const bool lines = arguments.has("--json-lines");
  const std::string name = lines ? only_collection(arguments) : std::string();
  const auto db = scaup::Database::open(arguments.operands[0], {.access = scaup::Access::read_only}).value();
  Progress progress("exporting", count_documents(db, arguments.collections));
  const auto show = [&](const scaup::TransferProgress& at) { progress.show(at.documents); };
  const std::string& file = arguments.operands[1];
  if (!lines) {
    const auto report = db.export_to_file(file, {.collections = arguments.collections, .key = key, .on_progress = show});
    return print(progress, "exported", report.value());
  }
  FileSink sink(file);
  return print(progress, "exported", db.get_collection(name).value().export_json_lines(sink, {.on_progress = show}).value());
}

int run_import(const Arguments& arguments) {
  const bool lines = arguments.has("--json-lines");
  if (lines) only_collection(arguments);
  if (lines && arguments.has("--existing")) throw UsageError("--existing is for archives; a line replaces the document of its id");
  scaup::ImportOptions options{.collections = arguments.collections, .existing = existing(arguments.existing), .key = arguments.key()};
  FileSource source(arguments.operands[1]);
  Progress progress("importing", source.size());
  const auto show = [&](const scaup::TransferProgress& at) { progress.show(at.bytes); };
  options.on_progress = show;
  auto db = scaup::Database::open(arguments.operands[0]).value();
  const auto report = lines ? open_for_lines(db, arguments).import_json_lines(source, {.on_progress = show})
                            : db.import_from(source, options);
  const auto imported = report.value();
  db.close().value();
  return print(progress, "imported", imported);
}
