#include "engine/snapshot_read.hpp"

namespace scaup::inline v0 {

void copy_document(const Snapshot& snapshot, Slot slot, bool with_embedding, Document& to) {
  const DocumentView document = snapshot.document(slot);
  to.id = document.id();
  to.text = document.text();
  if (!document.metadata().empty()) to.metadata = document.metadata();
  if (const Origin* const origin = document.origin()) to.origin = *origin;
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
