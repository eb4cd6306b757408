#pragma once
// TextBatch: the terms of a few documents, analysed before anybody knows in which rows they will live.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "text/analysis/analyzer.hpp"

namespace scaup::inline v0 {

/// Documents numbered from 0 in the order they came, and what keyword search wants to know of them.
/// Cost: about the size of the texts in memory. Single-threaded while documents are added, then thread-compatible.
class TextBatch {
 public:
  /// One term in one document.
  struct Entry {
    std::uint32_t term = 0;  ///< a number of this batch, in the order of first occurrence
    std::uint32_t document = 0;
    std::uint32_t body_tf = 0;  ///< in title and text together
    std::uint32_t title_tf = 0;
  };

  /// Analyses one document. The title counts as part of the body, and as a field of its own; it may be empty.
  /// If it throws std::bad_alloc, the batch must not be used any more.
  void add(const Analyzer& analyzer, AnalyzerScratch& scratch, std::string_view title, std::string_view text);

  [[nodiscard]] std::size_t documents() const noexcept { return body_lengths_.size(); }
  [[nodiscard]] std::size_t terms() const noexcept { return offsets_.size() - 1; }
  [[nodiscard]] std::string_view term(std::uint32_t number) const noexcept {
    return std::string_view(bytes_).substr(offsets_[number], offsets_[number + 1] - offsets_[number]);
  }
  /// By document, each term once.
  [[nodiscard]] std::span<const Entry> entries() const noexcept { return entries_; }
  /// Tokens of each document.
  [[nodiscard]] std::span<const std::uint32_t> body_lengths() const noexcept { return body_lengths_; }
  [[nodiscard]] std::span<const std::uint32_t> title_lengths() const noexcept { return title_lengths_; }

 private:
  [[nodiscard]] std::uint32_t number_of(std::string_view term);
  void grow();
  // The entry of a term in the document that is being added.
  [[nodiscard]] Entry& entry_of(std::string_view term);

  std::string bytes_;                       // the terms, one after another
  std::vector<std::size_t> offsets_ = {0};  // where each begins, and the end
  std::vector<std::uint64_t> hashes_;       // of each term
  std::vector<std::uint32_t> table_;        // open addressing: number of the term + 1, or 0
  std::vector<std::size_t> newest_;         // for each term its newest entry + 1, or 0
  std::vector<Entry> entries_;
  std::size_t first_entry_ = 0;  // of the document that is being added
  std::vector<std::uint32_t> body_lengths_;
  std::vector<std::uint32_t> title_lengths_;
};

}  // namespace scaup::inline v0
