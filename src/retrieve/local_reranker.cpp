// The reranker without a model: the hybrid recipe over the texts of one call, with their own statistics.

#include <algorithm>
#include <cmath>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/boundary.hpp"
#include "base/utf8.hpp"
#include "rank/hybrid_recipe.hpp"
#include "scaup/reranker.hpp"
#include "text/analysis/analyzer.hpp"
#include "text/postings/bm25.hpp"
#include "text/postings/text_batch.hpp"
#include "text/postings/text_query.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::size_t kNeighbours = 5;

Error invalid(std::string problem) {
  return {ErrorCode::invalid_argument, "local reranker: " + std::move(problem)};
}

Status check_weight(std::string_view name, double weight) {
  if (weight >= 0.0 && weight <= 100.0) return {};
  return invalid(std::string(name) + " is " + std::to_string(weight) + "; 0 to 100 is allowed");
}

/// The texts of one call as documents of a collection of their own.
class Candidates {
 public:
  Candidates(const Analyzer& analyzer, const std::stop_token& stop) : analyzer_(analyzer), stop_(stop) {}

  Status add(std::span<const std::string_view> texts) {
    for (std::size_t i = 0; i < texts.size(); ++i) {
      if (stop_.stop_requested()) return cancelled();
      if (find_invalid_utf8(texts[i])) return invalid("text " + std::to_string(i) + " is not UTF-8");
      add(texts[i]);
    }
    count_terms();
    return {};
  }

  /// BM25 scores of text and title, and the place in the call, which falls from the number of texts to 1.
  [[nodiscard]] std::vector<RecipeCandidate> score(std::string_view question) {
    std::unordered_map<std::string, double> asked;
    for (auto& term : make_text_query(analyzer_, scratch_, question).terms) asked.emplace(term.bytes, term.weight);
    std::vector<double> weights(batch_.terms());
    for (std::uint32_t term = 0; term < weights.size(); ++term) {
      const auto found = asked.find(std::string(batch_.term(term)));
      if (found != asked.end()) weights[term] = found->second * idf_[term];
    }
    std::vector<RecipeCandidate> scored(batch_.documents());
    for (std::uint32_t i = 0; i < scored.size(); ++i) {
      scored[i].slot = i;
      scored[i].dense = static_cast<double>(scored.size() - i);
    }
    for (const TextBatch::Entry& entry : batch_.entries()) {
      if (weights[entry.term] == 0) continue;
      scored[entry.document].keyword += weights[entry.term] * body(entry);
      if (entry.title_tf > 0) scored[entry.document].title += weights[entry.term] * title(entry);
    }
    return scored;
  }

  /// For each text those with the highest cosine of the BM25 vectors.
  Result<std::vector<std::vector<NeighbourLink>>> neighbours() const {
    std::vector<std::vector<Component>> postings(batch_.terms());
    std::vector<double> norms(batch_.documents());
    for (const TextBatch::Entry& entry : batch_.entries()) {
      const double value = idf_[entry.term] * body(entry);
      postings[entry.term].push_back({entry.document, value});
      norms[entry.document] += value * value;
    }
    for (double& norm : norms) norm = std::sqrt(norm);
    std::vector<std::vector<NeighbourLink>> lists;
    std::vector<double> products(batch_.documents());
    for (auto entry = batch_.entries().begin(); lists.size() < products.size();) {
      if (stop_.stop_requested()) return cancelled();
      const auto self = static_cast<std::uint32_t>(lists.size());
      std::ranges::fill(products, 0.0);
      for (; entry != batch_.entries().end() && entry->document == self; ++entry) {
        const double value = idf_[entry->term] * body(*entry);
        for (const Component& other : postings[entry->term]) products[other.document] += value * other.value;
      }
      lists.push_back(nearest(self, products, norms));
    }
    return lists;
  }

 private:
  struct Component {
    std::uint32_t document = 0;
    double value = 0;
  };

  static Error cancelled() { return {ErrorCode::cancelled, "cancelled during reranking"}; }

  void add(std::string_view text) {
    const std::size_t line = text.find('\n');
    const bool titled = line != std::string_view::npos && text.find_first_not_of(" \t\r\n", line) != text.npos;
    batch_.add(analyzer_, scratch_, titled ? text.substr(0, line) : "", titled ? text.substr(line) : text);
    totals_.body_tokens += batch_.body_lengths().back();
    totals_.title_tokens += batch_.title_lengths().back();
    if (batch_.title_lengths().back() > 0) ++totals_.titled;
    ++totals_.documents;
  }

