#include "engine/rebuild.hpp"

namespace scaup::inline v0 {
namespace {

// The record of a visible slot; one made for a document that is stored, whose place in the old numbering goes away.
const Record* record_of(const Snapshot& from, Slot slot, std::vector<Record::Pointer>& made) {
  if (const Record* const record = from.table->newest(slot)) return record;
  const DocumentView stored = from.document(slot);
  made.push_back(Record::make(stored.id(), stored.text(), stored.metadata(), stored.origin(), from.sequence, nullptr));
  return made.back().get();
}

}  // namespace

RebuiltTable rebuild_table(const Snapshot& from, std::size_t dimension,
                           const std::function<std::span<const float>(Slot)>& vector_of) {
  RebuiltTable rebuilt;
  rebuilt.table = Table::empty(dimension)->grown(from.documents);
  rebuilt.table->will_write(0, from.documents);
  rebuilt.ids.reserve(from.documents);
  for (std::size_t old = 0; old < from.rows; ++old) {
    const auto old_slot = static_cast<Slot>(old);
    if (!from.visible(old_slot)) continue;
    const auto slot = static_cast<Slot>(rebuilt.rows++);
    const Record* const record = record_of(from, old_slot, rebuilt.made);
    const std::span<const float> vector = vector_of(old_slot);
    if (vector.empty()) ++rebuilt.without_vector;
    Segment& segment = rebuilt.table->segment_of(slot);
    const std::size_t index = rebuilt.table->index_of(slot);
    segment.rows.write(index, vector);
    segment.records[index].store(record, std::memory_order_relaxed);
    rebuilt.ids.insert(record->id(), slot);
    rebuilt.filter_index.add(slot, record->metadata());
  }
  return rebuilt;
}

}  // namespace scaup::inline v0
