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

Status for_each_document(const Snapshot& snapshot, const std::function<Status(Document&)>& visit,
                         const std::stop_token& stop) {
  for (std::size_t row = 0; row < snapshot.rows; ++row) {
    const auto slot = static_cast<Slot>(row);
    if (!snapshot.visible(slot)) continue;
    if (stop.stop_requested()) return Error(ErrorCode::cancelled, "cancelled");
    Document document = to_document(snapshot, slot, true);
    if (Status intact = snapshot.intact(); !intact) return intact;
    if (Status visited = visit(document); !visited) return visited;
  }
  return {};
}

}  // namespace scaup::inline v0
