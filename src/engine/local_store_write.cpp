// LocalStore: writes. Each prepares all that can fail, then commits in steps that cannot.

#include <algorithm>

#include "base/document_check.hpp"
#include "base/in_quotes.hpp"
#include "engine/local_store.hpp"
#include "engine/rebuild.hpp"

namespace scaup::inline v0 {
namespace {

Error cancelled_error() {
  return {ErrorCode::cancelled, "cancelled before the write took effect"};
}

Status check_schema_version(const Snapshot& current, std::uint64_t schema_version) {
  if (current.schema_version == schema_version) return {};
  return Error(ErrorCode::embedder_mismatch, "the collection was given another embedder meanwhile; call again");
}

// The dimension of the batch, all of whose vectors the caller has checked against each other.
std::size_t batch_dimension(std::span<const StoreRecord> records) {
  const auto with_vector = std::ranges::find_if(records, [](const StoreRecord& r) { return !r.vector.empty(); });
  return with_vector == records.end() ? 0 : with_vector->vector.size();
}

// Gives `next` a table with room for `rows`, and the dimension if this is the first batch with vectors.
Status ensure_table(Snapshot& next, std::size_t dimension, std::size_t rows) {
  if (rows > kMaxSlots) {
    return Error(ErrorCode::invalid_argument,
                 "more than " + std::to_string(kMaxSlots) + " rows do not fit into a collection");
  }
  if (dimension == 0) dimension = next.schema.dimension.value_or(0);
  if (dimension == 0) return Error(ErrorCode::invalid_argument, "the dimension is unknown: no vector has been added");
  if (next.schema.dimension.value_or(dimension) != dimension) {
    return Error(ErrorCode::dimension_mismatch, "the vector has " + std::to_string(dimension) +
                                                    " components, the collection " +
                                                    std::to_string(*next.schema.dimension));
  }
  next.schema.dimension = dimension;
  if (next.table == nullptr) next.table = Table::empty(dimension);
  if (next.table->capacity() < rows) next.table = next.table->grown(rows);
  return {};
}

}  // namespace

std::optional<Slot> LocalStore::find(const Snapshot& current, std::string_view id) const {
  return ids_.find(id, [&](Slot slot) { return current.table->newest(slot).id(); });
}

Result<LocalStore::PreparedWrite> LocalStore::prepare(const Snapshot& current, std::span<const StoreRecord> records,
                                                      WriteMode mode) const {
  PreparedWrite write{.next = current.successor(), .rows = {}, .retired = {}, .counts = {}};
  Snapshot& next = *write.next;
  if (Status ready = ensure_table(next, batch_dimension(records), current.rows + records.size()); !ready) {
    return std::move(ready).error();
  }
  next.table->will_write(current.rows, current.rows + records.size());
  write.rows.reserve(records.size());
  for (const StoreRecord& given : records) {
    const Document& document = *given.document;
    const auto existing = find(current, document.id);
    if (existing && mode == WriteMode::add) {
      return Error(ErrorCode::already_exists,
                   "document " + in_quotes(document.id) + " is there already; upsert replaces it");
    }
    const auto slot = static_cast<Slot>(next.rows++);
    const Origin* const origin = document.origin ? &*document.origin : nullptr;
    auto record = Record::make(document.id, document.text, document.metadata, origin, next.sequence, nullptr);
    Segment& segment = next.table->segment_of(slot);
    segment.rows.write(next.table->index_of(slot), given.vector);
    segment.records[next.table->index_of(slot)].store(record.get(), std::memory_order_relaxed);
    write.rows.push_back({std::move(record), slot, existing});
    ++(existing ? write.counts.replaced : write.counts.added);
    if (given.vector.empty()) ++next.without_vector;
    if (existing && !current.has_vector(*existing)) --next.without_vector;
  }
  next.documents += write.counts.added;
  write.retired.reserve(write.counts.replaced);
  return write;
}

void LocalStore::commit(const Snapshot& current, PreparedWrite write) {
  const std::unique_lock ids(id_mutex_);
  ids_.reserve(write.next->documents);
  index_metadata([&] {
    for (const PreparedRow& row : write.rows) filter_index_.add(row.slot, row.record->metadata());
  });
  const auto id_of = [&](Slot slot) { return write.next->table->newest(slot).id(); };
  for (PreparedRow& row : write.rows) {
    const Record* const record = row.record.release();  // from here on the store's
    if (!row.replaces) {
      ids_.insert(record->id(), row.slot);
      continue;
    }
    ids_.replace(record->id(), row.slot, id_of);
    const Slot old = *row.replaces;
    filter_index_.remove(old, current.record(old).metadata());
    current.table->segment_of(old).rows.remove(current.table->index_of(old), write.next->sequence);
    write.retired.emplace_back(&current.record(old));
  }
  publish(current, std::move(write.retired), std::move(write.next));
}

Result<WriteCounts> LocalStore::write(std::span<const StoreRecord> records, WriteMode mode,
                                      std::uint64_t schema_version, std::stop_token stop) {
  if (records.empty()) return WriteCounts{};
  const std::lock_guard writer(writer_mutex_);
  const SnapshotPointer current = snapshot();
  if (Status same = check_schema_version(*current, schema_version); !same) return std::move(same).error();
  auto prepared = prepare(*current, records, mode);
  if (!prepared) return std::move(prepared).error();
  if (stop.stop_requested()) return cancelled_error();
  const WriteCounts counts = prepared->counts;
  repair_filter_index(*current);
  commit(*current, *std::move(prepared));
  compact_if_worthwhile();
  return counts;
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
  if (filter_index_complete_) return;
  try {
    FilterIndex index;
    for (std::size_t row = 0; row < current.rows; ++row) {
      const auto slot = static_cast<Slot>(row);
      if (current.visible(slot)) index.add(slot, current.record(slot).metadata());
    }
    const std::unique_lock ids(id_mutex_);
    filter_index_ = std::move(index);
    filter_index_complete_ = true;
  } catch (const std::bad_alloc&) {
    // The next write tries again.
  }
}

Status LocalStore::update_metadata(std::span<const MetadataUpdate> updates, std::stop_token stop) {
  if (updates.empty()) return {};
  const std::lock_guard writer(writer_mutex_);
  const SnapshotPointer current = snapshot();
  auto next = current->successor();
  std::vector<std::pair<Slot, Record::Pointer>> versions;
  std::vector<Record::Pointer> retired;
  for (const MetadataUpdate& update : updates) {
    const auto slot = find(*current, update.id);
    if (!slot) return Error(ErrorCode::not_found, "there is no document " + in_quotes(update.id));
    const Record& old = current->record(*slot);
    Metadata metadata = old.metadata();
    for (const std::string& key : update.erase) metadata.erase(key);
    for (const auto& [key, value] : update.set) metadata.insert_or_assign(key, value);
    if (Status fits = check_metadata(metadata); !fits) return fits;
    versions.emplace_back(*slot, Record::make(old.id(), old.text(), metadata, old.origin(), next->sequence, &old));
  }
  if (stop.stop_requested()) return cancelled_error();
  retired.reserve(versions.size());
  const std::unique_lock ids(id_mutex_);
  index_metadata([&] {
    for (const auto& [slot, version] : versions) {
      filter_index_.remove(slot, current->record(slot).metadata());
      filter_index_.add(slot, version->metadata());
    }
  });
  for (auto& [slot, version] : versions) {
    auto& place = current->table->segment_of(slot).records[current->table->index_of(slot)];
    retired.emplace_back(place.load(std::memory_order_relaxed));
    place.store(version.release(), std::memory_order_release);
  }
  publish(*current, std::move(retired), std::move(next));
  return {};
}

std::size_t LocalStore::remove_slots(const SnapshotPointer& current, const std::vector<Slot>& slots) {
  if (slots.empty()) return 0;
  auto next = current->successor();
  std::vector<Record::Pointer> retired;
  retired.reserve(slots.size());
  {
    const std::unique_lock ids(id_mutex_);
    const auto id_of = [&](Slot slot) { return current->table->newest(slot).id(); };
    for (const Slot slot : slots) {
      const Record& record = current->record(slot);
      ids_.erase(record.id(), id_of);
      filter_index_.remove(slot, record.metadata());
      current->table->segment_of(slot).rows.remove(current->table->index_of(slot), next->sequence);
      retired.emplace_back(&record);
      if (!current->has_vector(slot)) --next->without_vector;
    }
    next->documents -= slots.size();
    publish(*current, std::move(retired), std::move(next));
  }
  compact_if_worthwhile();
  return slots.size();
}

Result<std::size_t> LocalStore::remove_ids(std::span<const std::string> ids, std::stop_token stop) {
  const std::lock_guard writer(writer_mutex_);
  const SnapshotPointer current = snapshot();
  std::vector<Slot> slots;
  for (const std::string& id : ids) {
    if (const auto slot = find(*current, id)) slots.push_back(*slot);
  }
  if (stop.stop_requested()) return cancelled_error();
  return remove_slots(current, slots);
}

Result<std::size_t> LocalStore::remove_matching(const Filter& filter, std::stop_token stop) {
  const std::lock_guard writer(writer_mutex_);
  const Filter* const filters[] = {&filter};
  auto selected = select(filters);
  if (!selected) return std::move(selected).error();
  const SnapshotPointer& current = selected->first;
  const Selection& selection = selected->second[0];
  std::vector<Slot> slots;
  std::size_t looked_at = 0;
  bool cancelled = false;
  selection.slots().for_each([&](Slot slot) {
    cancelled = cancelled || (++looked_at % 1024 == 0 && stop.stop_requested());
    if (!cancelled && selection.holds(current->record(slot))) slots.push_back(slot);
  });
  if (cancelled || stop.stop_requested()) return cancelled_error();
  return remove_slots(current, slots);
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
    auto next = current->successor();
    next->sequence = current->sequence;  // nothing that a reader can tell has changed
    ++next->generation;
    next->table = std::move(rebuilt.table);
    next->rows = rebuilt.rows;
    const std::unique_lock ids(id_mutex_);
    ids_ = std::move(rebuilt.ids);
    filter_index_ = std::move(rebuilt.filter_index);
    filter_index_complete_ = true;
    publish(*current, {}, std::move(next));
  } catch (const std::bad_alloc&) {
    // The write before it stands; the next one tries again.
  }
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
  std::vector<std::span<const float>> vectors(current->rows);
  for (const EmbeddingUpdate& update : updates) {
    const auto slot = find(*current, update.id);
    if (!slot) return Error(ErrorCode::not_found, "there is no document " + in_quotes(update.id));
    vectors[*slot] = update.vector;
  }
  RebuiltTable rebuilt = rebuild_table(*current, *schema.dimension, [&](Slot slot) { return vectors[slot]; });
  if (stop.stop_requested()) return cancelled_error();
  auto next = current->successor();
  next->schema = schema;
  ++next->schema_version;
  ++next->generation;
  next->table = std::move(rebuilt.table);
  next->rows = rebuilt.rows;
  next->without_vector = rebuilt.without_vector;
  const std::unique_lock ids(id_mutex_);
  ids_ = std::move(rebuilt.ids);
  filter_index_ = std::move(rebuilt.filter_index);
  filter_index_complete_ = true;
  publish(*current, {}, std::move(next));
  return {};
}

}  // namespace scaup::inline v0
