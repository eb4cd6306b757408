#include "engine/word_search.hpp"

#include <algorithm>
#include <iterator>
#include <limits>

#include "engine/query_run.hpp"
#include "engine/snapshot_read.hpp"
#include "index/exact_search.hpp"
#include "index/grouped_hits.hpp"
#include "rank/fuse_lists.hpp"
#include "rank/hybrid_recipe.hpp"

namespace scaup::inline v0 {
namespace {

constexpr double kStaticDenseWeight = 0.3;  // of the built-in kind of model, in a fusion of lists
constexpr double kDenseWeight = 0.5;

// Shows the index the documents of one snapshot that a query may return.
class WordJudge final : public TextJudge {
 public:
  WordJudge(const Snapshot& snapshot, const SnapshotJudge& judge) : snapshot_(snapshot), judge_(judge) {}
  [[nodiscard]] bool accepts(Slot slot) const override { return snapshot_.visible(slot) && judge_.accepts(slot); }
  [[nodiscard]] bool precedes(Slot a, Slot b) const override { return judge_.id_precedes(a, b); }

 private:
  const Snapshot& snapshot_;
  const SnapshotJudge& judge_;
};

// Under l2 there is no mean score that would say where near begins.
bool sums_scores(const QueryOptions& options, const Snapshot& snapshot) noexcept {
  return !options.hybrid.fusion && snapshot.schema.metric != Metric::l2;
}

double least_score(const QueryOptions& options) noexcept {
  return options.min_score.value_or(-std::numeric_limits<double>::infinity());
}

/// The words of one query, looked up in one state.
class WordSearch {
 public:
  WordSearch(const TextState& state, const VectorQuery& query, const Selection& selection, const std::stop_token& stop)
      : state_(state), stop_(stop), judge_(*state.snapshot, selection, query), word_judge_(*state.snapshot, judge_) {
    // Stems that it keeps take most of a megabyte, which would cost more to prepare than the words of a query to find.
    thread_local AnalyzerScratch scratch;
    words_ = make_text_query(*state.analyzer, scratch, query.text);
    if (selection.everything()) return;
    selected_.resize((state.snapshot->rows + 63) / 64);
    selection.slots().to_words(selected_);
  }

  [[nodiscard]] const SnapshotJudge& judge() const noexcept { return judge_; }
  [[nodiscard]] std::size_t postings() const noexcept { return counters_.postings; }

  /// The best documents by their words.
  Result<std::vector<TextHit>> best(std::size_t k) {
    const TextSearchOptions options{
        .k = std::min(k, state_.snapshot->rows), .judge = &word_judge_, .selected = selected_};
    return state_.index->top_k(words_, options, counters_, stop_);
  }

  /// The same by their scores alone; of each group the best, if the query has groups. Then a longer list is asked for
  /// until it has k groups.
  Result<std::vector<Hit>> ranked(std::size_t k) {
    constexpr std::size_t kTimes = 4;
    const std::size_t rows = state_.snapshot->rows;
    for (std::size_t wanted = std::min(k, rows);; wanted = std::min(wanted * kTimes, rows)) {
      const auto found = best(wanted);
      if (!found) return found.error();
      std::vector<Hit> hits;
      for (const TextHit& hit : *found) hits.push_back({.score = hit.score.body, .slot = hit.slot});
      if (judge_.groups() == nullptr) return hits;
      keep_first_of_groups(hits, *judge_.groups());
      if (hits.size() < k && found->size() == wanted && wanted < rows) continue;
      hits.resize(std::min(hits.size(), k));
      return hits;
    }
  }

  Result<std::vector<TextScore>> scores(std::span<const Slot> slots) const {
    return state_.index->score(words_, slots);
  }

 private:
  const TextState& state_;
  const std::stop_token& stop_;
  SnapshotJudge judge_;
  WordJudge word_judge_;
  TextQuery words_;
  std::vector<std::uint64_t> selected_;
  TextSearchCounters counters_;
};

/// One keyword or hybrid query.
class WordQuery {
 public:
  WordQuery(const TextState& state, const VectorQuery& query, const Selection& selection, const std::stop_token& stop)
      : state_(state), snapshot_(*state.snapshot), query_(query), stop_(stop), search_(state, query, selection, stop) {}

  Result<QueryResult> keyword() {
    auto ranked = search_.ranked(query_.options.k);
    if (!ranked) return std::move(ranked).error();
    std::erase_if(*ranked, [&](const Hit& hit) { return hit.score < least_score(query_.options); });
    QueryResult result{.matches = to_matches(snapshot_, *ranked, query_.options.with_embeddings), .stats = {}};
    for (Match& match : result.matches) match.parts.keyword = match.score;
    return finished(std::move(result));
  }

