// LocalStore: reads. Each takes a snapshot and works on that alone.

#include <algorithm>

#include "engine/local_store.hpp"
#include "engine/query_run.hpp"
#include "engine/snapshot_read.hpp"
#include "engine/word_search.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::size_t kRowsBetweenStopChecks = 1024;

Error cancelled_error(std::string_view what) {
  return {ErrorCode::cancelled, std::string(what) + ": cancelled"};
}

std::vector<const Filter*> filters_of(std::span<const VectorQuery> queries) {
  std::vector<const Filter*> filters;
  filters.reserve(queries.size());
  for (const VectorQuery& query : queries) filters.push_back(&query.options.filter);
  return filters;
}

Status check_schema(const Snapshot& snapshot, std::uint64_t schema_version) {
  if (snapshot.schema_version == schema_version) return {};
  return Error(ErrorCode::embedder_mismatch, "the collection was given another embedder meanwhile; call again");
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

Result<TextStatePointer> LocalStore::words_of_selected(std::span<const Filter* const> filters,
                                                       std::vector<Selection>& selections,
                                                       const std::stop_token& stop) const {
  for (;;) {
    auto selected = select(filters);
    if (!selected) return std::move(selected).error();
    auto words = text_keeper_.at(selected->first, stop);
    if (words && *words == nullptr) continue;  // a write and another query were faster
    selections = std::move(selected->second);
    return words;
  }
}

Result<std::vector<QueryResult>> LocalStore::query(std::span<const VectorQuery> queries, std::uint64_t schema_version,
                                                   std::stop_token stop) const {
  const auto begin = clock_->now();
  const GraphKeeper::Published graph = graph_keeper_.published();  // before the snapshot, see there
  const auto asks_words = [](const VectorQuery& query) { return query.options.mode != QueryMode::dense; };
  const bool words = std::ranges::any_of(queries, asks_words);
  auto results =
      words ? query_words(queries, graph, schema_version, stop) : query_vectors(queries, graph, schema_version, stop);
  if (!results) return results;
  const auto elapsed = clock_->now() - begin;
  for (QueryResult& result : *results) result.stats.elapsed = elapsed;
  return results;
}

Result<std::vector<QueryResult>> LocalStore::query_vectors(std::span<const VectorQuery> queries,
                                                           const GraphKeeper::Published& graph,
                                                           std::uint64_t schema_version,
                                                           const std::stop_token& stop) const {
  auto selected = select(filters_of(queries));
  if (!selected) return std::move(selected).error();
  const auto& [now, selections] = *selected;
  if (Status same = check_schema(*now, schema_version); !same) return std::move(same).error();
  std::vector<const Selection*> each;
  for (const Selection& selection : selections) each.push_back(&selection);
  const auto answers = run_vector_queries(*now, graph, queries, each, stop);
  if (!answers) return answers.error();
  std::vector<QueryResult> results;
  results.reserve(queries.size());
  for (std::size_t i = 0; i < queries.size(); ++i) {
    results.push_back(to_result(*now, (*answers)[i], queries[i].options));
  }
  if (Status intact = now->intact(); !intact) return std::move(intact).error();
  return results;
}

Result<std::vector<QueryResult>> LocalStore::query_words(std::span<const VectorQuery> queries,
                                                         const GraphKeeper::Published& graph,
                                                         std::uint64_t schema_version,
                                                         const std::stop_token& stop) const {
  std::vector<Selection> selections;
  const auto words = words_of_selected(filters_of(queries), selections, stop);
  if (!words) return words.error();
  const Snapshot& now = *(*words)->snapshot;
  if (Status same = check_schema(now, schema_version); !same) return std::move(same).error();
  if (std::ranges::any_of(queries, [&](const VectorQuery& query) { return uses_neighbours(query.options, now); })) {
    text_keeper_.want_neighbours();
  }
  auto results = run_queries({.words = **words, .graph = graph}, queries, selections, stop);
  if (!results) return results;
  if (Status intact = now.intact(); !intact) return std::move(intact).error();
  return results;
}

Status LocalStore::wait_until_indexed(std::stop_token stop) const {
  if (text_keeper_.in_use()) {
    if (const auto words = text_keeper_.at(snapshot(), stop); !words) return words.error();
    if (Status made = text_keeper_.wait_until_settled(stop); !made) return made;
  }
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
