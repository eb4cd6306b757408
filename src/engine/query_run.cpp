#include "engine/query_run.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include "base/parallel.hpp"
#include "engine/query_plan.hpp"
#include "engine/snapshot_read.hpp"
#include "index/exact_search.hpp"
#include "index/graph_walk.hpp"
#include "index/grouped_hits.hpp"
#include "index/row_distance.hpp"

namespace scaup::inline v0 {
namespace {

// Starting threads costs less than they save from this many bytes of codes, times queries, on; and for walks, from
// this many queries on.
constexpr std::size_t kBytesWorthThreads = std::size_t{32} << 20U;
constexpr std::size_t kWalksWorthThreads = 64;

// One query of the call; at a fixed address, because the searches point to it.
struct ActiveQuery {
  ActiveQuery(const Snapshot& snapshot, const VectorQuery& its_query, const Selection& its_selection)
      : query(its_query), selection(its_selection), judge(snapshot, selection, query) {}

  [[nodiscard]] bool walks() const noexcept { return choice.plan == QueryPlan::graph_walk; }
  [[nodiscard]] double least_score() const noexcept {
    return query.options.min_score.value_or(-std::numeric_limits<double>::infinity());
  }

  const VectorQuery& query;
  const Selection& selection;
  SnapshotJudge judge;
  PlanChoice choice;
  std::vector<Slot> slots;           // those to compare, if the plan is filtered_scan
  std::vector<std::uint64_t> words;  // those that a walk may return, as bits
  std::vector<Hit> hits;             // best first
  WalkCounters walked;
  ExactAnswer scanned;  // without hits
};

class QueryRun {
 public:
  QueryRun(const Snapshot& snapshot, const GraphKeeper::Published& graph, std::size_t queries,
           const std::stop_token& stop)
      : snapshot_(snapshot), graph_(graph), stop_(stop), rows_(snapshot.rows_view()), queries_(queries) {}

  /// Each query once, before `run`.
  Status set(std::size_t number, const VectorQuery& query, const Selection& selection) {
    if (Status fits = check_dimension(query); !fits) return fits;
    ActiveQuery& active = queries_[number].emplace(snapshot_, query, selection);
    prepare(active, choose_plan(input_of(active)));
    return {};
  }

  Status run() {
    Status done = walk_all();
    if (done) done = scan_tail();
    if (!done) return done;
    for (auto& query : queries_) {
      if (query->walks()) finish_walk(*query);
    }
    return scan_rows();
  }

  [[nodiscard]] std::vector<VectorAnswer> take_answers() {
    std::vector<VectorAnswer> answers;
    answers.reserve(queries_.size());
    for (auto& query : queries_) answers.push_back(to_answer(*query));
    return answers;
  }

 private:
  [[nodiscard]] Status check_dimension(const VectorQuery& query) const {
    const std::size_t dimension = snapshot_.table->dimension();
    const auto mismatch = [&](std::string_view what, std::span<const float> vector) {
      return Error(ErrorCode::dimension_mismatch, std::string(what) + " has " + std::to_string(vector.size()) +
                                                      " components, the collection " + std::to_string(dimension));
    };
    if (query.vector.size() != dimension) return mismatch("the query", query.vector);
    if (query.exclusion && query.exclusion->vector.size() != dimension) {
      return mismatch("the negative query", query.exclusion->vector);
    }
    return {};
  }

  [[nodiscard]] PlanInput input_of(const ActiveQuery& query) const {
    PlanInput input{.snapshot = snapshot_, .options = query.query.options, .graph = graph_};
    if (query.selection.everything()) return input;
    input.selected = query.selection.slots().cardinality();
    input.needs_document = query.selection.needs_document();
    return input;
  }

  // Takes over a plan, and makes of the filter's slots what it needs.
  void prepare(ActiveQuery& query, const PlanChoice& choice) const {
    query.choice = choice;
    const Selection& selection = query.selection;
    if (selection.everything()) return;
    const std::size_t selected = selection.slots().cardinality();
    if (choice.plan == QueryPlan::filtered_scan) {
      query.slots.resize(selected);
      (void)selection.slots().next_many(0, query.slots);
    }
    if (query.walks() && selected < snapshot_.documents) {
      query.words.resize((snapshot_.rows + 63) / 64);
      selection.slots().to_words(query.words);
    }
  }

