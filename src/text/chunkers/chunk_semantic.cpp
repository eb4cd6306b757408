// The semantic chunker: breaks where the meaning of neighbouring sentences differs most.

#include <algorithm>
#include <cmath>
#include <span>

#include "scaup/chunker.hpp"
#include "text/chunkers/prose.hpp"

namespace scaup::inline v0 {
namespace {

double dot(std::span<const float> a, std::span<const float> b) noexcept {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}

// 1 - cosine; 0 where a vector is zero or not finite, which says nothing.
double distance(std::span<const float> a, std::span<const float> b) noexcept {
  const double lengths = std::sqrt(dot(a, a)) * std::sqrt(dot(b, b));
  if (!(lengths > 0) || !std::isfinite(lengths)) return 0;
  return 1 - dot(a, b) / lengths;
}

// Linear between the two nearest ranks, as numpy.percentile by default. `values` is not empty.
double percentile_of(std::vector<double> values, double percentile) {
  std::ranges::sort(values);
  const double rank = percentile / 100 * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(rank);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return values[below] + (values[above] - values[below]) * (rank - static_cast<double>(below));
}

class SemanticChunker final : public TextChunker {
 public:
  explicit SemanticChunker(const SemanticChunkerOptions& options)
      : TextChunker("semantic chunker", {.size = options.size,
                                         .overlap = 0,
                                         .unit = options.unit,
                                         .separators = clause_separators(),
                                         .tokenizer = options.tokenizer}),
        embedder_(options.embedder),
        buffer_(options.buffer),
        percentile_(options.percentile) {}

 private:
  Status check_more() const override {
    if (embedder_ == nullptr)
      return Error(ErrorCode::invalid_argument, "semantic chunker: embedder is null; accepted: an embedder");
    if (percentile_ >= 0 && percentile_ <= 100) return {};
    return Error(ErrorCode::invalid_argument,
                 "semantic chunker: percentile is " + std::to_string(percentile_) + "; accepted: 0 to 100");
  }

  Result<std::vector<SectionChunks>> cut(const CutJob& job) const override {
    const auto sentences = find_sentences(job.source.text, {0, job.source.text.size()});
    std::vector<SectionChunks> sections(1);
    const auto distances = distances_between(job, sentences);
    if (!distances) return distances.error();
    const double most = distances->empty() ? 0 : percentile_of(*distances, percentile_);
    RecursiveSplitter pack = splitter(job, sections[0].chunks);
    for (std::size_t i = 0; i < sentences.size(); ++i) {
      pack.add(sentences[i], kSentenceEnd, job.stop);
      if (i < distances->size() && (*distances)[i] > most) pack.finish();
    }
    pack.finish();
    return sections;
  }

  // Of each sentence's window to that of the next sentence.
  Result<std::vector<double>> distances_between(const CutJob& job, std::span<const ByteRange> sentences) const {
    std::vector<double> distances;
    if (sentences.size() < 2) return distances;
    std::vector<std::string_view> windows;
    for (std::size_t i = 0; i < sentences.size(); ++i) {
      const std::size_t begin = sentences[i - std::min(i, buffer_)].begin;
      const std::size_t end = sentences[i + std::min(sentences.size() - 1 - i, buffer_)].end;
      windows.push_back(std::string_view(job.source.text).substr(begin, end - begin));
    }
    const auto rows = embedder_->embed(windows, TextKind::document, job.stop);
    if (!rows) return rows.error();
    if (rows->rows() != windows.size()) return wrong_rows(rows->rows(), windows.size());
    for (std::size_t i = 1; i < windows.size(); ++i) distances.push_back(distance(rows->row(i - 1), rows->row(i)));
    return distances;
  }

  static Error wrong_rows(std::size_t rows, std::size_t texts) {
    return {ErrorCode::bad_reply, "semantic chunker: the embedder gave " + std::to_string(rows) + " rows for " +
                                      std::to_string(texts) + " texts"};
  }

  const std::shared_ptr<const Embedder> embedder_;
  const std::size_t buffer_;
  const double percentile_;
};

}  // namespace

std::shared_ptr<const Chunker> make_semantic_chunker(const SemanticChunkerOptions& options) {
  return std::make_shared<const SemanticChunker>(options);
}

}  // namespace scaup::inline v0
