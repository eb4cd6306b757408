#pragma once
// The sentences of passages: their places, their terms, and, where there is an embedder, their vectors.

#include <cstddef>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "rag/passages.hpp"
#include "scaup/embedder.hpp"
#include "text/analysis/analyzer.hpp"

namespace scaup::inline v0 {

/// The terms of a text, ascending, each once.
using Terms = std::vector<std::string>;

[[nodiscard]] Terms terms_of(std::string_view text, const Analyzer& analyzer, AnalyzerScratch& scratch);
/// How many of `wanted` are in `terms`; both ascending.
[[nodiscard]] std::size_t common_terms(const Terms& wanted, const Terms& terms) noexcept;

/// The cosine of two vectors of one length; 0 for a vector of zeros.
[[nodiscard]] double cosine_of(std::span<const float> a, std::span<const float> b) noexcept;

struct PassageSentence {
  std::size_t passage = 0;  ///< index of the passage
  std::size_t begin = 0;    ///< bytes of the passage's text
  std::size_t end = 0;
  Terms terms = {};
};

/// Borrows the passages. Not changed after `embed`.
class PassageSentences {
 public:
  PassageSentences(std::span<const Passage> passages, const Analyzer& analyzer, AnalyzerScratch& scratch);

  /// Makes vectors of all sentences in one call. Without it, or with an embedder that is null, there are none.
  /// Errors: those of the embedder.
  [[nodiscard]] Status embed(const Embedder* embedder, const std::stop_token& stop);

  [[nodiscard]] const std::vector<PassageSentence>& all() const noexcept { return sentences_; }
  [[nodiscard]] std::string_view text(std::size_t index) const noexcept {
    const PassageSentence& one = sentences_[index];
    return std::string_view(passages_[one.passage].text).substr(one.begin, one.end - one.begin);
  }
  /// The cosine of a sentence and a vector; 0 where one of them is missing.
  [[nodiscard]] double similarity(std::size_t index, std::span<const float> vector) const noexcept;

 private:
  std::span<const Passage> passages_;
  std::vector<PassageSentence> sentences_;
  Embeddings vectors_;
};

}  // namespace scaup::inline v0
