#include "engine/change.hpp"

#include <algorithm>
#include <unordered_set>

#include "base/document_check.hpp"
#include "base/in_quotes.hpp"
#include "engine/id_table.hpp"

namespace scaup::inline v0 {
namespace {

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

// The newest version of a document goes out of use; a stored one belongs to nobody.
void retire(std::vector<Record::Pointer>& retired, const Record* record) noexcept {
  if (record != nullptr) retired.emplace_back(record);
}

Error no_such_document(std::string_view id) {
  return {ErrorCode::not_found, "there is no document " + in_quotes(id)};
}

}  // namespace

Status Change::not_cancelled() const {
  if (!stop_.stop_requested()) return {};
  return Error(ErrorCode::cancelled, "cancelled before the write took effect");
}

void Change::take_out(Slot slot, const Snapshot& current) noexcept {
  current.table->segment_of(slot).rows.remove(current.table->index_of(slot), next->sequence);
  retire(retired, current.table->newest(slot));
}

void AddChange::for_each_id(const std::function<void(std::string_view)>& visit) const {
  for (const StoreRecord& record : addition_.records) visit(record.document->id);
  for (const std::string& id : addition_.removed) visit(id);
}

Status AddChange::prepare(const Lookup& lookup, const Snapshot& current, const Snapshot& last) {
  if (last.schema_version != schema_version_) {
    return Error(ErrorCode::embedder_mismatch, "the collection was given another embedder meanwhile; call again");
  }
  const std::span<const StoreRecord> records = addition_.records;
  next = last.successor();
  if (!records.empty()) {
    if (Status ready = ensure_table(*next, batch_dimension(records), last.rows + records.size()); !ready) return ready;
    next->table->will_write(last.rows, last.rows + records.size());
  }
  rows_.reserve(records.size());
  owned_.reserve(records.size());
  for (const StoreRecord& given : records) {
    if (Status added = add_row(given, lookup, current); !added) return added;
  }
  remove_others(lookup, current);
  next->documents += counts_.added;
  next->documents -= counts_.removed;
  retired.reserve(leaving_.size());
  if (rows_.empty() && leaving_.empty()) next = nullptr;
  return not_cancelled();
}

// After the rows: what they replace is not removed as well.
void AddChange::remove_others(const Lookup& lookup, const Snapshot& current) {
  const std::unordered_set<Slot> replaced(leaving_.begin(), leaving_.end());
  std::vector<Slot> slots;
  for (const std::string& id : addition_.removed) {
    const auto slot = lookup.find(id);
    if (slot && !replaced.contains(*slot)) slots.push_back(*slot);
  }
  std::ranges::sort(slots);
  slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
  for (const Slot slot : slots) {
    if (!current.has_vector(slot)) --next->without_vector;
  }
  counts_.removed = slots.size();
  leaving_.insert(leaving_.end(), slots.begin(), slots.end());
}

Status AddChange::add_row(const StoreRecord& given, const Lookup& lookup, const Snapshot& current) {
  const Document& document = *given.document;
  const auto existing = lookup.find(document.id);
  if (existing && addition_.mode == WriteMode::add) {
    return Error(ErrorCode::already_exists,
                 "document " + in_quotes(document.id) + " is there already; upsert replaces it");
  }
  const auto slot = static_cast<Slot>(next->rows++);
  const Origin* const origin = document.origin ? &*document.origin : nullptr;
  owned_.push_back(Record::make(document.id, document.text, document.metadata, origin, next->sequence, nullptr));
  const Record* const record = owned_.back().get();
  Segment& segment = next->table->segment_of(slot);
  segment.records[next->table->index_of(slot)].store(record, std::memory_order_relaxed);
  rows_.push_back({record, slot, existing});
  if (existing) leaving_.push_back(*existing);
  ++(existing ? counts_.replaced : counts_.added);
  if (given.vector.empty()) ++next->without_vector;
  if (existing && !current.has_vector(*existing)) --next->without_vector;
  return {};
}

void AddChange::fill_rows() noexcept {
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const Slot slot = rows_[i].slot;
    next->table->segment_of(slot).rows.write(next->table->index_of(slot), addition_.records[i].vector);
  }
}

