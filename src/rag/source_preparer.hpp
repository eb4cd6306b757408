#pragma once
// From a loaded source to what is to be stored of it, on the threads that load.

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "rag/source_table.hpp"
#include "scaup/chunker.hpp"
#include "scaup/document.hpp"
#include "scaup/file_system.hpp"

namespace scaup::inline v0 {

/// A source that was loaded; unless it is unchanged, with its chunks.
struct PreparedSource {
  /// For the sources collection, with its record in the metadata; of an unchanged one the id alone.
  Document stored = {};
  SourceRecord record = {};
  std::vector<Document> chunks = {};       ///< without vectors
  std::vector<std::uint64_t> tokens = {};  ///< of each chunk
  bool is_changed = false;
};

/// Borrows the table. Thread-safe: any member from any thread at any time.
class SourcePreparer {
 public:
  struct Parts {
    const SourceTable& table;
    std::shared_ptr<const Chunker> chunker;
    std::shared_ptr<const Tokenizer> tokenizer;  ///< null: tokens are estimated
    std::shared_ptr<const FileSystem> files;
  };
  explicit SourcePreparer(Parts parts) : parts_(std::move(parts)) {}

  /// Errors: `invalid_argument` for documents and chunks that no collection takes; `already_exists` for a source that
  /// belongs to another file; those of the chunker.
  [[nodiscard]] Result<PreparedSource> prepare(Document source, std::optional<SourceFile> file,
                                               const std::stop_token& stop) const;

 private:
  [[nodiscard]] Status check_owner(const SourceRecord& before, const SourceRecord& now) const;
  [[nodiscard]] Status cut(PreparedSource& made, Document& source, const std::stop_token& stop) const;
  void count_tokens_of(PreparedSource& made) const;

  const Parts parts_;
};

}  // namespace scaup::inline v0
