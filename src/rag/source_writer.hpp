#pragma once
// Stores prepared sources, some at a time: first their chunks in one step, then their texts and records.

#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "rag/source_preparer.hpp"
#include "scaup/collection.hpp"
#include "scaup/ingest.hpp"

namespace scaup::inline v0 {

/// What one `write` stored.
struct Stored {
  std::size_t chunks = 0;
  std::uint64_t tokens = 0;  ///< embedded
};

/// Borrows the table. Single-threaded.
class SourceWriter {
 public:
  struct Limits {
    std::size_t chunks = 256;
    std::uint64_t bytes = 16U << 20U;  ///< of source texts
  };
  SourceWriter(Collection chunks, Collection sources, const SourceTable& table, Limits limits)
      : chunks_(std::move(chunks)), sources_(std::move(sources)), table_(table), limits_(limits) {}

  /// Takes a changed source, to be written with the next ones.
  void add(PreparedSource source);
  [[nodiscard]] bool is_empty() const noexcept { return waiting_.empty(); }
  [[nodiscard]] bool is_full() const noexcept {
    return waiting_chunks_ >= limits_.chunks || waiting_bytes_ >= limits_.bytes;
  }
  /// Embeds and stores what was taken. A crash in the middle leaves chunks without their record, which the next
  /// SourceTable finds. After an error nothing more may be written.
  [[nodiscard]] Result<Stored> write(const std::stop_token& stop);

  struct Written {
    std::string id = {};
    SourceRecord record = {};
  };
  /// What was stored so far.
  [[nodiscard]] std::vector<Written>& written() noexcept { return written_; }
  /// The numbers of sources and chunks, and the sources that could not be stored.
  [[nodiscard]] IngestReport& report() noexcept { return report_; }

 private:
  struct Batch;
  // The id of a chunk that is taken by something else than this source; empty if none is.
  [[nodiscard]] Result<std::string> first_taken(const PreparedSource& source, const std::vector<Document>& before,
                                                const Batch& batch, const std::stop_token& stop) const;
  [[nodiscard]] Status compare(PreparedSource& source, Batch& batch, const std::stop_token& stop);
  void note_written(Batch& batch);

  Collection chunks_;
  Collection sources_;
  const SourceTable& table_;
  const Limits limits_;
  std::vector<PreparedSource> waiting_;
  std::size_t waiting_chunks_ = 0;
  std::uint64_t waiting_bytes_ = 0;
  std::vector<Written> written_;
  IngestReport report_;
};

/// All chunks of a source, with vectors, in the order in which they were cut.
[[nodiscard]] Result<std::vector<Document>> chunks_of_source(const Collection& chunks, const std::string& source_id,
                                                             const std::stop_token& stop);

}  // namespace scaup::inline v0
