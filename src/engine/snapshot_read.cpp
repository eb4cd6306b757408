#include "engine/snapshot_read.hpp"

namespace scaup::inline v0 {

Document to_document(const Snapshot& snapshot, Slot slot, bool with_embedding) {
  const Record& record = snapshot.record(slot);
  Document document{.id = std::string(record.id()),
                    .text = std::string(record.text()),
                    .metadata = record.metadata(),
                    .embedding = {},
                    .origin = {}};
  if (record.origin() != nullptr) document.origin = *record.origin();
  if (with_embedding && snapshot.has_vector(slot)) {
    const auto vector = snapshot.vector(slot);
    document.embedding.emplace(vector.begin(), vector.end());
  }
  return document;
}

}  // namespace scaup::inline v0
