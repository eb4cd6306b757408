// One chunk a sentence, with the range of the sentences around it.

#include "scaup/chunker.hpp"
#include "text/chunkers/prose.hpp"

namespace scaup::inline v0 {
namespace {

class SentenceWindowChunker final : public TextChunker {
 public:
  explicit SentenceWindowChunker(const SentenceWindowChunkerOptions& options)
      : TextChunker("sentence window chunker", {.size = options.size,
                                                .overlap = 0,
                                                .unit = options.unit,
                                                .separators = clause_separators(),
                                                .tokenizer = options.tokenizer}),
        window_(options.window) {}

 private:
  Result<std::vector<SectionChunks>> cut(const CutJob& job) const override {
    std::vector<SectionChunks> sections(1);
    auto& [chunks, path, page, windows] = sections[0];
    RecursiveSplitter pack = splitter(job, chunks);
    const auto sentences = find_sentences(job.source.text, {0, job.source.text.size()});
    for (std::size_t i = 0; i < sentences.size(); ++i) {
      pack.add(sentences[i], kSentenceEnd, job.stop);
      pack.finish();
      const std::size_t first = i - std::min(i, window_);
      const std::size_t last = i + std::min(sentences.size() - 1 - i, window_);
      windows.resize(chunks.size(), {sentences[first].begin, sentences[last].end});
    }
    return sections;
  }

  const std::size_t window_;
};

}  // namespace

std::shared_ptr<const Chunker> make_sentence_window_chunker(const SentenceWindowChunkerOptions& options) {
  return std::make_shared<const SentenceWindowChunker>(options);
}

}  // namespace scaup::inline v0