  /// `dense` is the answer to the same query by vector alone; it has no hits where the query has no vector.
  Result<QueryResult> hybrid(const VectorAnswer& dense) {
    if (Status collected = collect(dense.hits); !collected) return std::move(collected).error();
    std::vector<Hit> ranked;
    if (sums_scores(query_.options, snapshot_)) {
      ranked = summed();
    } else {
      auto fused = fuse(dense.hits);
      if (!fused) return std::move(fused).error();
      ranked = *std::move(fused);
    }
    rank(ranked);
    QueryResult result{.matches = to_matches(snapshot_, ranked, query_.options.with_embeddings), .stats = dense.stats};
    for (std::size_t i = 0; i < ranked.size(); ++i) result.matches[i].parts = parts_of(ranked[i].slot);
    return finished(std::move(result));
  }

 private:
  QueryResult finished(QueryResult result) const {
    result.stats.postings = search_.postings();
    result.stats.filter_evaluations += search_.judge().evaluations();
    return result;
  }

  // The best of either side, with both scores of each: those that one side found are scored by the other.
  Status collect(const std::vector<Hit>& dense) {
    const HybridOptions& options = query_.options.hybrid;
    auto keyword = search_.best(std::max(options.candidates, query_.options.k));
    if (!keyword) return std::move(keyword).error();
    keyword_ = *std::move(keyword);
    std::vector<Slot> by_words, by_vector;
    for (const TextHit& hit : keyword_) by_words.push_back(hit.slot);
    for (const Hit& hit : dense) by_vector.push_back(hit.slot);
    std::ranges::sort(by_words);
    std::ranges::sort(by_vector);
    std::vector<Slot> slots, without_words, without_vector;
    std::ranges::set_union(by_words, by_vector, std::back_inserter(slots));
    std::ranges::set_difference(by_vector, by_words, std::back_inserter(without_words));
    std::ranges::set_difference(by_words, by_vector, std::back_inserter(without_vector));
    for (const Slot slot : slots) candidates_.push_back({.slot = slot});
    for (const TextHit& hit : keyword_) set_words(hit.slot, hit.score);
    for (const Hit& hit : dense) candidate(hit.slot).dense = hit.score;
    Status scored = add_words(without_words);
    return scored ? add_similarities(without_vector) : scored;
  }

  Status add_words(const std::vector<Slot>& slots) {
    const auto words = search_.scores(slots);
    if (!words) return words.error();
    for (std::size_t i = 0; i < slots.size(); ++i) set_words(slots[i], (*words)[i]);
    return {};
  }

  // In double, as the scores of a query by vector.
  Status add_similarities(const std::vector<Slot>& slots) {
    if (query_.vector.empty() || slots.empty()) return {};
    const ExactQuery search{.vector = query_.vector, .k = slots.size(), .judge = &every_row_, .only = &slots};
    auto answers = exact_search(snapshot_.rows_view(), snapshot_.schema.metric, std::span(&search, 1), 1, stop_);
    if (!answers) return std::move(answers).error();
    for (const Hit& hit : answers->front().hits) candidate(hit.slot).dense = hit.score;
    return {};
  }

  void set_words(Slot slot, const TextScore& score) {
    candidate(slot).keyword = score.body;
    candidate(slot).title = score.title;
  }

  [[nodiscard]] RecipeCandidate& candidate(Slot slot) {
    return *std::ranges::lower_bound(candidates_, slot, {}, &RecipeCandidate::slot);
  }

  [[nodiscard]] std::vector<Hit> summed() const {
    const HybridOptions& options = query_.options.hybrid;
    RecipeWeights weights{.title = options.title_weight, .neighbours = options.neighbour_weight};
    weights.dense = adapted(options.dense_weight.value_or(weights.dense));
    const double mean = state_.mean.mean_score(query_.vector, snapshot_.schema.metric);
    const auto scores = recipe_scores(candidates_, recipe_scale(candidates_, mean), weights, neighbours());
    std::vector<Hit> hits;
    for (std::size_t i = 0; i < scores.size(); ++i) hits.push_back({.score = scores[i], .slot = candidates_[i].slot});
    return hits;
  }

  // Of each candidate: none where there are no lists yet.
  [[nodiscard]] std::vector<std::span<const NeighbourLink>> neighbours() const {
    std::vector<std::span<const NeighbourLink>> links(candidates_.size());
    if (state_.neighbours == nullptr || query_.options.hybrid.neighbour_weight == 0) return links;
    for (std::size_t i = 0; i < links.size(); ++i) links[i] = state_.neighbours->of(candidates_[i].slot);
    return links;
  }

