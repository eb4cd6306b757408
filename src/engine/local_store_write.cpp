// LocalStore: writes. Each prepares all that can fail, is logged, then commits in steps that cannot fail.

#include <algorithm>
#include <functional>

#include "base/boundary.hpp"
#include "base/in_quotes.hpp"
#include "base/parallel.hpp"
#include "engine/local_store.hpp"
#include "engine/operation_codec.hpp"
#include "engine/rebuild.hpp"

namespace scaup::inline v0 {
namespace {

Error cancelled_error() {
  return {ErrorCode::cancelled, "cancelled before the write took effect"};
}

// Finds documents in the newest snapshot, for the one writer.
class NewestLookup final : public Lookup {
 public:
  NewestLookup(const IdTable& ids, const Snapshot& snapshot) : ids_(ids), snapshot_(snapshot) {}
  [[nodiscard]] std::optional<Slot> find(std::string_view id) const override {
    return ids_.find(id, [&](Slot slot) { return snapshot_.id(slot); });
  }

 private:
  const IdTable& ids_;
  const Snapshot& snapshot_;
};

}  // namespace

Status LocalStore::submit(Change& change) {
  queue_.submit(change, [this](std::span<Change* const> group) { carry_out(group); });
  return std::move(change.result);
}

void LocalStore::carry_out(std::span<Change* const> group) noexcept {
  const std::lock_guard writer(writer_mutex_);
  const SnapshotPointer current = snapshot();
  const Status done = guarded([&] { return carry_out_prepared(current, group); });
  if (!done) {
    for (Change* const change : group) {
      if (change->result) change->result = guarded([&]() -> Status { return done.error(); });  // the copy needs memory
    }
    return;
  }
  compact_if_worthwhile();
}

// Changes that cannot be prepared drop out alone; the rest is logged and takes effect together, or not at all.
Status LocalStore::carry_out_prepared(const SnapshotPointer& current, std::span<Change* const> group) {
  const NewestLookup lookup(ids_, *current);
  std::vector<Change*> ready;
  std::vector<const LogEntry*> entries;
  const Snapshot* last = current.get();
  std::size_t added = 0;
  for (Change* const change : group) {
    change->result = guarded([&] { return change->prepare(lookup, *current, *last); });
    if (!change->result || change->next == nullptr) continue;
    ready.push_back(change);
    entries.push_back(&change->entry);
    added += change->added();
    last = change->next.get();
  }
  // Also where nothing is to be done: that may be so only because damaged bytes did not match.
  if (Status intact = current->intact(); !intact) return intact;
  if (ready.empty()) return {};
  repair_filter_index(*current);
  {
    const std::unique_lock ids(id_mutex_);
    ids_.reserve(current->documents + added);
  }
  if (Status logged = log_and_fill(entries, ready); !logged) return logged;
  const Snapshot* before = current.get();
  for (Change* const change : ready) {
    const Snapshot* const after = change->next.get();
    commit(*change, *current, *before);
    before = after;
  }
  return {};
}

// The processor encodes rows while the disk takes the log; few rows are not worth a thread.
Status LocalStore::log_and_fill(std::span<const LogEntry* const> entries, std::span<Change* const> changes) const {
  constexpr std::size_t kManyRows = 64;
  std::size_t rows = 0;
  for (const Change* const change : changes) rows += change->rows_to_fill();
  const auto fill = [&] {
    for (Change* const change : changes) change->fill_rows();
    return Status();
  };
  if (log_ == nullptr) return fill();
  if (rows < kManyRows) {
    Status logged = log_->append(entries);
    return logged ? fill() : logged;
  }
  const auto task = [&](std::size_t which) { return which == 0 ? log_->append(entries) : fill(); };
  return parallel_for(2, 2, task);
}

void LocalStore::commit(Change& change, const Snapshot& current, const Snapshot& before) noexcept {
  const std::unique_lock ids(id_mutex_);
  const auto index = [&] { change.index(filter_index_, current); };
  index_metadata(std::ref(index));  // a std::function of the lambda itself would need memory
  text_keeper_.note(*change.next, change.touched());
  change.commit(ids_, current);
  publish(before, std::move(change.retired), change.next);
}

Status LocalStore::log(const LogEntry& entry) {
  const LogEntry* const entries[] = {&entry};
  return log_->append(entries);
}

Result<WriteCounts> LocalStore::write(std::span<const StoreRecord> records, WriteMode mode,
                                      std::uint64_t schema_version, std::stop_token stop) {
  if (records.empty()) return WriteCounts{};
  AddChange change({.records = records, .mode = mode}, schema_version, std::move(stop));
  if (log_ != nullptr) change.entry = log_of_add(records, mode);
  if (Status done = submit(change); !done) return std::move(done).error();
  return change.counts();
}

Result<WriteCounts> LocalStore::exchange(std::span<const std::string> removed, std::span<const StoreRecord> records,
                                         std::uint64_t schema_version, std::stop_token stop) {
  if (records.empty() && removed.empty()) return WriteCounts{};
  AddChange change({.records = records, .mode = WriteMode::upsert, .removed = removed}, schema_version,
                   std::move(stop));
  if (log_ != nullptr) change.entry = log_of_exchange(removed, records);
  if (Status done = submit(change); !done) return std::move(done).error();
  return change.counts();
}

Status LocalStore::update_metadata(std::span<const MetadataUpdate> updates, std::stop_token stop) {
  if (updates.empty()) return {};
  UpdateChange change(updates, std::move(stop));
  if (log_ != nullptr) change.entry = log_of_update(updates);
  return submit(change);
}

Result<std::size_t> LocalStore::remove_ids(std::span<const std::string> ids, std::stop_token stop) {
  RemoveChange change(ids, std::move(stop));
  if (log_ != nullptr) change.entry = log_of_removal(ids);
  if (Status done = submit(change); !done) return std::move(done).error();
  return change.removed();
}

// What a filter selects depends on all writes before, so this one is carried out alone.
Result<std::size_t> LocalStore::remove_matching(const Filter& filter, std::stop_token stop) {
  const std::lock_guard writer(writer_mutex_);
  const Filter* const filters[] = {&filter};
  auto selected = select(filters);
  if (!selected) return std::move(selected).error();
  const SnapshotPointer& current = selected->first;
  const Selection& selection = selected->second[0];
  std::vector<std::string> ids;
  std::size_t looked_at = 0;
  bool cancelled = false;
  selection.slots().for_each([&](Slot slot) {
    cancelled = cancelled || (++looked_at % 1024 == 0 && stop.stop_requested());
    if (!cancelled && selection.holds(current->document(slot))) ids.emplace_back(current->id(slot));
  });
  if (cancelled) return cancelled_error();
  RemoveChange change(ids, std::move(stop));
  if (log_ != nullptr) change.entry = log_of_removal(ids);
  Change* const group[] = {&change};
  if (Status done = carry_out_prepared(current, group); !done) return std::move(done).error();
  if (!change.result) return std::move(change.result).error();
  compact_if_worthwhile();
  return change.removed();
}

// Changes the filter index. Where memory runs out, the index is given up, not the write: filters then look at
// every document until a later write has built the index anew.
void LocalStore::index_metadata(const std::function<void()>& change) noexcept {
  if (!filter_index_complete_) return;
  try {
    change();
  } catch (const std::bad_alloc&) {
    filter_index_ = FilterIndex();
    filter_index_complete_ = false;
  }
}

void LocalStore::repair_filter_index(const Snapshot& current) noexcept {
  if (filter_index_complete_ || indexing_.load()) return;
  try {
    FilterIndex index;
    for (std::size_t row = 0; row < current.rows; ++row) {
      const auto slot = static_cast<Slot>(row);
      if (current.visible(slot)) index.add(slot, current.document(slot).metadata());
    }
    const std::unique_lock ids(id_mutex_);
    filter_index_ = std::move(index);
    filter_index_complete_ = true;
  } catch (const std::bad_alloc&) {
    // The next write tries again.
  }
}

// Dead rows cost memory and scan time; once they are the majority, the copy pays for itself.
void LocalStore::compact_if_worthwhile() noexcept {
  constexpr std::size_t kFewestDead = 4096;
  const SnapshotPointer current = snapshot();
  const std::size_t dead = current->dead_rows();
  if (dead < std::max(kFewestDead, current->documents)) return;
  try {
    const auto vector_of = [&](Slot slot) {
      return current->has_vector(slot) ? current->vector(slot) : std::span<const float>{};
    };
    RebuiltTable rebuilt = rebuild_table(*current, current->table->dimension(), vector_of);
    if (!current->intact()) return;
    auto next = current->successor();
    next->sequence = current->sequence;  // nothing that a reader can tell has changed
    adopt_numbering(*current, std::move(rebuilt), std::move(next));
  } catch (const std::bad_alloc&) {
    // The write before it stands; the next one tries again.
  }
}

// Publishes `next` with the rows and numbers of `rebuilt`.
void LocalStore::adopt_numbering(const Snapshot& current, RebuiltTable rebuilt,
                                 std::shared_ptr<Snapshot> next) noexcept {
  ++next->generation;
  next->table = std::move(rebuilt.table);
  next->rows = rebuilt.rows;
  for (Record::Pointer& record : rebuilt.made) static_cast<void>(record.release());  // from here on the store's
  const std::unique_lock ids(id_mutex_);
  ids_ = std::move(rebuilt.ids);
  filter_index_ = std::move(rebuilt.filter_index);
  filter_index_complete_ = true;
  publish(current, {}, std::move(next));
  text_keeper_.renumbered();
}

Status LocalStore::replace_embeddings(const StoreSchema& schema, std::span<const EmbeddingUpdate> updates,
                                      std::uint64_t revision, std::stop_token stop) {
  const std::lock_guard writer(writer_mutex_);
  const SnapshotPointer current = snapshot();
  if (current->sequence != revision) {
    return Error(ErrorCode::unavailable, "the collection was written to meanwhile (revision " +
                                             std::to_string(current->sequence) + ", expected " +
                                             std::to_string(revision) + ")");
  }
  if (updates.size() != current->documents || !schema.dimension) {
    return Error(ErrorCode::invalid_argument, std::to_string(updates.size()) + " new vectors for " +
                                                  std::to_string(current->documents) + " documents");
  }
  const NewestLookup lookup(ids_, *current);
  std::vector<std::span<const float>> vectors(current->rows);
  for (const EmbeddingUpdate& update : updates) {
    const auto slot = lookup.find(update.id);
    if (!slot) return Error(ErrorCode::not_found, "there is no document " + in_quotes(update.id));
    vectors[*slot] = update.vector;
  }
  RebuiltTable rebuilt = rebuild_table(*current, *schema.dimension, [&](Slot slot) { return vectors[slot]; });
  if (Status intact = current->intact(); !intact) return intact;
  if (stop.stop_requested()) return cancelled_error();
  auto next = current->successor();
  next->schema = schema;
  ++next->schema_version;
  next->without_vector = rebuilt.without_vector;
  if (log_ != nullptr) {
    if (Status logged = log(log_of_embeddings(schema, updates)); !logged) return logged;
  }
  adopt_numbering(*current, std::move(rebuilt), std::move(next));
  return {};
}

}  // namespace scaup::inline v0
