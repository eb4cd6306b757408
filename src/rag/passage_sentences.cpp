#include "rag/passage_sentences.hpp"

#include <algorithm>
#include <cmath>

#include "text/chunkers/sentences.hpp"

namespace scaup::inline v0 {

Terms terms_of(std::string_view text, const Analyzer& analyzer, AnalyzerScratch& scratch) {
  Terms terms;
  analyzer.analyze(text, scratch, [&](const Token& token) { terms.emplace_back(token.term); });
  std::ranges::sort(terms);
  terms.erase(std::unique(terms.begin(), terms.end()), terms.end());
  return terms;
}

std::size_t common_terms(const Terms& wanted, const Terms& terms) noexcept {
  return static_cast<std::size_t>(
      std::ranges::count_if(wanted, [&](const std::string& term) { return std::ranges::binary_search(terms, term); }));
}

double cosine_of(std::span<const float> a, std::span<const float> b) noexcept {
  double product = 0, length_a = 0, length_b = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    product += double{a[i]} * double{b[i]};
    length_a += double{a[i]} * double{a[i]};
    length_b += double{b[i]} * double{b[i]};
  }
  const double lengths = std::sqrt(length_a) * std::sqrt(length_b);
  return lengths > 0 ? product / lengths : 0;
}

PassageSentences::PassageSentences(std::span<const Passage> passages, const Analyzer& analyzer,
                                   AnalyzerScratch& scratch)
    : passages_(passages) {
  for (std::size_t p = 0; p < passages.size(); ++p) {
    const std::string_view whole = passages[p].text;
    for (const ByteRange& range : find_sentences(whole, {0, whole.size()})) {
      const std::string_view sentence = whole.substr(range.begin, range.end - range.begin);
      sentences_.push_back({p, range.begin, range.end, terms_of(sentence, analyzer, scratch)});
    }
  }
}

Status PassageSentences::embed(const Embedder* embedder, const std::stop_token& stop) {
  if (embedder == nullptr || sentences_.empty()) return {};
  std::vector<std::string_view> texts;
  for (std::size_t i = 0; i < sentences_.size(); ++i) texts.push_back(text(i));
  auto vectors = embedder->embed(texts, TextKind::document, stop);
  if (!vectors) return std::move(vectors).error();
  if (vectors->rows() != texts.size()) {
    return Error(ErrorCode::bad_reply, "embedder " + to_string(embedder->identity()) + " gave " +
                                           std::to_string(vectors->rows()) + " rows for " +
                                           std::to_string(texts.size()) + " sentences");
  }
  vectors_ = *std::move(vectors);
  return {};
}

double PassageSentences::similarity(std::size_t index, std::span<const float> vector) const noexcept {
  if (vectors_.dimension == 0 || vector.size() != vectors_.dimension) return 0;
  return cosine_of(vectors_.row(index), vector);
}

}  // namespace scaup::inline v0
