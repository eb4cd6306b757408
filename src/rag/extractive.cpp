#include "rag/extractive.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

namespace scaup::inline v0 {
namespace {

// Chosen by the share of first citations that are relevant on scifact, cacm, cisi and lisa; docs/quality.md.
constexpr double kPassageWeight = 1.0;
constexpr double kTermsWeight = 0.3;
constexpr double kCosineWeight = 0.3;
// A sentence that asks, or has too few words to say something, is worth so much less.
constexpr double kQuestionPenalty = 0.6;
constexpr double kFewTermsPenalty = 0.3;
constexpr std::size_t kFewTerms = 3;
// So is one with so large a share of marks: code, or a row of a table.
constexpr double kMarksPenalty = 0.3;
constexpr double kManyMarks = 0.08;
// What is worth less than this share of the best sentence is left out.
constexpr double kLeastWorth = 0.6;
// Two sentences that share so many of their terms say the same.
constexpr double kSameTerms = 0.7;

// Rarity of the question's terms among the sentences, as BM25 has it, as shares of their sum.
std::vector<double> weights_of(const Terms& terms, const std::vector<PassageSentence>& sentences) {
  std::vector<double> weights;
  const auto all = static_cast<double>(sentences.size());
  for (const std::string& term : terms) {
    const auto has_term = [&](const PassageSentence& one) { return std::ranges::binary_search(one.terms, term); };
    const auto with = static_cast<double>(std::ranges::count_if(sentences, has_term));
    weights.push_back(std::log(1.0 + (all - with + 0.5) / (with + 0.5)));
  }
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  if (sum > 0) {
    for (double& weight : weights) weight /= sum;
  }
  return weights;
}

double share_of_terms(const Terms& wanted, const std::vector<double>& weights, const Terms& terms) {
  double share = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (std::ranges::binary_search(terms, wanted[i])) share += weights[i];
  }
  return share;
}

double share_of_best(std::span<const Passage> passages, std::size_t passage) {
  double best = 0;
  for (const Passage& one : passages) best = std::max(best, one.score);
  if (best > 0) return std::max(0.0, passages[passage].score) / best;
  return 1.0 / static_cast<double>(passages[passage].best_rank);
}

double share_of_marks(std::string_view text) {
  const auto marks = std::ranges::count_if(
      text, [](char c) { return std::string_view("|{}()[]<>=;`_#").find(c) != std::string_view::npos; });
  return text.empty() ? 0 : static_cast<double>(marks) / static_cast<double>(text.size());
}

// What takes from the worth of a sentence, whatever the question.
double penalty_of(std::string_view text, const Terms& terms) {
  double penalty = 0;
  if (text.ends_with('?')) penalty += kQuestionPenalty;
  if (terms.size() < kFewTerms) penalty += kFewTermsPenalty;
  if (share_of_marks(text) >= kManyMarks) penalty += kMarksPenalty;
  return penalty;
}

bool same(const Terms& a, const Terms& b) {
  const std::size_t smaller = std::min(a.size(), b.size());
  return smaller > 0 && static_cast<double>(common_terms(a, b)) >= kSameTerms * static_cast<double>(smaller);
}

std::vector<double> worths_of(const PassageSentences& sentences, std::span<const Passage> passages,
                              const AskedQuestion& question) {
  const std::vector<double> weights = weights_of(question.terms, sentences.all());
  std::vector<double> worths;
  for (std::size_t i = 0; i < sentences.all().size(); ++i) {
    const PassageSentence& one = sentences.all()[i];
    const double worth = kPassageWeight * share_of_best(passages, one.passage) +
                         kTermsWeight * share_of_terms(question.terms, weights, one.terms) +
                         kCosineWeight * std::max(0.0, sentences.similarity(i, question.vector)) -
                         penalty_of(sentences.text(i), one.terms);
    worths.push_back(worth);
  }
  return worths;
}

// Sentences of a passage as they follow one another, passages in the order of their best sentence.
std::vector<std::size_t> in_reading_order(std::vector<std::size_t> chosen, const PassageSentences& sentences) {
  std::vector<std::size_t> passages;
  for (const std::size_t i : chosen) {
    const std::size_t passage = sentences.all()[i].passage;
    if (std::ranges::find(passages, passage) == passages.end()) passages.push_back(passage);
  }
  std::ranges::sort(chosen, {}, [&](std::size_t i) {
    const PassageSentence& one = sentences.all()[i];
    return std::pair(std::ranges::find(passages, one.passage) - passages.begin(), one.begin);
  });
  return chosen;
}

}  // namespace

std::vector<std::size_t> choose_sentences(const PassageSentences& sentences, std::span<const Passage> passages,
                                          const AskedQuestion& question, std::size_t count) {
  const std::vector<double> worths = worths_of(sentences, passages, question);
  std::vector<std::size_t> order(worths.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater(), [&](std::size_t i) { return worths[i]; });
  std::vector<std::size_t> chosen;
  for (const std::size_t i : order) {
    if (chosen.size() == count || worths[i] < kLeastWorth * worths[order.front()]) break;
    const auto says_the_same = [&](std::size_t other) {
      return same(sentences.all()[i].terms, sentences.all()[other].terms);
    };
    if (std::ranges::none_of(chosen, says_the_same)) chosen.push_back(i);
  }
  return in_reading_order(std::move(chosen), sentences);
}

}  // namespace scaup::inline v0
