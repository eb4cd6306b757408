// LocalStore: what those who keep it on disk ask of it.

#include "base/parallel.hpp"
#include "engine/local_store.hpp"

namespace scaup::inline v0 {

Status LocalStore::with_writers_stopped(const std::function<Status(const SnapshotPointer&)>& visit) {
  const std::lock_guard writer(writer_mutex_);
  return visit(snapshot());
}

void LocalStore::start_filter_index() {
  if (filter_index_complete_) return;
  indexing_.store(true);
  try {
    indexer_ = std::jthread([this](const std::stop_token& stop) {
      index_stored_documents(stop);
      indexing_.store(false);
    });
  } catch (const std::system_error&) {
    indexing_.store(false);  // no thread to be had: the next write makes the index
  }
}

void LocalStore::index_stored_documents(const std::stop_token& stop) noexcept {
  lower_thread_priority();
  try {
    const SnapshotPointer stored = snapshot();
    FilterIndex index;
    for (std::size_t row = 0; row < stored->rows && !stop.stop_requested(); ++row) {
      const auto slot = static_cast<Slot>(row);
      if (stored->visible(slot)) index.add(slot, stored->document(slot).metadata());
    }
    if (!stop.stop_requested() && stored->intact()) adopt_filter_index(std::move(index), *stored);
  } catch (const std::bad_alloc&) {
    // The next write tries again.
  }
}

// Brings the index from the snapshot that it was made from to the newest one, and puts it into service. Whatever
// happened in between is seen in the rows themselves: no write needs to note it.
void LocalStore::adopt_filter_index(FilterIndex index, const Snapshot& indexed) {
  const std::lock_guard writer(writer_mutex_);
  const SnapshotPointer now = snapshot();
  if (filter_index_complete_ || now->generation != indexed.generation) return;
  for (std::size_t row = 0; row < now->rows; ++row) {
    const auto slot = static_cast<Slot>(row);
    const bool was = indexed.visible(slot);
    const bool is = now->visible(slot);
    const bool changed = was && is && indexed.record(slot) != now->record(slot);
    if (was && (!is || changed)) index.remove(slot, indexed.document(slot).metadata());
    if (is && (!was || changed)) index.add(slot, now->document(slot).metadata());
  }
  const std::unique_lock ids(id_mutex_);
  filter_index_ = std::move(index);
  filter_index_complete_ = true;
}

}  // namespace scaup::inline v0
