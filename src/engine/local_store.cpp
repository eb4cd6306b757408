// LocalStore: life, snapshots and schema. Writes and reads have files of their own.

#include "engine/local_store.hpp"

#include "engine/operation_codec.hpp"

namespace scaup::inline v0 {
namespace {

// What a filter may select as far as can be told without the index.
FilterAnswer every_document(const Snapshot& snapshot) {
  return {.slots = SlotSet::of(snapshot.visible_slots()), .exact = false};
}

}  // namespace

LocalStore::LocalStore(StoreSchema schema, const IndexOptions& index, std::shared_ptr<const Clock> clock)
    : clock_(std::move(clock)),
      graph_keeper_(index, [this] { return snapshot(); }),
      text_keeper_([this] { return snapshot(); }) {
  auto first = std::make_shared<Snapshot>();
  if (schema.dimension) first->table = Table::empty(*schema.dimension);
  first->schema = std::move(schema);
  current_ = std::move(first);
}

LocalStore::LocalStore(StoredState state, const IndexOptions& index, std::shared_ptr<const Clock> clock)
    : clock_(std::move(clock)),
      ids_(std::move(state.ids)),
      filter_index_complete_(state.snapshot->documents == 0),
      current_(std::move(state.snapshot)),
      graph_keeper_(index, [this] { return snapshot(); }),
      text_keeper_([this] { return snapshot(); }) {}

// No call is under way any more: calls hold the store. What is visible now was never retired.
LocalStore::~LocalStore() {
  indexer_ = {};
  graph_keeper_.stop();
  text_keeper_.stop();
  for (std::size_t slot = 0; slot < current_->rows; ++slot) {
    const auto candidate = static_cast<Slot>(slot);
    if (current_->visible(candidate)) const Record::Pointer owned(current_->table->newest(candidate));
  }
}

StoreCapabilities LocalStore::capabilities() const noexcept {
  return {.keywords = true};
}

LocalStore::SnapshotPointer LocalStore::snapshot() const {
  const std::lock_guard lock(snapshot_mutex_);
  return current_;
}

Result<std::pair<LocalStore::SnapshotPointer, std::vector<Selection>>> LocalStore::select(
    std::span<const Filter* const> filters) const {
  std::vector<std::optional<FilterEvaluator>> evaluators(filters.size());
  bool all_empty = true;
  for (std::size_t i = 0; i < filters.size(); ++i) {
    if (filters[i]->empty()) continue;
    all_empty = false;
    auto evaluator = FilterEvaluator::prepare(*filters[i]);
    if (!evaluator) return std::move(evaluator).error();
    evaluators[i].emplace(*std::move(evaluator));
  }
  std::vector<Selection> selections(filters.size());
  if (all_empty) return std::pair(snapshot(), std::move(selections));
  // A commit changes index and snapshot under this mutex, so the two belong together.
  const std::shared_lock lock(id_mutex_);
  for (std::size_t i = 0; i < filters.size(); ++i) {
    if (!evaluators[i]) continue;
    auto answer = filter_index_complete_ ? filter_index_.candidates(*filters[i]) : every_document(*snapshot());
    selections[i] = Selection(std::move(answer), *std::move(evaluators[i]));
  }
  return std::pair(snapshot(), std::move(selections));
}

Result<StoreInfo> LocalStore::info(std::stop_token /*stop*/) const {
  const SnapshotPointer now = snapshot();
  return StoreInfo{.schema = now->schema,
                   .documents = now->documents,
                   .without_vector = now->without_vector,
                   .graph_rows = graph_keeper_.graph_rows(*now),
                   .revision = now->sequence,
                   .schema_version = now->schema_version};
}

void LocalStore::publish(const Snapshot& current, std::vector<Record::Pointer> retired,
                         std::shared_ptr<const Snapshot> next) noexcept {
  current.retired.close(std::move(retired), next->retired);
  const Snapshot& now = *next;
  {
    const std::lock_guard lock(snapshot_mutex_);
    current_.swap(next);  // the old one is released after the lock, by the destructor of `next`
  }
  graph_keeper_.rows_changed(now);
}

Status LocalStore::adopt_embedder(const EmbedderIdentity& identity, std::stop_token /*stop*/) {
  const std::lock_guard writer(writer_mutex_);
  const SnapshotPointer current = snapshot();
  if (current->schema.embedder == identity) return {};
  if (current->schema.embedder) {
    return Error(ErrorCode::embedder_mismatch,
                 "the vectors are of " + to_string(*current->schema.embedder) + ", not of " + to_string(identity));
  }
  if (current->schema.dimension.value_or(identity.dimension) != identity.dimension) {
    return Error(ErrorCode::dimension_mismatch, "the vectors have " + std::to_string(*current->schema.dimension) +
                                                    " components, those of " + to_string(identity) + " another number");
  }
  auto next = current->successor();
  next->schema.embedder = identity;
  next->schema.dimension = identity.dimension;
  if (next->table == nullptr) next->table = Table::empty(identity.dimension);
  if (log_ != nullptr) {
    if (Status logged = log(log_of_embedder(identity)); !logged) return logged;
  }
  publish(*current, {}, std::move(next));
  return {};
}

}  // namespace scaup::inline v0
