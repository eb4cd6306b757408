#pragma once
// An ingestor of small things: an embedder that counts and obeys, a chunker of lines, and what the collections hold.

#include <functional>
#include <map>
#include <mutex>
#include <sstream>
#include <string>
#include <vector>

#include "rag/source_record.hpp"
#include "scaup/ingest.hpp"
#include "support/catch.hpp"

namespace scaup::test {

/// Rows of the hash embedder. `before_call` runs first, with the number of the call from 1; it may wait, throw or fail.
class CountingEmbedder final : public Embedder {
 public:
  using Hook = std::function<Status(std::size_t)>;
  explicit CountingEmbedder(Hook before_call = {}) : before_call_(std::move(before_call)) {}

  Result<Embeddings> embed(std::span<const std::string_view> texts, TextKind kind,
                           std::stop_token stop) const override {
    std::size_t call = 0;
    {
      const std::lock_guard lock(mutex_);
      call = ++calls_;
    }
    if (before_call_) {
      if (Status may = before_call_(call); !may) return std::move(may).error();
    }
    const std::lock_guard lock(mutex_);
    texts_.insert(texts_.end(), texts.begin(), texts.end());
    return inner_->embed(texts, kind, std::move(stop));
  }
  const EmbedderIdentity& identity() const noexcept override { return inner_->identity(); }

  [[nodiscard]] std::size_t calls() const {
    const std::lock_guard lock(mutex_);
    return calls_;
  }
  /// The texts embedded since the last time, in order.
  std::vector<std::string> take_texts() const {
    const std::lock_guard lock(mutex_);
    return std::exchange(texts_, {});
  }

 private:
  const std::shared_ptr<const Embedder> inner_ = make_hash_embedder({.dimension = 256}).value();
  const Hook before_call_;
  mutable std::mutex mutex_;
  mutable std::size_t calls_ = 0;
  mutable std::vector<std::string> texts_;
};

/// A chunk for each line that is not empty. `on_source` runs first, with the id; it may wait or throw.
class LineChunker final : public Chunker {
 public:
  explicit LineChunker(std::function<void(const std::string&)> on_source = {}) : on_source_(std::move(on_source)) {}

  Result<std::vector<Document>> chunk(const Document& source, std::stop_token /*stop*/) const override {
    if (on_source_) on_source_(source.id);
    if (source.text.find("refuse") != std::string::npos) return Error(ErrorCode::invalid_argument, "refused");
    std::vector<Document> chunks;
    std::size_t line = 1;
    for (std::size_t begin = 0; begin < source.text.size(); ++line) {
      const std::size_t end = std::min(source.text.find('\n', begin), source.text.size());
      if (end > begin) chunks.push_back(cut(source, begin, end, chunks.size(), line));
      begin = end + 1;
    }
    return chunks;
  }

 private:
  static Document cut(const Document& source, std::size_t begin, std::size_t end, std::size_t index, std::size_t line) {
    return {.id = source.id + "#" + std::to_string(index),
            .text = source.text.substr(begin, end - begin),
            .metadata = source.metadata,
            .origin = Origin{.source_id = source.id,
                             .begin = begin,
                             .end = end,
                             .chunk_index = index,
                             .first_line = line,
                             .last_line = line}};
  }

  std::function<void(const std::string&)> on_source_;
};

inline IngestOptions line_options(std::shared_ptr<const Embedder> embedder) {
  IngestOptions options{.chunker = std::make_shared<LineChunker>(), .threads = 2};
  options.collection.embedder = std::move(embedder);
  return options;
}

inline std::vector<Document> all_documents(const Collection& collection) {
  return require_ok(collection.scan({.limit = 100'000, .with_embeddings = true})).documents;
}

/// The chunks by id, without the version of their source, which tells of the past.
inline std::map<std::string, Document> chunks_of(const Ingestor& ingestor) {
  std::map<std::string, Document> chunks;
  for (Document& chunk : all_documents(ingestor.chunks())) {
    chunk.metadata.erase(std::string(kSourceVersionKey));
    chunk.metadata.erase("modified");
    chunks.emplace(chunk.id, std::move(chunk));
  }
  return chunks;
}

inline std::vector<std::string> texts_of(const Collection& collection) {
  std::vector<std::string> texts;
  for (const Document& document : all_documents(collection)) texts.push_back(document.text);
  return texts;
}

inline std::vector<std::string> ids_of(const Collection& collection) {
  std::vector<std::string> ids;
  for (const Document& document : all_documents(collection)) ids.push_back(document.id);
  return ids;
}

inline std::vector<std::string> skipped_ids(const IngestReport& report) {
  std::vector<std::string> ids;
  for (const SkippedSource& skipped : report.skipped) ids.push_back(skipped.id);
  return ids;
}

inline std::int64_t version_of(const Ingestor& ingestor, std::string_view id) {
  return *require_ok(ingestor.sources().get(id)).metadata.at("version").get_if<std::int64_t>();
}

/// Grows with every write to either collection.
inline std::uint64_t revisions(const Ingestor& ingestor) {
  return require_ok(ingestor.chunks().info()).revision + require_ok(ingestor.sources().info()).revision;
}

}  // namespace scaup::test
