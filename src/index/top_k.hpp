#pragma once
// The best k of a stream of scored rows, in a total order: score descending, then document id ascending.

#include <algorithm>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include "index/row_segment.hpp"

namespace scaup::inline v0 {

/// A row and its exact score.
struct Hit {
  double score = 0;
  Slot slot = 0;
};

/// What a search asks about single rows; called for few of them, so the calls may be virtual. Called from
/// several threads at once.
class RowJudge {
 public:
  virtual ~RowJudge() = default;
  /// Whether the row may be in the result (the filter holds for its document).
  [[nodiscard]] virtual bool accepts(Slot slot) const = 0;
  /// Whether the id of `a` comes before the id of `b`; the order of equal scores.
  [[nodiscard]] virtual bool id_precedes(Slot a, Slot b) const = 0;
};

/// The order of results: score descending, then id ascending.
[[nodiscard]] inline bool better_hit(const Hit& a, const Hit& b, const RowJudge& judge) {
  if (a.score != b.score) return a.score > b.score;
  return judge.id_precedes(a.slot, b.slot);
}

class TopK {
  // The heap's order: the worst hit comes out on top.
  [[nodiscard]] auto order() const {
    return [this](const Hit& a, const Hit& b) { return better(a, b); };
  }

 public:
  TopK(std::size_t k, const RowJudge& judge) : k_(k), judge_(judge) {}

  /// The score that a new row must at least have; minus infinity while there is room.
  [[nodiscard]] double threshold() const noexcept {
    return full() ? heap_.front().score : -std::numeric_limits<double>::infinity();
  }
  [[nodiscard]] bool would_enter(const Hit& hit) const { return !full() || better(hit, heap_.front()); }

  /// Takes the hit, which must be one that would enter, in place of the worst.
  void push(const Hit& hit) {
    if (full()) {
      std::ranges::pop_heap(heap_, order());
      heap_.pop_back();
    }
    heap_.push_back(hit);
    std::ranges::push_heap(heap_, order());
  }

  /// The hits, best first.
  [[nodiscard]] std::vector<Hit> take() && {
    std::ranges::sort_heap(heap_, order());
    return std::move(heap_);
  }

 private:
  [[nodiscard]] bool full() const noexcept { return heap_.size() == k_; }
  [[nodiscard]] bool better(const Hit& a, const Hit& b) const { return better_hit(a, b, judge_); }

  std::size_t k_;
  const RowJudge& judge_;
  std::vector<Hit> heap_;  // the worst hit in front
};

}  // namespace scaup::inline v0
