#include "index/grouped_hits.hpp"

#include <iterator>
#include <limits>
#include <unordered_set>

namespace scaup::inline v0 {

GroupedHits::GroupedHits(std::size_t k, const RowJudge& judge)
    : k_(k),
      judge_(judge),
      groups_(*judge.groups()),
      best_(Better{&judge}),
      of_group_(0, GroupHash{&groups_}, GroupEqual{&groups_}) {}

double GroupedHits::threshold() const noexcept {
  return full() ? best_.rbegin()->score : -std::numeric_limits<double>::infinity();
}

bool GroupedHits::would_enter(const Hit& hit) const {
  return !full() || better_hit(hit, *best_.rbegin(), judge_);
}

void GroupedHits::push(const Hit& hit) {
  const Value* const group = &groups_.value_of(hit.slot);
  if (const auto known = of_group_.find(group); known != of_group_.end()) {
    if (better_hit(hit, *known->second, judge_)) replace(known->second, hit);
    return;
  }
  if (full()) drop_worst();
  of_group_.emplace(group, best_.insert(hit).first);
}

std::vector<Hit> GroupedHits::take() const {
  return {best_.begin(), best_.end()};
}

// Without allocating: a group's best may change often.
void GroupedHits::replace(Order::iterator& old, const Hit& hit) {
  auto node = best_.extract(old);
  node.value() = hit;
  old = best_.insert(std::move(node)).position;
}

void GroupedHits::drop_worst() {
  const auto worst = std::prev(best_.end());
  of_group_.erase(&groups_.value_of(worst->slot));
  best_.erase(worst);
}

void keep_first_of_groups(std::vector<Hit>& hits, const RowGroups& groups) {
  std::unordered_set<const Value*, GroupHash, GroupEqual> seen(hits.size(), GroupHash{&groups}, GroupEqual{&groups});
  std::erase_if(hits, [&](const Hit& hit) { return !seen.insert(&groups.value_of(hit.slot)).second; });
}

}  // namespace scaup::inline v0
