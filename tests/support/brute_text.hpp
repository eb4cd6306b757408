#pragma once
// BM25 by the definition: every document is kept as its terms, and every score is computed from scratch.

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "text/postings/bm25.hpp"
#include "text/postings/text_query.hpp"

namespace scaup::test {

class BruteText {
 public:
  explicit BruteText(const Analyzer& analyzer) : analyzer_(analyzer) {}

  void put(Slot slot, std::string_view title, std::string_view text) {
    Stored& stored = documents_[slot] = Stored{std::string(title), std::string(text)};
    count(title, stored.title_tf, stored.title_length);
    stored.body_tf = stored.title_tf;
    stored.body_length = stored.title_length;
    count(text, stored.body_tf, stored.body_length);
  }
  void remove(Slot slot) { documents_.erase(slot); }

  struct Stored {
    std::string title = {};
    std::string text = {};
    std::map<std::string, std::uint32_t> body_tf = {};
    std::map<std::string, std::uint32_t> title_tf = {};
    std::uint32_t body_length = 0;
    std::uint32_t title_length = 0;
  };
  [[nodiscard]] const std::map<Slot, Stored>& documents() const { return documents_; }

  [[nodiscard]] TextTotals totals() const {
    TextTotals totals{.documents = documents_.size()};
    for (const auto& [slot, stored] : documents_) {
      totals.body_tokens += stored.body_length;
      totals.title_tokens += stored.title_length;
      totals.titled += stored.title_length > 0 ? 1 : 0;
    }
    return totals;
  }

  [[nodiscard]] std::uint64_t df(const std::string& term) const {
    return static_cast<std::uint64_t>(
        std::ranges::count_if(documents_, [&](const auto& each) { return each.second.body_tf.contains(term); }));
  }

  // Idf and sums in the order of the query, each product as the index forms it.
  [[nodiscard]] std::map<Slot, TextScore> scores(const TextQuery& query) const {
    std::map<Slot, TextScore> scores;
    const TextTotals all = totals();
    for (const TextQuery::Term& term : query.terms) {
      const double weight = term.weight * inverse_document_frequency(all.documents, df(term.bytes));
      for (const auto& [slot, stored] : documents_) {
        const auto body = stored.body_tf.find(term.bytes);
        if (body == stored.body_tf.end()) continue;
        scores[slot].body += weight * saturation(kBodyField, body->second, stored.body_length, all.body_average());
        const auto title = stored.title_tf.find(term.bytes);
        if (title == stored.title_tf.end()) continue;
        scores[slot].title += weight * saturation(kTitleField, title->second, stored.title_length, all.title_average());
      }
    }
    return scores;
  }

  // The best of the documents that `accepts` lets pass, ties by slot.
  [[nodiscard]] std::vector<TextHit> top_k(const TextQuery& query, std::size_t k, double title_weight,
                                           const std::function<bool(Slot)>& accepts) const {
    std::vector<TextHit> hits;
    for (const auto& [slot, score] : scores(query)) {
      if (accepts(slot)) hits.push_back({slot, score});
    }
    std::ranges::stable_sort(hits, std::greater<>(),
                             [&](const TextHit& hit) { return hit.score.body + title_weight * hit.score.title; });
    hits.resize(std::min(hits.size(), k));
    return hits;
  }

 private:
  void count(std::string_view text, std::map<std::string, std::uint32_t>& tf, std::uint32_t& length) {
    analyzer_.analyze(text, scratch_, [&](const Token& token) {
      ++tf[std::string(token.term)];
      ++length;
    });
  }

  const Analyzer& analyzer_;
  AnalyzerScratch scratch_;
  std::map<Slot, Stored> documents_;
};

}  // namespace scaup::test
