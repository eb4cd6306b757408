#pragma once
// What reads take out of a snapshot: copies of documents, and the judgement which rows a search may return.

#include <atomic>
#include <functional>
#include <optional>
#include <stop_token>

#include "engine/exclusion.hpp"
#include "engine/grouping.hpp"
#include "engine/selection.hpp"
#include "engine/table.hpp"
#include "index/row_judge.hpp"
#include "scaup/document.hpp"
#include "scaup/vector_store.hpp"

namespace scaup::inline v0 {

/// A copy of the document of a visible slot.
[[nodiscard]] Document to_document(const Snapshot& snapshot, Slot slot, bool with_embedding);
/// The same into an empty document.
void copy_document(const Snapshot& snapshot, Slot slot, bool with_embedding, Document& to);

/// Calls `visit` with a copy of each document of the snapshot, one after the other, until it returns an error.
/// Errors: `cancelled`; `corruption` where stored bytes are damaged, before such a document is visited.
[[nodiscard]] Status for_each_document(const Snapshot& snapshot, const std::function<Status(Document&)>& visit,
                                       const std::stop_token& stop);

/// Says which rows a query may return, and counts what that costs.
/// Thread-safe: any member from any thread at any time.
class SnapshotJudge final : public RowJudge {
 public:
  SnapshotJudge(const Snapshot& snapshot, const Selection& selection) : snapshot_(snapshot), selection_(selection) {}
  /// Also leaves out what the query excludes, and groups by its key.
  SnapshotJudge(const Snapshot& snapshot, const Selection& selection, const VectorQuery& query)
      : SnapshotJudge(snapshot, selection) {
    if (query.exclusion) exclusion_.emplace(snapshot, *query.exclusion);
    if (!query.options.group_by.empty()) groups_.emplace(snapshot, query.options.group_by);
  }

  bool may_accept(Slot slot) const override { return selection_.everything() || selection_.slots().contains(slot); }
  // The conditions that cost least come first.
  bool accepts(Slot slot) const override {
    if (!may_accept(slot)) return false;
    if (groups_ && !groups_->has(slot)) return false;
    if (exclusion_ && exclusion_->excludes(slot)) return false;
    if (selection_.everything() || !selection_.needs_document()) return true;
    evaluations_.fetch_add(1, std::memory_order_relaxed);
    return selection_.holds(snapshot_.document(slot));
  }
  bool id_precedes(Slot a, Slot b) const override { return snapshot_.id(a) < snapshot_.id(b); }
  const RowGroups* groups() const noexcept override { return groups_ ? &*groups_ : nullptr; }
  [[nodiscard]] std::size_t evaluations() const noexcept { return evaluations_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::size_t exclusion_comparisons() const noexcept {
    return exclusion_ ? exclusion_->comparisons() : 0;
  }

 private:
  const Snapshot& snapshot_;
  const Selection& selection_;
  std::optional<Exclusion> exclusion_;
  std::optional<MetadataGroups> groups_;
  mutable std::atomic<std::size_t> evaluations_ = 0;
};

}  // namespace scaup::inline v0
