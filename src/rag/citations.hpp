#pragma once
// From a passage to what a reader is pointed at: document, page, section, chunk or sentence.

#include <cstddef>
#include <span>
#include <stop_token>

#include "rag/passages.hpp"
#include "scaup/rag.hpp"

namespace scaup::inline v0 {

/// What a citation is made from. `span` is the sentence or sentences in the passage's text.
struct CitedPlace {
  std::size_t number = 0;
  const Passage* passage = nullptr;
  ByteRange span = {};
};

/// For one answer. Single-threaded: one thread at a time.
class CitationMaker {
 public:
  CitationMaker(const Collection& chunks, const SourceTexts& sources, CitationLevel level, std::stop_token stop)
      : chunks_(chunks), sources_(sources), level_(level), stop_(std::move(stop)) {}

  /// Errors: those of `Collection::get_many`, for sections.
  [[nodiscard]] Result<Citation> make(const CitedPlace& place) const;

 private:
  void point_at(Citation& citation, const Passage& passage, const ByteRange& span) const;
  void point_at_document(Citation& citation, const Passage& passage) const;
  [[nodiscard]] bool point_at_page(Citation& citation, const CitedPlace& place) const;
  [[nodiscard]] Result<bool> point_at_section(Citation& citation, const Passage& passage) const;
  [[nodiscard]] Result<Origin> section_end(Origin origin, bool forward) const;

  const Collection& chunks_;
  const SourceTexts& sources_;
  CitationLevel level_;
  std::stop_token stop_;
};

}  // namespace scaup::inline v0
