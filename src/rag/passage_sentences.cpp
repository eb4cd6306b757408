#include "rag/passage_sentences.hpp"

#include <algorithm>
#include <cmath>

#include "embed/embed_checked.hpp"
#include "simd/kernels.hpp"
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
  const auto product = [](std::span<const float> x, std::span<const float> y) {
    return kernels().dot_double(x.data(), y.data(), x.size());
  };
  const double lengths = std::sqrt(product(a, a)) * std::sqrt(product(b, b));
  return lengths > 0 ? product(a, b) / lengths : 0;
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
  auto vectors = embed_checked(*embedder, texts, TextKind::document, stop);
  if (!vectors) return std::move(vectors).error();
  vectors_ = *std::move(vectors);
  return {};
}

double PassageSentences::similarity(std::size_t index, std::span<const float> vector) const noexcept {
  if (vectors_.dimension == 0 || vector.size() != vectors_.dimension) return 0;
  return cosine_of(vectors_.row(index), vector);
}

}  // namespace scaup::inline v0
