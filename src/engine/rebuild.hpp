#pragma once
// Numbers the documents of a snapshot anew, into fresh segments without dead rows.

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "engine/id_table.hpp"
#include "engine/table.hpp"
#include "filter/filter_index.hpp"

namespace scaup::inline v0 {

struct RebuiltTable {
  std::shared_ptr<const Table> table;
  IdTable ids;
  FilterIndex filter_index;
  std::vector<Record::Pointer> made;  ///< records of documents that were stored; the rest belongs to the store
  std::size_t rows = 0;
  std::size_t without_vector = 0;
};

/// Copies the visible documents of `from`, which must be the newest snapshot, in the order of their slots.
/// `vector_of(slot)` gives the row of each: `dimension` floats, or none for a document without a vector.
[[nodiscard]] RebuiltTable rebuild_table(const Snapshot& from, std::size_t dimension,
                                         const std::function<std::span<const float>(Slot)>& vector_of);

}  // namespace scaup::inline v0