  Result<std::vector<Hit>> fuse(const std::vector<Hit>& dense) const {
    const HybridOptions& options = query_.options.hybrid;
    const bool is_static = snapshot_.schema.embedder && snapshot_.schema.embedder->provider == kStaticProvider;
    const double weight = adapted(options.dense_weight.value_or(is_static ? kStaticDenseWeight : kDenseWeight));
    FusionOptions fusion{.method = options.fusion.value_or(Fusion::relative_score), .weights = {weight, 1.0 - weight}};
    if (Status valid = check_fusion(fusion, 2); !valid) return std::move(valid).error();
    std::vector<Slot> dense_slots, keyword_slots;
    std::vector<double> dense_scores, keyword_scores;
    for (const Hit& hit : dense) {
      dense_slots.push_back(hit.slot);
      dense_scores.push_back(hit.score);
    }
    for (const TextHit& hit : keyword_) {
      keyword_slots.push_back(hit.slot);
      keyword_scores.push_back(hit.score.body);
    }
    const RankedSlots lists[] = {{dense_slots, dense_scores}, {keyword_slots, keyword_scores}};
    std::vector<Hit> hits;
    for (const FusedSlot& one : fuse_slots(lists, fusion)) hits.push_back({.score = one.score, .slot = one.slot});
    return hits;
  }

  [[nodiscard]] double adapted(double dense_weight) const noexcept {
    if (!query_.options.hybrid.adaptive) return dense_weight;
    return weights_for(classify_query(query_.text), dense_weight).dense;
  }

  void rank(std::vector<Hit>& hits) const {
    std::erase_if(hits, [&](const Hit& hit) { return hit.score < least_score(query_.options); });
    std::ranges::sort(hits, [&](const Hit& a, const Hit& b) { return better_hit(a, b, search_.judge()); });
    if (search_.judge().groups() != nullptr) keep_first_of_groups(hits, *search_.judge().groups());
    hits.resize(std::min(hits.size(), query_.options.k));
  }

  [[nodiscard]] ScoreParts parts_of(Slot slot) {
    const RecipeCandidate& one = candidate(slot);
    ScoreParts parts{.dense = one.dense};
    if (one.keyword > 0) parts.keyword = one.keyword;
    if (one.title > 0) parts.title = one.title;
    return parts;
  }

  // Every row that is asked about was accepted before.
  class EveryRow final : public RowJudge {
   public:
    [[nodiscard]] bool accepts(Slot /*slot*/) const override { return true; }
    [[nodiscard]] bool id_precedes(Slot a, Slot b) const override { return a < b; }
  };

  const TextState& state_;
  const Snapshot& snapshot_;
  const VectorQuery& query_;
  const std::stop_token& stop_;
  WordSearch search_;
  EveryRow every_row_;
  std::vector<TextHit> keyword_;
  std::vector<RecipeCandidate> candidates_;  // ascending by slot
};

// The vector's part of a query: of a hybrid one as many hits as it wants candidates.
VectorQuery vector_part(const VectorQuery& query) {
  VectorQuery part = query;
  part.options.mode = QueryMode::dense;
  if (query.options.mode == QueryMode::dense) return part;
  part.options.k = std::max(query.options.k, query.options.hybrid.candidates);
  part.options.min_score.reset();
  part.options.group_by.clear();  // that the key is there, the filter says
  return part;
}

}  // namespace

bool uses_neighbours(const QueryOptions& options, const Snapshot& snapshot) noexcept {
  return options.mode == QueryMode::hybrid && options.hybrid.neighbour_weight > 0 && sums_scores(options, snapshot);
}

Result<std::vector<QueryResult>> run_queries(const SearchState& state, std::span<const VectorQuery> queries,
                                             std::span<const Selection> selections, const std::stop_token& stop) {
  const Snapshot& snapshot = *state.words.snapshot;
  std::vector<QueryResult> results(queries.size());
  if (snapshot.documents == 0) return results;
  const auto asks_vectors = [](const VectorQuery& query) {
    return query.options.mode != QueryMode::keyword && !query.vector.empty();
  };
  std::vector<VectorQuery> vector_queries;
  std::vector<const Selection*> vector_selections;
  for (std::size_t i = 0; i < queries.size(); ++i) {
    if (!asks_vectors(queries[i])) continue;
    vector_queries.push_back(vector_part(queries[i]));
    vector_selections.push_back(&selections[i]);
  }
  auto answers = run_vector_queries(snapshot, state.graph, vector_queries, vector_selections, stop);
  if (!answers) return std::move(answers).error();
  std::size_t next = 0;
  for (std::size_t i = 0; i < queries.size(); ++i) {
    const VectorAnswer dense = asks_vectors(queries[i]) ? std::move((*answers)[next++]) : VectorAnswer();
    if (queries[i].options.mode == QueryMode::dense) {
      results[i] = to_result(snapshot, dense, queries[i].options);
      continue;
    }
    WordQuery query(state.words, queries[i], selections[i], stop);
    auto result = queries[i].options.mode == QueryMode::keyword ? query.keyword() : query.hybrid(dense);
    if (!result) return std::move(result).error();
    results[i] = *std::move(result);
  }
  return results;
}

}  // namespace scaup::inline v0
