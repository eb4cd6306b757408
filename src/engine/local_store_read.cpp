// LocalStore: reads. Each takes a snapshot and works on that alone.

#include <algorithm>

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

  bool accepts(Slot slot) override {
    if (evaluator_ == nullptr) return true;
    ++evaluations_;
    return holds(*evaluator_, snapshot_.record(slot));
  }
  bool id_precedes(Slot a, Slot b) const override { return snapshot_.record(a).id() < snapshot_.record(b).id(); }
  [[nodiscard]] std::size_t evaluations() const noexcept { return evaluations_; }

 private:
  const Snapshot& snapshot_;
  const FilterEvaluator* evaluator_;  // null for the empty filter
  std::size_t evaluations_ = 0;
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

Result<QueryResult> query_one(const Snapshot& snapshot, const VectorQuery& query, const std::stop_token& stop) {
  QueryResult result;
  if (snapshot.documents == 0) return result;
  if (query.vector.size() != snapshot.table->dimension()) {
    return Error(ErrorCode::dimension_mismatch, "the query has " + std::to_string(query.vector.size()) +
                                                    " components, the collection " +
                                                    std::to_string(snapshot.table->dimension()));
  }
  const auto evaluator = FilterEvaluator::prepare(query.options.filter);
  if (!evaluator) return evaluator.error();
  SnapshotJudge judge(snapshot, query.options.filter.empty() ? nullptr : &*evaluator);
  ExactSearchCounters counters;
  const auto hits = exact_search(snapshot.rows_view(), snapshot.schema.metric, query.vector, query.options.k, judge,
                                 counters, stop);
  if (!hits) return hits.error();
  result.matches = to_matches(snapshot, *hits, query.options.with_embeddings);
  result.stats.plan = QueryPlan::exact_scan;
  result.stats.rows_scanned = counters.rows_scanned;
  result.stats.rows_rescored = counters.rows_rescored;
  result.stats.filter_evaluations = judge.evaluations();
  return result;
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
  std::vector<QueryResult> results;
  results.reserve(queries.size());
  for (const VectorQuery& query : queries) {
    const auto begin = clock_->now();
    auto result = query_one(*now, query, stop);
    if (!result) return std::move(result).error();
    result->stats.elapsed = clock_->now() - begin;
    results.push_back(*std::move(result));
  }
  return results;
}

}  // namespace scaup::inline v0
