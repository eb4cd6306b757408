// LocalStore: reads. Each takes a snapshot and works on that alone.

#include <algorithm>
#include <atomic>

#include "base/parallel.hpp"
#include "engine/local_store.hpp"
#include "filter/evaluator.hpp"
#include "index/exact_search.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::size_t kRowsBetweenStopChecks = 1024;

Error cancelled_error(std::string_view what) { return {ErrorCode::cancelled, std::string(what) + ": cancelled"}; }

Document to_document(const Snapshot& snapshot, Slot slot, bool with_embedding) {
  const Record& record = snapshot.record(slot);
  Document document{.id = std::string(record.id()),
                    .text = std::string(record.text()),
                    .metadata = record.metadata(),
                    .embedding = {},
                    .origin = {}};
  if (record.origin() != nullptr) document.origin = *record.origin();
  if (with_embedding && snapshot.has_vector(slot)) {
    const auto vector = snapshot.vector(slot);
    document.embedding.emplace(vector.begin(), vector.end());
  }
  return document;
}

bool holds(const FilterEvaluator& evaluator, const Record& record) {
  return evaluator.matches(record.text(), record.metadata());
}

// Says which rows a query may return, and counts what that costs.
class SnapshotJudge final : public RowJudge {
 public:
  SnapshotJudge(const Snapshot& snapshot, const FilterEvaluator* evaluator) : snapshot_(snapshot), evaluator_(evaluator) {}

  bool accepts(Slot slot) const override {
    if (evaluator_ == nullptr) return true;
    evaluations_.fetch_add(1, std::memory_order_relaxed);
    return holds(*evaluator_, snapshot_.record(slot));
  }
  bool id_precedes(Slot a, Slot b) const override { return snapshot_.record(a).id() < snapshot_.record(b).id(); }
  [[nodiscard]] std::size_t evaluations() const noexcept { return evaluations_.load(std::memory_order_relaxed); }

 private:
  const Snapshot& snapshot_;
  const FilterEvaluator* evaluator_;  // null for the empty filter
  mutable std::atomic<std::size_t> evaluations_ = 0;
};

std::vector<Match> to_matches(const Snapshot& snapshot, const std::vector<Hit>& hits, bool with_embeddings) {
  std::vector<Match> matches;
  matches.reserve(hits.size());
  for (const Hit& hit : hits) {
    matches.push_back({.document = to_document(snapshot, hit.slot, with_embeddings),
                       .score = hit.score,
                       .rank = matches.size() + 1,
                       .parts = {.dense = hit.score}});
  }
  return matches;
}

Status check_dimension(const Snapshot& snapshot, const VectorQuery& query) {
  const std::size_t dimension = snapshot.table->dimension();
  if (query.vector.size() == dimension) return {};
  return Error(ErrorCode::dimension_mismatch, "the query has " + std::to_string(query.vector.size()) +
                                                  " components, the collection " + std::to_string(dimension));
}

// What one query needs while all of the call are answered; at a fixed address, because the search points to it.
struct PreparedQuery {
  PreparedQuery(const Snapshot& snapshot, FilterEvaluator evaluator, bool filtered)
      : filter(std::move(evaluator)), judge(snapshot, filtered ? &filter : nullptr) {}

  FilterEvaluator filter;
  SnapshotJudge judge;
};

Result<std::unique_ptr<PreparedQuery>> prepare_query(const Snapshot& snapshot, const VectorQuery& query) {
  if (Status fits = check_dimension(snapshot, query); !fits) return std::move(fits).error();
  auto evaluator = FilterEvaluator::prepare(query.options.filter);
  if (!evaluator) return std::move(evaluator).error();
  return std::make_unique<PreparedQuery>(snapshot, *std::move(evaluator), !query.options.filter.empty());
}

QueryResult to_result(const Snapshot& snapshot, const VectorQuery& query, const PreparedQuery& prepared,
                      const ExactAnswer& answer) {
  QueryResult result;
  result.matches = to_matches(snapshot, answer.hits, query.options.with_embeddings);
  result.stats.plan = QueryPlan::exact_scan;
  result.stats.codes_compared = answer.codes_compared;
  result.stats.rows_rescored = answer.rows_rescored;
  result.stats.filter_evaluations = prepared.judge.evaluations();
  return result;
}

// As many threads as the queries of the call ask for; by default all cores from the size on at which
// starting them costs less than they save.
std::size_t threads_for(const Snapshot& snapshot, std::span<const VectorQuery> queries) {
  constexpr std::size_t kWorthThreads = std::size_t{32} << 20U;  // bytes of codes, times queries
  std::size_t asked = 0;
  for (const VectorQuery& query : queries) asked = std::max(asked, query.options.threads);
  const std::size_t work = snapshot.rows * code_stride(snapshot.table->dimension()) * queries.size();
  if (asked == 0 && work < kWorthThreads) return 1;
  return thread_count(asked, snapshot.table->row_segments().size());
}