  void count_terms() {
    std::vector<std::uint64_t> df(batch_.terms());
    for (const TextBatch::Entry& entry : batch_.entries()) ++df[entry.term];
    for (const std::uint64_t count : df) idf_.push_back(inverse_document_frequency(totals_.documents, count));
  }

  [[nodiscard]] double body(const TextBatch::Entry& entry) const noexcept {
    return saturation(kBodyField, entry.body_tf, batch_.body_lengths()[entry.document], totals_.body_average());
  }
  [[nodiscard]] double title(const TextBatch::Entry& entry) const noexcept {
    return saturation(kTitleField, entry.title_tf, batch_.title_lengths()[entry.document], totals_.title_average());
  }

  static std::vector<NeighbourLink> nearest(std::uint32_t self, std::span<const double> products,
                                            std::span<const double> norms) {
    std::vector<NeighbourLink> links;
    for (std::uint32_t other = 0; other < products.size(); ++other) {
      if (other == self || !(products[other] > 0)) continue;
      links.push_back({other, static_cast<float>(products[other] / (norms[self] * norms[other]))});
    }
    const auto kept = links.begin() + static_cast<std::ptrdiff_t>(std::min(kNeighbours, links.size()));
    std::ranges::partial_sort(links, kept, [](const NeighbourLink& a, const NeighbourLink& b) {
      return a.similarity != b.similarity ? a.similarity > b.similarity : a.slot < b.slot;
    });
    links.erase(kept, links.end());
    return links;
  }

  const Analyzer& analyzer_;
  const std::stop_token& stop_;
  AnalyzerScratch scratch_;
  TextBatch batch_;
  TextTotals totals_;
  std::vector<double> idf_;  // of each term
};

class LocalReranker final : public Reranker {
 public:
  LocalReranker(std::shared_ptr<const Analyzer> analyzer, const LocalRerankerOptions& options)
      : analyzer_(std::move(analyzer)),
        weights_{.dense = options.order_weight, .title = options.title_weight, .neighbours = options.neighbour_weight},
        identity_{.provider = "scaup-local", .model = "bm25-" + options.analysis} {}

  Result<std::vector<RerankScore>> rerank(std::string_view question, std::span<const std::string_view> texts,
                                          std::stop_token stop) const override {
    return guarded([&]() -> Result<std::vector<RerankScore>> {
      if (find_invalid_utf8(question)) return invalid("the question is not UTF-8");
      Candidates candidates(*analyzer_, stop);
      if (Status added = candidates.add(texts); !added) return std::move(added).error();
      const std::vector<RecipeCandidate> scored = candidates.score(question);
      const auto neighbours = candidates.neighbours();
      if (!neighbours) return neighbours.error();
      const std::vector<std::span<const NeighbourLink>> links(neighbours->begin(), neighbours->end());
      const std::vector<double> sums = recipe_scores(scored, recipe_scale(scored, 0), weights_, links);
      std::vector<RerankScore> scores;
      for (std::size_t i = 0; i < sums.size(); ++i) scores.push_back({i, sums[i]});
      return scores;
    });
  }

  const RerankerIdentity& identity() const noexcept override { return identity_; }

 private:
  const std::shared_ptr<const Analyzer> analyzer_;
  const RecipeWeights weights_;
  const RerankerIdentity identity_;
};

}  // namespace

Result<std::shared_ptr<const Reranker>> make_local_reranker(const LocalRerankerOptions& options) {
  return guarded([&]() -> Result<std::shared_ptr<const Reranker>> {
    const std::pair<std::string_view, double> weights[] = {{"order_weight", options.order_weight},
                                                           {"title_weight", options.title_weight},
                                                           {"neighbour_weight", options.neighbour_weight}};
    for (const auto& [name, weight] : weights) {
      if (Status valid = check_weight(name, weight); !valid) return std::move(valid).error();
    }
    auto analyzer = find_analyzer(options.analysis);
    if (!analyzer) return std::move(analyzer).error();
    return std::make_shared<const LocalReranker>(*std::move(analyzer), options);
  });
}

}  // namespace scaup::inline v0
