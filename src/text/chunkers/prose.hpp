#pragma once
// Feeds prose to a splitter: whole paragraphs or sentences, so that chunks end at these.

#include <string_view>

#include "text/chunkers/sentences.hpp"
#include "text/chunkers/text_chunker.hpp"

namespace scaup::inline v0 {

// How good a place the end of each is, see RecursiveSplitter::add.
constexpr std::size_t kParagraphEnd = 0;
constexpr std::size_t kSentenceEnd = 1;

/// The paragraphs of `range`; those that do not fit as sentences.
inline void add_paragraphs(RecursiveSplitter& splitter, const CutJob& job, ByteRange range) {
  for (const ByteRange& paragraph : find_paragraphs(job.source.text, range)) {
    if (splitter.fits(paragraph)) {
      splitter.add(paragraph, kParagraphEnd, job.stop);
      continue;
    }
    const auto sentences = find_sentences(job.source.text, paragraph);
    for (const ByteRange& sentence : sentences)
      splitter.add(sentence, &sentence == &sentences.back() ? kParagraphEnd : kSentenceEnd, job.stop);
  }
}

}  // namespace scaup::inline v0