Result<std::vector<QueryResult>> query_all(const Snapshot& snapshot, std::span<const VectorQuery> queries,
                                           const std::stop_token& stop) {
  if (snapshot.documents == 0) return std::vector<QueryResult>(queries.size());
  std::vector<std::unique_ptr<PreparedQuery>> prepared;
  std::vector<ExactQuery> searches;
  for (const VectorQuery& query : queries) {
    auto ready = prepare_query(snapshot, query);
    if (!ready) return std::move(ready).error();
    prepared.push_back(*std::move(ready));
    searches.push_back({.vector = query.vector, .k = query.options.k, .judge = &prepared.back()->judge});
    if (query.options.min_score) searches.back().least_score = *query.options.min_score;
  }
  const auto answers =
      exact_search(snapshot.rows_view(), snapshot.schema.metric, searches, threads_for(snapshot, queries), stop);
  if (!answers) return answers.error();
  std::vector<QueryResult> results;
  results.reserve(queries.size());
  for (std::size_t i = 0; i < queries.size(); ++i) {
    results.push_back(to_result(snapshot, queries[i], *prepared[i], (*answers)[i]));
  }
  return results;
}

}  // namespace

Result<std::vector<std::optional<Document>>> LocalStore::get(std::span<const std::string> ids, bool with_embeddings,
                                                             std::stop_token /*stop*/) const {
  std::vector<std::optional<Slot>> slots(ids.size());
  SnapshotPointer now;
  {
    // A commit changes ids and snapshot under this mutex, so the two belong together.
    const std::shared_lock lock(id_mutex_);
    now = snapshot();
    const auto id_of = [&](Slot slot) { return now->table->newest(slot).id(); };
    std::ranges::transform(ids, slots.begin(), [&](const std::string& id) { return ids_.find(id, id_of); });
  }
  std::vector<std::optional<Document>> documents(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (slots[i]) documents[i] = to_document(*now, *slots[i], with_embeddings);
  }
  return documents;
}

Result<ScanPage> LocalStore::scan(const ScanOptions& options, std::stop_token stop) const {
  const auto evaluator = FilterEvaluator::prepare(options.filter);
  if (!evaluator) return evaluator.error();
  const SnapshotPointer now = snapshot();
  ScanPage page;
  std::size_t visited = 0;
  bool cancelled = false;
  // Returns whether to go on: past the last document of the page only to learn whether there is another.
  const auto visit = [&](Slot slot) {
    cancelled = ++visited % kRowsBetweenStopChecks == 0 && stop.stop_requested();
    if (cancelled) return false;
    if (!options.filter.empty() && !holds(*evaluator, now->record(slot))) return true;
    if (page.documents.size() == options.limit) {
      page.next = page.documents.back().id;
      return false;
    }
    page.documents.push_back(to_document(*now, slot, options.with_embeddings));
    return true;
  };
  order_.visit(*now, options.after ? std::string_view(*options.after) : std::string_view(), visit);
  if (cancelled || stop.stop_requested()) return cancelled_error("scan");
  return page;
}

Result<std::size_t> LocalStore::count(const Filter& filter, std::stop_token stop) const {
  const SnapshotPointer now = snapshot();
  if (filter.empty()) return now->documents;
  const auto evaluator = FilterEvaluator::prepare(filter);
  if (!evaluator) return evaluator.error();
  std::size_t matching = 0;
  for (std::size_t row = 0; row < now->rows; ++row) {
    if (row % kRowsBetweenStopChecks == 0 && stop.stop_requested()) return cancelled_error("count");
    const auto slot = static_cast<Slot>(row);
    if (now->visible(slot) && holds(*evaluator, now->record(slot))) ++matching;
  }
  return matching;
}

Result<std::vector<QueryResult>> LocalStore::query(std::span<const VectorQuery> queries, std::uint64_t schema_version,
                                                   std::stop_token stop) const {
  const SnapshotPointer now = snapshot();
  if (now->schema_version != schema_version) {
    return Error(ErrorCode::embedder_mismatch, "the collection was given another embedder meanwhile; call again");
  }
  const auto begin = clock_->now();
  auto results = query_all(*now, queries, stop);
  if (!results) return results;
  const auto elapsed = clock_->now() - begin;
  for (QueryResult& result : *results) result.stats.elapsed = elapsed;
  return results;
}

}  // namespace scaup::inline v0
