#pragma once
// Rows that a query leaves out because they are too near to a second vector.

#include <atomic>
#include <cstddef>

#include "engine/table.hpp"
#include "index/row_scorer.hpp"
#include "scaup/vector_store.hpp"

namespace scaup::inline v0 {

/// Borrows the snapshot. Thread-safe: any member from any thread at any time.
class Exclusion {
 public:
  /// The vector has the dimension of the snapshot.
  Exclusion(const Snapshot& snapshot, const VectorExclusion& excluded)
      : snapshot_(snapshot), scorer_(snapshot.schema.metric, excluded.vector), threshold_(excluded.threshold) {}

  /// Whether a visible row with a vector is left out; computed in double, as scaup::score() does.
  [[nodiscard]] bool excludes(Slot slot) const noexcept {
    comparisons_.fetch_add(1, std::memory_order_relaxed);
    const RowSegment& rows = snapshot_.table->segment_of(slot).rows;
    const std::size_t index = snapshot_.table->index_of(slot);
    return scorer_.exact(rows.row(index), rows.norm(index)) > threshold_;
  }
  /// How many rows were asked about.
  [[nodiscard]] std::size_t comparisons() const noexcept { return comparisons_.load(std::memory_order_relaxed); }

 private:
  const Snapshot& snapshot_;
  const RowScorer scorer_;
  const double threshold_;
  mutable std::atomic<std::size_t> comparisons_ = 0;
};

}  // namespace scaup::inline v0
