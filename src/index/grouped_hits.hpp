#pragma once
// The best hit of each of the best k groups of a stream of scored rows.
//
// Why one pass is enough: let t be the worst score kept once k groups are there. At the end the k-th best group has
// a best hit of at least t, so a row below t is the best of no group in the answer. A group that was given up comes
// back with the first row that beats t, and the rows it lost were worse than that one.

#include <cstddef>
#include <set>
#include <unordered_map>
#include <vector>

#include "index/row_judge.hpp"

namespace scaup::inline v0 {

/// RowGroups::hash and ::same, as hash tables ask for them.
struct GroupHash {
  const RowGroups* groups;
  [[nodiscard]] std::size_t operator()(const Value* value) const noexcept { return groups->hash(*value); }
};
struct GroupEqual {
  const RowGroups* groups;
  [[nodiscard]] bool operator()(const Value* a, const Value* b) const noexcept {
    return a == b || groups->same(*a, *b);
  }
};

/// Thread-compatible: const members concurrently; a non-const member needs exclusive access.
class GroupedHits {
 public:
  /// `k` is at least 1; `judge.groups()` is not null.
  GroupedHits(std::size_t k, const RowJudge& judge);

  /// The score that a new row must at least have; minus infinity while there is room for another group.
  [[nodiscard]] double threshold() const noexcept;
  /// Whether the hit could be kept; whether its group has a better one is not looked at.
  [[nodiscard]] bool would_enter(const Hit& hit) const;
  /// Takes a hit that would enter, unless its group has a better one: in place of that of its group or, if its
  /// group is a new one, of the worst.
  void push(const Hit& hit);
  /// The hits, best first.
  [[nodiscard]] std::vector<Hit> take() const;

 private:
  struct Better {
    const RowJudge* judge;
    bool operator()(const Hit& a, const Hit& b) const { return better_hit(a, b, *judge); }
  };
  using Order = std::set<Hit, Better>;

  [[nodiscard]] bool full() const noexcept { return best_.size() == k_; }
  void replace(Order::iterator& old, const Hit& hit);
  void drop_worst();

  // Invariant: each hit of best_ is that of one entry of of_group_.
  std::size_t k_;
  const RowJudge& judge_;
  const RowGroups& groups_;
  Order best_;
  std::unordered_map<const Value*, Order::iterator, GroupHash, GroupEqual> of_group_;
};

/// Of hits in order, best first, leaves the first of each group.
void keep_first_of_groups(std::vector<Hit>& hits, const RowGroups& groups);

}  // namespace scaup::inline v0
