// LocalStore: reads. Each takes a snapshot and works on that alone.

#include <algorithm>

#include "engine/local_store.hpp"
#include "engine/query_run.hpp"
#include "engine/snapshot_read.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::size_t kRowsBetweenStopChecks = 1024;

Error cancelled_error(std::string_view what) {
  return {ErrorCode::cancelled, std::string(what) + ": cancelled"};
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
    const auto id_of = [&](Slot slot) { return now->id(slot); };
    std::ranges::transform(ids, slots.begin(), [&](const std::string& id) { return ids_.find(id, id_of); });
  }
  std::vector<std::optional<Document>> documents(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (slots[i]) documents[i] = to_document(*now, *slots[i], with_embeddings);
  }
  if (Status intact = now->intact(); !intact) return std::move(intact).error();
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
  if (Status intact = now->intact(); !intact) return std::move(intact).error();
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
    if (!cancelled && selection.holds(snapshot.document(slot))) ++matching;
  });
  if (cancelled) return cancelled_error("count");
  if (Status intact = snapshot.intact(); !intact) return std::move(intact).error();
  return matching;
}

Result<std::vector<QueryResult>> LocalStore::query(std::span<const VectorQuery> queries, std::uint64_t schema_version,
                                                   std::stop_token stop) const {
  const auto begin = clock_->now();
  std::vector<const Filter*> filters;
  for (const VectorQuery& query : queries) filters.push_back(&query.options.filter);
  const GraphKeeper::Published graph = graph_keeper_.published();  // before the snapshot, see there
  const auto selected = select(filters);
  if (!selected) return selected.error();
  const SnapshotPointer& now = selected->first;
  const std::vector<Selection>& selections = selected->second;
  if (now->schema_version != schema_version) {
    return Error(ErrorCode::embedder_mismatch, "the collection was given another embedder meanwhile; call again");
  }
  auto results = run_queries(*now, graph, queries, selections, stop);
  if (!results) return results;
  if (Status intact = now->intact(); !intact) return std::move(intact).error();
  const auto elapsed = clock_->now() - begin;
  for (QueryResult& result : *results) result.stats.elapsed = elapsed;
  return results;
}

Status LocalStore::wait_until_indexed(std::stop_token stop) const {
  return graph_keeper_.wait_until_indexed(std::move(stop));
}

// The graph's own measurement, made anew: queries that walk it are as good as this says.
Result<RecallReport> LocalStore::self_recall(const SelfRecallOptions& options, std::stop_token stop) const {
  const GraphKeeper::Published graph = graph_keeper_.published();  // before the snapshot, see there
  const SnapshotPointer now = snapshot();
  if (!graph.serves(*now)) return RecallReport{};
  const auto ef = graph.table->ef_for(options.recall, RecallTable::kMeasuredAt);
  if (!ef || options.recall >= 1.0) return RecallReport{};
  const RecallSample sample{.queries = options.sample, .threads = 0};
  RowsView indexed = now->rows_view();  // the rest is compared row by row, and never missed
  indexed.rows = std::min(indexed.rows, graph.end);
  return recall_of_width(*graph.graph, indexed, *ef, sample, stop);
}

}  // namespace scaup::inline v0
