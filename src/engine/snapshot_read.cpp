#include "engine/snapshot_read.hpp"

namespace scaup::inline v0 {

void copy_document(const Snapshot& snapshot, Slot slot, bool with_embedding, Document& to) {
  const Record& record = snapshot.record(slot);
  to.id = record.id();
  to.text = record.text();
  if (!record.metadata().empty()) to.metadata = record.metadata();
  if (record.origin() != nullptr) to.origin = *record.origin();
  if (!with_embedding || !snapshot.has_vector(slot)) return;
  const auto vector = snapshot.vector(slot);
  to.embedding.emplace(vector.begin(), vector.end());
}

Document to_document(const Snapshot& snapshot, Slot slot, bool with_embedding) {
  Document document;
  copy_document(snapshot, slot, with_embedding, document);
  return document;
}

}  // namespace scaup::inline v0
