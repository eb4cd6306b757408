#include "collection/transfer_json_lines.hpp"

#include "archive/json_lines.hpp"
#include "collection/request_check.hpp"
#include "collection/transfer_batch.hpp"
#include "engine/local_store.hpp"
#include "engine/snapshot_read.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::size_t kDocumentsBetweenReports = 1000;
constexpr std::size_t kPageDocuments = 100;

Error cancelled() {
  return {ErrorCode::cancelled, "cancelled"};
}

// Documents of a user's store, page by page.
Status for_each_page(const VectorStore& store, const std::function<Status(Document&)>& visit,
                     const std::stop_token& stop) {
  ScanOptions options{.filter = {}, .limit = kPageDocuments, .after = {}, .with_embeddings = true};
  do {
    if (stop.stop_requested()) return cancelled();
    auto page = store.scan(options, stop);
    if (!page) return std::move(page).error();
    for (Document& document : page->documents) {
      if (Status visited = visit(document); !visited) return visited;
    }
    options.after = std::move(page->next);
  } while (options.after);
  return {};
}

class LineImport {
 public:
  LineImport(const Collection::State& collection, ByteSource& source, const JsonLinesOptions& options,
             const WriteDocuments& write)
      : collection_(collection), options_(options), write_(write), reader_(source, options) {}

  Result<TransferReport> run(const std::stop_token& stop) {
    Status done = begin_batch();
    while (done) {
      if (stop.stop_requested()) {
        done = cancelled();
        break;
      }
      auto document = reader_.next();
      if (!document) done = std::move(document).error();
      if (document && !*document) break;
      if (done) done = take(**std::move(document));
    }
    if (done) done = write_batch();
    if (done) return report_;
    Error error = std::move(done).error();
    if (report_.documents > 0) error.add_context("after " + std::to_string(report_.documents) + " documents");
    return error;
  }

 private:
  // A line whose id is in the batch already waits for the next one, so that it meets the other as stored.
  Status take(Document document) {
    if (batch_.holds(document.id)) {
      if (Status written = write_batch(); !written) return written;
    }
    if (Status valid = check(document); !valid) return at_line(std::move(valid).error());
    if (batch_.empty()) first_line_ = reader_.line();
    last_line_ = reader_.line();
    batch_.add(std::move(document));
    return batch_.full() ? write_batch() : Status();
  }

  // Finds what a write would refuse, while the line is known.
  Status check(const Document& document) {
    if (!document.embedding && !has_embedder_) {
      return Error(ErrorCode::invalid_argument, "no embedding, and the collection has no embedder to make one");
    }
    if (!document.embedding) return {};
    Status valid = check_vector(*document.embedding, schema_.metric, schema_.dimension);
    if (valid) schema_.dimension = document.embedding->size();
    return valid;
  }

  Error at_line(Error error) const {
    error.add_context("line " + std::to_string(reader_.line()));
    return error;
  }

  Status begin_batch() {
    auto info = collection_.store->info({});
    if (!info) return std::move(info).error();
    schema_ = std::move(info->schema);
    has_embedder_ = collection_.embedder_for(schema_) != nullptr;
    batch_.clear();
    return {};
  }

  Status write_batch() {
    report_.collections = 1;
    report_.bytes = reader_.bytes();
    if (batch_.empty()) return {};
    const auto written = write_(batch_.documents());
    if (!written) {
      Error error = written.error();
      error.add_context("lines " + std::to_string(first_line_) + " to " + std::to_string(last_line_));
      return error;
    }
    report_.documents += batch_.documents().size();
    report_.without_vector += written->without_vector;
    if (options_.on_progress) {
      options_.on_progress({.collection = collection_.name, .documents = report_.documents, .bytes = report_.bytes});
    }
    return begin_batch();
  }

  const Collection::State& collection_;
  const JsonLinesOptions& options_;
  const WriteDocuments& write_;
  JsonLinesReader reader_;
  TransferBatch batch_ = {};
  StoreSchema schema_ = {};  // as it will be when the batch is written
  bool has_embedder_ = false;
  std::uint64_t first_line_ = 0;  // of the batch
  std::uint64_t last_line_ = 0;
  TransferReport report_ = {};
};

}  // namespace

Result<TransferReport> write_json_lines(const Collection::State& collection, ByteSink& sink,
                                        const JsonLinesOptions& options, const std::stop_token& stop) {
  JsonLinesWriter writer(sink);
  TransferReport report{.collections = 1};
  const auto visit = [&](Document& document) {
    if (!document.embedding) ++report.without_vector;
    if (!options.with_embeddings) document.embedding.reset();
    Status written = writer.write(document);
    if (written && ++report.documents % kDocumentsBetweenReports == 0 && options.on_progress) {
      options.on_progress({.collection = collection.name, .documents = report.documents, .bytes = writer.bytes()});
    }
    return written;
  };
  const auto* const local = dynamic_cast<const LocalStore*>(collection.store.get());
  Status done = local != nullptr ? for_each_document(*local->snapshot(), visit, stop)
                                 : for_each_page(*collection.store, visit, stop);
  if (done) done = writer.finish();
  if (!done) return std::move(done).error();
  report.bytes = writer.bytes();
  return report;
}

Result<TransferReport> read_json_lines(const Collection::State& collection, ByteSource& source,
                                       const JsonLinesOptions& options, const WriteDocuments& write,
                                       const std::stop_token& stop) {
  return LineImport(collection, source, options, write).run(stop);
}

}  // namespace scaup::inline v0
