#pragma once
// Whether what an answer says is in what it cites.

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "rag/passage_sentences.hpp"

namespace scaup::inline v0 {

/// What part of an embedding's cosine, and what part of the shared terms, makes the support.
inline constexpr double kCosineShare = 0.3;

struct Support {
  double value = 0;         ///< 0 to 1, see CitedSentence::support
  bool has_numbers = true;  ///< every number of the sentence is in the cited passages
  /// Of the cited passages, the one that supports most, as an index into the sentences; absent where they have none.
  std::optional<std::size_t> best_sentence = {};
};

/// A sentence of an answer, without markers.
struct Claim {
  std::string_view text = {};
  Terms terms = {};
  std::span<const float> vector = {};  ///< empty: words alone count
};

/// The sentences that support what is said with a marker: for each number the span of all of them in its passage.
class SupportingSpans {
 public:
  void add(std::size_t number, const ByteRange& span) {
    const auto [place, is_new] = spans_.emplace(number, span);
    if (is_new) return;
    place->second.begin = std::min(place->second.begin, span.begin);
    place->second.end = std::max(place->second.end, span.end);
  }
  [[nodiscard]] const std::map<std::size_t, ByteRange>& all() const noexcept { return spans_; }

 private:
  std::map<std::size_t, ByteRange> spans_;
};

/// How well the passages, given by their indexes, of which there is at least one, support a claim.
[[nodiscard]] Support support_of(const Claim& claim, std::span<const std::size_t> cited,
                                 std::span<const Passage> passages, const PassageSentences& sentences);

/// The numbers in a text, ascending, each once: runs of digits with the marks inside them, "1,000.5".
[[nodiscard]] std::vector<std::string> numbers_of(std::string_view text);

}  // namespace scaup::inline v0
