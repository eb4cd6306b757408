// LocalStore: reads. Each takes a snapshot and works on that alone.

#include <algorithm>
#include <atomic>

#include "base/parallel.hpp"
#include "engine/exclusion.hpp"
#include "engine/grouping.hpp"
#include "engine/local_store.hpp"
#include "index/exact_search.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::size_t kRowsBetweenStopChecks = 1024;

Error cancelled_error(std::string_view what) {
  return {ErrorCode::cancelled, std::string(what) + ": cancelled"};
}

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

// Says which rows a query may return, and counts what that costs.
class SnapshotJudge final : public RowJudge {
 public:
  SnapshotJudge(const Snapshot& snapshot, const Selection& selection) : snapshot_(snapshot), selection_(selection) {}
  /// Also leaves out what the query excludes, and groups by its key.
  SnapshotJudge(const Snapshot& snapshot, const Selection& selection, const VectorQuery& query)
      : SnapshotJudge(snapshot, selection) {
    if (query.exclusion) exclusion_.emplace(snapshot, *query.exclusion);
    if (!query.options.group_by.empty()) groups_.emplace(snapshot, query.options.group_by);
  }

  // The conditions that cost least come first.
  bool accepts(Slot slot) const override {
    if (!selection_.everything() && !selection_.slots().contains(slot)) return false;
    if (groups_ && !groups_->has(slot)) return false;
    if (exclusion_ && exclusion_->excludes(slot)) return false;
    if (selection_.everything() || !selection_.needs_document()) return true;
    evaluations_.fetch_add(1, std::memory_order_relaxed);
    return selection_.holds(snapshot_.record(slot));
  }
  bool id_precedes(Slot a, Slot b) const override { return snapshot_.record(a).id() < snapshot_.record(b).id(); }
  const RowGroups* groups() const noexcept override { return groups_ ? &*groups_ : nullptr; }
  [[nodiscard]] std::size_t evaluations() const noexcept { return evaluations_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::size_t exclusion_comparisons() const noexcept {
    return exclusion_ ? exclusion_->comparisons() : 0;
  }

 private:
  const Snapshot& snapshot_;
  const Selection& selection_;
  std::optional<Exclusion> exclusion_;
  std::optional<MetadataGroups> groups_;
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

// What one query needs while all of the call are answered; at a fixed address, because the search points to it.
struct PreparedQuery {
  PreparedQuery(const Snapshot& snapshot, const Selection& selection, const VectorQuery& query)
      : judge(snapshot, selection, query) {
    if (selection.everything()) return;
    // Comparing a row out of its turn costs little more than in turn, so only the widest filters are better
    // served by a scan of all rows.
    const std::size_t selected = selection.slots().cardinality();
    plan = selected > snapshot.rows / 4 * 3 ? QueryPlan::exact_scan : QueryPlan::filtered_scan;
    if (plan == QueryPlan::exact_scan) return;
    slots.resize(selected);
    (void)selection.slots().next_many(0, slots);
  }

  SnapshotJudge judge;
  QueryPlan plan = QueryPlan::exact_scan;
  std::vector<Slot> slots;  // those to compare, if the plan is filtered_scan
};

QueryResult to_result(const Snapshot& snapshot, const VectorQuery& query, const PreparedQuery& prepared,
                      const ExactAnswer& answer) {
  QueryResult result;
  result.matches = to_matches(snapshot, answer.hits, query.options.with_embeddings);
  result.stats.plan = prepared.plan;
  result.stats.codes_compared = answer.codes_compared;
  result.stats.rows_rescored = answer.rows_rescored;
  result.stats.filter_evaluations = prepared.judge.evaluations();
  result.stats.negative_comparisons = prepared.judge.exclusion_comparisons();
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
                                           std::span<const Selection> selections, const std::stop_token& stop) {
  if (snapshot.documents == 0) return std::vector<QueryResult>(queries.size());
  std::vector<std::unique_ptr<PreparedQuery>> prepared;
  std::vector<ExactQuery> searches;
  for (std::size_t i = 0; i < queries.size(); ++i) {
    const VectorQuery& query = queries[i];
    if (Status fits = check_dimension(snapshot, query); !fits) return std::move(fits).error();
    prepared.push_back(std::make_unique<PreparedQuery>(snapshot, selections[i], query));
    const PreparedQuery& ready = *prepared.back();
    searches.push_back({.vector = query.vector, .k = query.options.k, .judge = &ready.judge});
    if (ready.plan == QueryPlan::filtered_scan) searches.back().only = &ready.slots;
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
  const Filter* const filters[] = {&options.filter};
  const auto selected = select(filters);
  if (!selected) return selected.error();
  const SnapshotPointer& now = selected->first;
  const std::vector<Selection>& selections = selected->second;
  const SnapshotJudge judge(*now, selections[0]);
  ScanPage page;
  std::size_t visited = 0;
  bool cancelled = false;
  // Returns whether to go on: past the last document of the page only to learn whether there is another.
  const auto visit = [&](Slot slot) {
    cancelled = ++visited % kRowsBetweenStopChecks == 0 && stop.stop_requested();
    if (cancelled) return false;
    if (!judge.accepts(slot)) return true;
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
  const Filter* const filters[] = {&filter};
  const auto selected = select(filters);
  if (!selected) return selected.error();
  const SnapshotPointer& now = selected->first;
  const std::vector<Selection>& selections = selected->second;
  const Selection& selection = selections[0];
  if (selection.everything()) return now->documents;
  if (!selection.needs_document()) return selection.slots().cardinality();
  std::size_t matching = 0;
  std::size_t looked_at = 0;
  bool cancelled = false;
  const Snapshot& snapshot = *now;
  selection.slots().for_each([&](Slot slot) {
    cancelled = cancelled || (++looked_at % kRowsBetweenStopChecks == 0 && stop.stop_requested());
    if (!cancelled && selection.holds(snapshot.record(slot))) ++matching;
  });
  if (cancelled) return cancelled_error("count");
  return matching;
}

Result<std::vector<QueryResult>> LocalStore::query(std::span<const VectorQuery> queries, std::uint64_t schema_version,
                                                   std::stop_token stop) const {
  const auto begin = clock_->now();
  std::vector<const Filter*> filters;
  for (const VectorQuery& query : queries) filters.push_back(&query.options.filter);
  const auto selected = select(filters);
  if (!selected) return selected.error();
  const SnapshotPointer& now = selected->first;
  const std::vector<Selection>& selections = selected->second;
  if (now->schema_version != schema_version) {
    return Error(ErrorCode::embedder_mismatch, "the collection was given another embedder meanwhile; call again");
  }
  auto results = query_all(*now, queries, selections, stop);
  if (!results) return results;
  const auto elapsed = clock_->now() - begin;
  for (QueryResult& result : *results) result.stats.elapsed = elapsed;
  return results;
}

}  // namespace scaup::inline v0