void AddChange::commit(IdTable& ids, const Snapshot& current) noexcept {
  const auto id_of = [&](Slot slot) { return next->table->id(slot); };
  for (Record::Pointer& record : owned_) static_cast<void>(record.release());  // from here on the store's
  for (const Row& row : rows_) {
    if (!row.replaces) {
      ids.insert(row.record->id(), row.slot);
      continue;
    }
    const Slot old = *row.replaces;
    ids.replace(row.record->id(), row.slot, id_of);
    take_out(old, current);
  }
  for (const Slot slot : removed()) {
    ids.erase(current.id(slot), id_of);
    take_out(slot, current);
  }
}

void AddChange::index(FilterIndex& filter_index, const Snapshot& current) const {
  for (const Row& row : rows_) {
    if (row.replaces) filter_index.remove(*row.replaces, current.document(*row.replaces).metadata());
    filter_index.add(row.slot, row.record->metadata());
  }
  for (const Slot slot : removed()) filter_index.remove(slot, current.document(slot).metadata());
}

void UpdateChange::for_each_id(const std::function<void(std::string_view)>& visit) const {
  for (const MetadataUpdate& update : updates_) visit(update.id);
}

Status UpdateChange::prepare(const Lookup& lookup, const Snapshot& current, const Snapshot& last) {
  next = last.successor();
  for (const MetadataUpdate& update : updates_) {
    const auto slot = lookup.find(update.id);
    if (!slot) return no_such_document(update.id);
    const DocumentView old = current.document(*slot);
    Metadata metadata = old.metadata();
    for (const std::string& key : update.erase) metadata.erase(key);
    for (const auto& [key, value] : update.set) metadata.insert_or_assign(key, value);
    if (Status fits = check_metadata(metadata); !fits) return fits;
    versions_.push_back({*slot, Record::make(old.id(), old.text(), metadata, old.origin(), next->sequence,
                                             current.table->newest(*slot))});
    slots_.push_back(*slot);
  }
  retired.reserve(versions_.size());
  return not_cancelled();
}

void UpdateChange::commit(IdTable& /*ids*/, const Snapshot& current) noexcept {
  for (Version& version : versions_) {
    auto& place = current.table->segment_of(version.slot).records[current.table->index_of(version.slot)];
    retire(retired, place.load(std::memory_order_relaxed));
    place.store(version.record.release(), std::memory_order_release);
  }
}

// Before `commit`, which puts the new versions where `current` finds the old ones.
void UpdateChange::index(FilterIndex& filter_index, const Snapshot& current) const {
  for (const Version& version : versions_) {
    filter_index.remove(version.slot, current.document(version.slot).metadata());
    filter_index.add(version.slot, version.record->metadata());
  }
}

void RemoveChange::for_each_id(const std::function<void(std::string_view)>& visit) const {
  for (const std::string& id : ids_) visit(id);
}

Status RemoveChange::prepare(const Lookup& lookup, const Snapshot& current, const Snapshot& last) {
  for (const std::string& id : ids_) {
    if (const auto slot = lookup.find(id)) slots_.push_back(*slot);
  }
  std::ranges::sort(slots_);
  slots_.erase(std::unique(slots_.begin(), slots_.end()), slots_.end());
  if (slots_.empty()) return not_cancelled();
  auto state = last.successor();
  state->documents -= slots_.size();
  for (const Slot slot : slots_) {
    if (!current.has_vector(slot)) --state->without_vector;
  }
  retired.reserve(slots_.size());
  next = std::move(state);
  return not_cancelled();
}

// The table of ids has those too that changes before this one in its group added, in rows that `current` may not have.
void RemoveChange::commit(IdTable& ids, const Snapshot& current) noexcept {
  const auto id_of = [&](Slot slot) { return next->table->id(slot); };
  for (const Slot slot : slots_) {
    ids.erase(current.id(slot), id_of);
    take_out(slot, current);
  }
}

void RemoveChange::index(FilterIndex& filter_index, const Snapshot& current) const {
  for (const Slot slot : slots_) filter_index.remove(slot, current.document(slot).metadata());
}

}  // namespace scaup::inline v0
