#include "engine/snapshot_read.hpp"

namespace scaup::inline v0 {

Document to_document(const Snapshot& snapshot, Slot slot, bool with_embedding) {
  const DocumentView view = snapshot.document(slot);
  Document document{.id = std::string(view.id()),
                    .text = std::string(view.text()),
                    .metadata = view.metadata(),
                    .embedding = {},
                    .origin = {}};
  if (const Origin* const origin = view.origin()) document.origin = *origin;
  if (with_embedding && snapshot.has_vector(slot)) {
    const auto vector = snapshot.vector(slot);
    document.embedding.emplace(vector.begin(), vector.end());
  }
  return document;
}

}  // namespace scaup::inline v0
