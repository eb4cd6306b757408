#pragma once
// What keyword search is asked, and what it answers.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "text/analysis/analyzer.hpp"

namespace scaup::inline v0 {

using Slot = std::uint32_t;  // the number of a row, as in index/row_segment.hpp

/// Terms with weights from 1e-9 to 1e9 (those not above 0 are ignored), each term once. The order decides in which
/// order a score is summed, and so its last bits.
struct TextQuery {
  struct Term {
    std::string bytes = {};
    double weight = 1;
  };
  std::vector<Term> terms = {};
};

/// The terms of `text` in the order of their first occurrence; the weight says how often one occurs.
[[nodiscard]] TextQuery make_text_query(const Analyzer& analyzer, AnalyzerScratch& scratch, std::string_view text);

/// The scores of one document: `body` of title and text together, `title` of the title alone.
struct TextScore {
  double body = 0;
  double title = 0;
  friend bool operator==(const TextScore&, const TextScore&) = default;
};

struct TextHit {
  Slot slot = 0;
  TextScore score = {};
  friend bool operator==(const TextHit&, const TextHit&) = default;
};

/// Asked about documents that would enter the answer, in no particular order, by the thread that searches.
class TextJudge {
 public:
  virtual ~TextJudge() = default;
  /// Whether the document may be in the answer.
  [[nodiscard]] virtual bool accepts(Slot slot) const = 0;
  /// Which of two documents with equal scores comes first: a strict order.
  [[nodiscard]] virtual bool precedes(Slot a, Slot b) const { return a < b; }
};

struct TextSearchOptions {
  std::size_t k = 10;
  /// Documents are ordered by body + title_weight * title; 0 to 1e9.
  double title_weight = 0;
  /// Null: every document, ties by slot.
  const TextJudge* judge = nullptr;
  /// Slot s is selected by bit s % 64 of word s / 64; slots past the end are not. With a null pointer all are.
  std::span<const std::uint64_t> selected = {};
};

/// What a search did, for statistics and benches; added to, never reset.
struct TextSearchCounters {
  std::size_t postings = 0;  ///< postings of the query's terms that were looked at
  std::size_t scored = 0;    ///< documents whose score was computed
};

}  // namespace scaup::inline v0