  // All cores where that is worth it, unless the call says how many.
  [[nodiscard]] std::size_t threads_for(bool worth_it, std::size_t tasks) const {
    std::size_t asked = 0;
    for (const auto& query : queries_) asked = std::max(asked, query->query.options.threads);
    return asked == 0 && !worth_it ? 1 : thread_count(asked, tasks);
  }

  Status walk_all() {
    if (queries_.size() == 1) return queries_[0]->walks() ? walk_one(*queries_[0]) : Status();
    std::vector<ActiveQuery*> walking;
    for (auto& query : queries_) {
      if (query->walks()) walking.push_back(&*query);
    }
    const std::size_t threads = threads_for(walking.size() >= kWalksWorthThreads, walking.size());
    return parallel_for(walking.size(), threads, [&](std::size_t i) { return walk_one(*walking[i]); });
  }

  Status walk_one(ActiveQuery& query) {
    const std::size_t k = std::min(query.query.options.k, snapshot_.rows);
    // Several rows of a group come as one hit.
    const std::size_t rescored = query.judge.groups() != nullptr ? k + query.choice.ef : 0;
    const WalkOptions options{
        .k = k, .ef = query.choice.ef, .rescored = rescored, .filter = query.words, .share = query.choice.share};
    auto hits = walk(*graph_.graph, rows_, query.query.vector, options, query.judge, query.walked, stop_);
    if (!hits) return std::move(hits).error();
    query.hits = *std::move(hits);
    // Too few: the filter's rows lie far from the query, or a condition on the text held for few of the nearest.
    const bool too_few = query.hits.size() < k && query.hits.size() < matching(query);
    if (!too_few && !query.walked.doubtful) return {};
    query.hits.clear();
    prepare(query, choose_exact_plan(input_of(query)));
    return {};
  }

  // The rows that the graph does not hold yet, for all walking queries in one pass.
  Status scan_tail() {
    if (graph_.end >= snapshot_.rows) return {};
    std::vector<ActiveQuery*> walking;
    std::vector<ExactQuery> searches;
    for (auto& query : queries_) {
      if (!query->walks()) continue;
      const std::size_t k = query->query.options.k;
      const bool full = query->hits.size() >= k;
      searches.push_back({.vector = query->query.vector,
                          .k = k,
                          .least_score = full ? query->hits.back().score : query->least_score(),
                          .judge = &query->judge});
      walking.push_back(&*query);
    }
    RowsView tail = rows_;
    tail.first = graph_.end;
    return scan(tail, searches, walking);
  }

  Status scan_rows() {
    std::vector<ActiveQuery*> scanning;
    std::vector<ExactQuery> searches;
    for (auto& query : queries_) {
      if (query->walks()) continue;
      searches.push_back({.vector = query->query.vector,
                          .k = query->query.options.k,
                          .least_score = query->least_score(),
                          .judge = &query->judge});
      if (query->choice.plan == QueryPlan::filtered_scan) searches.back().only = &query->slots;
      scanning.push_back(&*query);
    }
    return scan(rows_, searches, scanning);
  }

  // Adds what exact search finds to the hits of each query.
  Status scan(const RowsView& rows, std::span<const ExactQuery> searches, std::span<ActiveQuery* const> into) {
    if (searches.empty()) return {};
    const std::size_t bytes = (rows.rows - rows.first) * code_stride(rows.dimension) * searches.size();
    const std::size_t threads = threads_for(bytes >= kBytesWorthThreads, rows.segments.size());
    auto answers = exact_search(rows, snapshot_.schema.metric, searches, threads, stop_);
    if (!answers) return std::move(answers).error();
    for (std::size_t i = 0; i < searches.size(); ++i) {
      ExactAnswer& answer = (*answers)[i];
      into[i]->hits.insert(into[i]->hits.end(), answer.hits.begin(), answer.hits.end());
      into[i]->scanned.codes_compared += answer.codes_compared;
      into[i]->scanned.rows_rescored += answer.rows_rescored;
    }
    return {};
  }

