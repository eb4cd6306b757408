#pragma once
// What a search asks about single rows: whether they may be in the answer, how equal scores are ordered, and
// which group they belong to.

#include <cstddef>

#include "index/row_segment.hpp"

namespace scaup::inline v0 {

class Value;

/// A row and its exact score.
struct Hit {
  double score = 0;
  Slot slot = 0;
};

/// Says which group a row belongs to. Called from several threads at once. The value that names a group is opaque
/// here.
class RowGroups {
 public:
  virtual ~RowGroups() = default;
  /// The value that names the group of a row that was accepted. It stays where it is while the search runs.
  [[nodiscard]] virtual const Value& value_of(Slot slot) const = 0;
  /// Whether two values name the same group, and the hash that goes with it.
  [[nodiscard]] virtual bool same(const Value& a, const Value& b) const noexcept = 0;
  [[nodiscard]] virtual std::size_t hash(const Value& value) const noexcept = 0;
};

/// Called for few of the rows, so the calls may be virtual. Called from several threads at once.
class RowJudge {
 public:
  virtual ~RowJudge() = default;
  /// False only where `accepts` is: what can be told at less cost than the exact score of a row takes.
  [[nodiscard]] virtual bool may_accept(Slot /*slot*/) const { return true; }
  /// Whether the row may be in the result (the filter holds for its document).
  [[nodiscard]] virtual bool accepts(Slot slot) const = 0;
  /// Whether the id of `a` comes before the id of `b`; the order of equal scores.
  [[nodiscard]] virtual bool id_precedes(Slot a, Slot b) const = 0;
  /// Where it is not null, the answer holds of each group at most one row, the best.
  [[nodiscard]] virtual const RowGroups* groups() const noexcept { return nullptr; }
};

/// The order of results: score descending, then id ascending.
[[nodiscard]] inline bool better_hit(const Hit& a, const Hit& b, const RowJudge& judge) {
  if (a.score != b.score) return a.score > b.score;
  return judge.id_precedes(a.slot, b.slot);
}

}  // namespace scaup::inline v0
