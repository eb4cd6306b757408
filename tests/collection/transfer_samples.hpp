#pragma once
// Databases, archives and streams that the tests of exports and imports share.

#include <functional>

#include "scaup/scaup.hpp"
#include "support/archive_samples.hpp"
#include "support/catch.hpp"
#include "support/memory_file_system.hpp"
#include "support/memory_streams.hpp"

namespace scaup::test {

inline Document make_document(int i, int version = 0) {
  return {.id = "id" + std::to_string(i),
          .text = "text " + std::to_string(i),
          .metadata = {{"number", i}, {"version", version}},
          .embedding = std::vector<float>{static_cast<float>(i), 1.0F, static_cast<float>(version)}};
}

inline std::vector<Document> make_documents(int begin, int end, int version = 0) {
  std::vector<Document> documents;
  for (int i = begin; i < end; ++i) documents.push_back(make_document(i, version));
  return documents;
}

inline std::vector<std::byte> export_of(const Database& database, const ExportOptions& options = {}) {
  MemorySink sink;
  const TransferReport report = require_ok(database.export_to(sink, options));
  REQUIRE(sink.finished() == 1);
  REQUIRE(report.bytes == sink.bytes().size());
  return sink.bytes();
}

inline Result<TransferReport> import_into(Database& database, std::span<const std::byte> archive,
                                          const ImportOptions& options = {}, std::stop_token stop = {}) {
  MemorySource source(archive, 1000);
  return database.import_from(source, options, std::move(stop));
}

/// Two collections of two metrics, a document without a vector among them.
inline Database small_database() {
  Database database = Database::in_memory();
  require_ok(require_ok(database.create_collection("a", {.metric = Metric::l2})).add(make_documents(0, 5)));
  Collection b = require_ok(database.create_collection("b"));
  require_ok(b.add(make_documents(5, 8)));
  return database;
}

inline std::vector<std::string> names_of(const Database& database) {
  return require_ok(database.list_collections());
}

inline std::vector<Document> all_of(const Database& database, std::string_view name) {
  const Collection collection = require_ok(database.get_collection(name));
  return require_ok(collection.scan({.limit = 10000, .with_embeddings = true})).documents;
}

/// How many folders of collections there are.
inline std::size_t folders_in(const FileSystem& files) {
  return require_ok(files.list("/db/collections")).size();
}

inline Database open_in(const std::shared_ptr<FileSystem>& files) {
  return require_ok(Database::open("/db", {.file_system = files}));
}

/// Gives the bytes of another source, and calls a function before each.
class HookedSource final : public ByteSource {
 public:
  HookedSource(std::span<const std::byte> bytes, std::function<Status()> before)
      : bytes_(bytes, 100), before_(std::move(before)) {}
  Result<std::size_t> read(std::span<std::byte> out) override {
    if (Status status = before_(); !status) return status.error();
    return bytes_.read(out);
  }

 private:
  MemorySource bytes_;
  std::function<Status()> before_;
};

/// Calls a function before each write.
class HookedSink final : public ByteSink {
 public:
  explicit HookedSink(std::function<Status()> before) : before_(std::move(before)) {}
  Status write(std::span<const std::byte> bytes) override {
    if (Status status = before_(); !status) return status;
    return inner_.write(bytes);
  }
  Status finish() override { return inner_.finish(); }
  [[nodiscard]] const MemorySink& inner() const noexcept { return inner_; }

 private:
  std::function<Status()> before_;
  MemorySink inner_;
};

/// Documents whose archive is too large to be compressed into one write.
inline Database large_database() {
  Database database = Database::in_memory();
  std::mt19937_64 random(3);
  std::vector<Document> documents = make_documents(0, 20'000);
  for (Document& document : documents) document.embedding->front() = random_float(random) / 16;
  require_ok(require_ok(database.create_collection("a", {.metric = Metric::l2})).add(documents));
  require_ok(require_ok(database.create_collection("b")).add(make_documents(0, 5)));
  return database;
}

}  // namespace scaup::test