  // Brings the hits of graph and tail into order.
  static void finish_walk(ActiveQuery& query) {
    std::vector<Hit>& hits = query.hits;
    std::ranges::sort(hits, [&](const Hit& a, const Hit& b) { return better_hit(a, b, query.judge); });
    // A row may be in both: the graph has grown beyond `end` meanwhile.
    const auto same = [](const Hit& a, const Hit& b) { return a.slot == b.slot; };
    hits.erase(std::unique(hits.begin(), hits.end(), same), hits.end());
    if (query.judge.groups() != nullptr) keep_first_of_groups(hits, *query.judge.groups());
    hits.resize(std::min(hits.size(), query.query.options.k));
    std::erase_if(hits, [&](const Hit& hit) { return hit.score < query.least_score(); });
  }

  // How many rows of the graph could be returned, or more where that is not known. The rows behind its end are
  // scanned anyway.
  [[nodiscard]] std::size_t matching(const ActiveQuery& query) const {
    if (!query.selection.everything()) return query.selection.slots().cardinality();
    return snapshot_.documents - snapshot_.without_vector - RowCodesView(rows_).vectors_from(graph_.end);
  }

  static VectorAnswer to_answer(ActiveQuery& query) {
    VectorAnswer answer{.hits = std::move(query.hits)};
    answer.stats.plan = query.choice.plan;
    answer.stats.ef = query.choice.ef;
    answer.stats.hops = query.walked.hops;
    answer.stats.codes_compared = query.walked.codes_compared + query.scanned.codes_compared;
    answer.stats.rows_rescored = query.walked.rows_rescored + query.scanned.rows_rescored;
    answer.stats.filter_evaluations = query.judge.evaluations();
    answer.stats.negative_comparisons = query.judge.exclusion_comparisons();
    return answer;
  }

  const Snapshot& snapshot_;
  const GraphKeeper::Published& graph_;
  const std::stop_token& stop_;
  const RowsView rows_;
  std::vector<std::optional<ActiveQuery>> queries_;  // none is empty once all are set
};

}  // namespace

Result<std::vector<VectorAnswer>> run_vector_queries(const Snapshot& snapshot, const GraphKeeper::Published& graph,
                                                     std::span<const VectorQuery> queries,
                                                     std::span<const Selection* const> selections,
                                                     const std::stop_token& stop) {
  if (snapshot.documents == 0) return std::vector<VectorAnswer>(queries.size());
  QueryRun run(snapshot, graph, queries.size(), stop);
  for (std::size_t i = 0; i < queries.size(); ++i) {
    if (Status added = run.set(i, queries[i], *selections[i]); !added) return std::move(added).error();
  }
  if (Status done = run.run(); !done) return std::move(done).error();
  return run.take_answers();
}

QueryResult to_result(const Snapshot& snapshot, const VectorAnswer& answer, const QueryOptions& options) {
  QueryResult result{.matches = to_matches(snapshot, answer.hits, options.with_embeddings), .stats = answer.stats};
  for (Match& match : result.matches) match.parts.dense = match.score;
  return result;
}

std::vector<Match> to_matches(const Snapshot& snapshot, std::span<const Hit> hits, bool with_embeddings) {
  std::vector<Match> matches;
  matches.reserve(hits.size());
  // Records lie anywhere: fetched together, they are waited for once.
  for (const Hit& hit : hits) __builtin_prefetch(snapshot.table->place_of_record(hit.slot));
  for (const Hit& hit : hits) __builtin_prefetch(snapshot.table->newest(hit.slot));
  for (const Hit& hit : hits) {
    Match& match = matches.emplace_back();
    copy_document(snapshot, hit.slot, with_embeddings, match.document);
    match.score = hit.score;
    match.rank = matches.size();
  }
  return matches;
}

}  // namespace scaup::inline v0
