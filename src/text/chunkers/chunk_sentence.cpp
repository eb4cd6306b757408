// The sentence chunker, and the default for prose.

#include "scaup/chunker.hpp"
#include "text/chunkers/prose.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::size_t kMostAbbreviations = 1000;  // each is compared at every full stop

class SentenceChunker final : public TextChunker {
 public:
  explicit SentenceChunker(const SentenceChunkerOptions& options)
      : TextChunker("sentence chunker", {.size = options.size,
                                         .overlap = options.overlap,
                                         .unit = options.unit,
                                         .separators = clause_separators(),
                                         .tokenizer = options.tokenizer}),
        abbreviations_(options.abbreviations) {}

 private:
  Status check_more() const override {
    if (abbreviations_.size() <= kMostAbbreviations) return {};
    return Error(ErrorCode::invalid_argument, "sentence chunker: abbreviations has " +
                                                  std::to_string(abbreviations_.size()) +
                                                  " entries; accepted: at most " + std::to_string(kMostAbbreviations));
  }

  Result<std::vector<SectionChunks>> cut(const CutJob& job) const override {
    std::vector<SectionChunks> sections(1);
    RecursiveSplitter pack = splitter(job, sections[0].chunks);
    for (const ByteRange& sentence : find_sentences(job.source.text, {0, job.source.text.size()}, abbreviations_))
      pack.add(sentence, kSentenceEnd, job.stop);
    pack.finish();
    return sections;
  }

  const std::vector<std::string> abbreviations_;
};

}  // namespace

std::shared_ptr<const Chunker> make_sentence_chunker(const SentenceChunkerOptions& options) {
  return std::make_shared<const SentenceChunker>(options);
}

std::shared_ptr<const Chunker> make_prose_chunker(std::shared_ptr<const Tokenizer> tokenizer) {
  return make_sentence_chunker({.tokenizer = std::move(tokenizer)});
}

}  // namespace scaup::inline v0
