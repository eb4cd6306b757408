#pragma once
// Answers without a model: the sentences of the passages that answer a question best, word for word.

#include <cstddef>
#include <span>
#include <vector>

#include "rag/passage_sentences.hpp"

namespace scaup::inline v0 {

/// A question as the choice of sentences needs it.
struct AskedQuestion {
  Terms terms = {};
  std::vector<float> vector = {};  ///< empty: words alone count
};

/// The indexes of at most `count` sentences, each saying something that better ones do not: those of a passage in their
/// order, the passage of the best one first. A sentence is worth what its passage is (a share of the best one's score),
/// the share of the question's terms that it has, rare ones counting more, and its cosine with the question; questions,
/// headings and code are worth less, and what is far below the best is left out.
[[nodiscard]] std::vector<std::size_t> choose_sentences(const PassageSentences& sentences,
                                                        std::span<const Passage> passages,
                                                        const AskedQuestion& question, std::size_t count);

}  // namespace scaup::inline v0
