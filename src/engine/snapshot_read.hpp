#pragma once
// What reads take out of a snapshot: copies of documents, and the judgement which rows a search may return.

#include <atomic>

#include "engine/selection.hpp"
#include "engine/table.hpp"
#include "index/top_k.hpp"
#include "scaup/document.hpp"

namespace scaup::inline v0 {

/// A copy of the document of a visible slot.
[[nodiscard]] Document to_document(const Snapshot& snapshot, Slot slot, bool with_embedding);

/// Says which rows a query may return, and counts what that costs.
/// Thread-safe: any member from any thread at any time.
class SnapshotJudge final : public RowJudge {
 public:
  SnapshotJudge(const Snapshot& snapshot, const Selection& selection) : snapshot_(snapshot), selection_(selection) {}

  bool accepts(Slot slot) const override {
    if (selection_.everything()) return true;
    if (!selection_.slots().contains(slot)) return false;
    if (!selection_.needs_document()) return true;
    evaluations_.fetch_add(1, std::memory_order_relaxed);
    return selection_.holds(snapshot_.record(slot));
  }
  bool id_precedes(Slot a, Slot b) const override { return snapshot_.record(a).id() < snapshot_.record(b).id(); }
  [[nodiscard]] std::size_t evaluations() const noexcept { return evaluations_.load(std::memory_order_relaxed); }

 private:
  const Snapshot& snapshot_;
  const Selection& selection_;
  mutable std::atomic<std::size_t> evaluations_ = 0;
};

}  // namespace scaup::inline v0
