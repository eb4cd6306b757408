#pragma once
// The best k of a stream of scored rows, in a total order: score descending, then document id ascending; of each
// group only the best, where the judge says that there are groups.

#include <algorithm>
#include <cstddef>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "index/grouped_hits.hpp"
#include "index/row_judge.hpp"

namespace scaup::inline v0 {

class TopK {
  // The heap's order: the worst hit comes out on top.
  [[nodiscard]] auto order() const {
    return [this](const Hit& a, const Hit& b) { return better(a, b); };
  }

 public:
  TopK(std::size_t k, const RowJudge& judge) : k_(k), judge_(judge) {
    constexpr std::size_t kMostAtOnce = 256;
    if (judge.groups() != nullptr) {
      grouped_ = std::make_unique<GroupedHits>(k, judge);
    } else {
      heap_.reserve(std::min(k, kMostAtOnce));
    }
  }

  /// The score that a new row must at least have; minus infinity while there is room.
  [[nodiscard]] double threshold() const noexcept {
    if (grouped_ != nullptr) return grouped_->threshold();
    return full() ? heap_.front().score : -std::numeric_limits<double>::infinity();
  }
  [[nodiscard]] bool would_enter(const Hit& hit) const {
    if (grouped_ != nullptr) return grouped_->would_enter(hit);
    return !full() || better(hit, heap_.front());
  }

  /// Takes the hit, which must be one that would enter and that the judge accepts, in place of the worst; with
  /// groups, see GroupedHits::push.
  void push(const Hit& hit) {
    if (grouped_ != nullptr) return grouped_->push(hit);
    if (full()) {
      std::ranges::pop_heap(heap_, order());
      heap_.pop_back();
    }
    heap_.push_back(hit);
    std::ranges::push_heap(heap_, order());
  }

  /// The hits, best first.
  [[nodiscard]] std::vector<Hit> take() && {
    if (grouped_ != nullptr) return grouped_->take();
    std::ranges::sort_heap(heap_, order());
    return std::move(heap_);
  }

 private:
  [[nodiscard]] bool full() const noexcept { return heap_.size() == k_; }
  [[nodiscard]] bool better(const Hit& a, const Hit& b) const { return better_hit(a, b, judge_); }

  std::size_t k_;
  const RowJudge& judge_;
  std::vector<Hit> heap_;                 // the worst hit in front
  std::unique_ptr<GroupedHits> grouped_;  // in place of the heap; null without groups
};

}  // namespace scaup::inline v0
