#pragma once
// What all chunkers with sizes do alike: check options and text, count units, ask how to cut, make documents.

#include <stop_token>
#include <string_view>
#include <vector>

#include "scaup/chunker.hpp"
#include "text/chunkers/chunk_common.hpp"
#include "text/chunkers/recursive_splitter.hpp"
#include "text/chunkers/unit_counter.hpp"

namespace scaup::inline v0 {

/// One text to be cut. All members are borrowed for the call.
struct CutJob {
  const Document& source;
  const UnitCounter& counter;
  const std::stop_token& stop;
};

/// Thread-safe: any member from any thread at any time.
class TextChunker : public Chunker {
 public:
  /// `name` stands before every option in messages and must outlive the chunker.
  TextChunker(std::string_view name, RecursiveChunkerOptions limits) : name_(name), limits_(std::move(limits)) {}

  Result<std::vector<Document>> chunk(const Document& source, std::stop_token stop) const final;

 protected:
  /// Options beyond the limits.
  [[nodiscard]] virtual Status check_more() const { return {}; }
  /// Chunks of the text, which is UTF-8; may return anything once `job.stop` asks.
  [[nodiscard]] virtual Result<std::vector<SectionChunks>> cut(const CutJob& job) const = 0;

  [[nodiscard]] const RecursiveChunkerOptions& limits() const noexcept { return limits_; }
  [[nodiscard]] RecursiveSplitter splitter(const CutJob& job, std::vector<ByteRange>& chunks) const {
    return {job.source.text, limits_, job.counter, chunks};
  }

 private:
  const std::string_view name_;
  const RecursiveChunkerOptions limits_;
};

}  // namespace scaup::inline v0
