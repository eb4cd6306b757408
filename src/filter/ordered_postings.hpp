#pragma once
// OrderedPostings: from value to posting, in order, so that ranges are answered beside single values.

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "filter/posting.hpp"

namespace scaup::inline v0 {

/// A list of leaves, each a sorted array of up to 256 values: a B+tree of two levels. Adding moves at most
/// one leaf's values, or once in about 128 times also the list of leaves (40 bytes each).
///
/// Invariants: no leaf and no posting is empty; `first` of a leaf but the foremost is greater than all
/// values of the leaves before it and not greater than its own; `slots` is the sum over its postings.
///
/// Thread-compatible: const members concurrently; a non-const member needs exclusive access.
template <typename Key>
class OrderedPostings {
 public:
  using View = std::conditional_t<std::is_same_v<Key, std::string>, std::string_view, Key>;

  [[nodiscard]] bool empty() const noexcept { return leaves_.empty(); }

  /// Returns whether the slot was not there. If it throws, what is found is as before.
  bool add(View key, Slot slot) {
    if (leaves_.empty()) return add_leaf(0, key, slot);
    std::size_t index = leaf_index(key);
    std::size_t place = lower_bound(leaves_[index], key);
    if (place < leaves_[index].entries.size() && leaves_[index].entries[place].key == key) {
      const bool added = leaves_[index].entries[place].posting.add(slot);
      leaves_[index].slots += added ? 1 : 0;
      return added;
    }
    if (leaves_[index].entries.size() == kLeafEntries) {
      // Values that come in ascending order leave full leaves behind them.
      if (index + 1 == leaves_.size() && place == kLeafEntries) return add_leaf(index + 1, key, slot);
      split(index);
      if (place > kLeafEntries / 2) {
        ++index;
        place -= kLeafEntries / 2;
      }
    }
    insert(leaves_[index], place, key, slot);
    return true;
  }

  /// Returns whether the slot was there.
  bool remove(View key, Slot slot) noexcept {
    if (leaves_.empty()) return false;
    const std::size_t index = leaf_index(key);
    Leaf& leaf = leaves_[index];
    const std::size_t place = lower_bound(leaf, key);
    if (place == leaf.entries.size() || leaf.entries[place].key != key) return false;
    if (!leaf.entries[place].posting.remove(slot)) return false;
    --leaf.slots;
    if (leaf.entries[place].posting.empty()) {
      leaf.entries.erase(leaf.entries.begin() + static_cast<std::ptrdiff_t>(place));
      shrink(index);
    }
    return true;
  }

  /// The posting of a value, or null.
  [[nodiscard]] const Posting* find(View key) const noexcept {
    if (leaves_.empty()) return nullptr;
    const Leaf& leaf = leaves_[leaf_index(key)];
    const std::size_t place = lower_bound(leaf, key);
    if (place == leaf.entries.size() || leaf.entries[place].key != key) return nullptr;
    return &leaf.entries[place].posting;
  }

  // A range is two questions about a value: `below` (it comes before the range: true up to some value,
  // then false) and `above` (it comes after the range: false up to some value, then true).

  /// Calls `visit(posting)` for each value of the range, ascending.
  template <typename Below, typename Above, typename Visit>
  void visit_range(const Below& below, const Above& above, const Visit& visit) const {
    const auto [first, last] = leaf_range(below, above);
    for (std::size_t i = first; i < last; ++i) {
      const bool is_inner = i > first && i + 1 < last;
      const auto entries = is_inner ? std::span<const Entry>(leaves_[i].entries) : part(leaves_[i], below, above);
      for (const Entry& entry : entries) visit(entry.posting);
    }
  }

  /// How many slots the values of the range have. Cost: one addition a leaf, and two leaves looked at.
  template <typename Below, typename Above>
  [[nodiscard]] std::size_t count_range(const Below& below, const Above& above) const {
    const auto [first, last] = leaf_range(below, above);
    std::size_t count = 0;
    for (std::size_t i = first; i < last; ++i) {
      if (i > first && i + 1 < last) {
        count += leaves_[i].slots;
        continue;
      }
      for (const Entry& entry : part(leaves_[i], below, above)) count += entry.posting.size();
    }
    return count;
  }

  /// How many slots all values have. Cost: one addition a leaf.
  [[nodiscard]] std::size_t count() const noexcept {
    std::size_t count = 0;
    for (const Leaf& leaf : leaves_) count += leaf.slots;
    return count;
  }

  /// Bytes beside the object itself. Cost: a look at every value.
  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    std::size_t bytes = leaves_.capacity() * sizeof(Leaf);
    for (const Leaf& leaf : leaves_) {
      bytes += leaf.entries.capacity() * sizeof(Entry) + key_bytes(leaf.first);
      for (const Entry& entry : leaf.entries) bytes += key_bytes(entry.key) + entry.posting.memory_bytes();
    }
    return bytes;
  }

 private:
  static constexpr std::size_t kLeafEntries = 256;

  struct Entry {
    Key key;
    Posting posting;
  };
  struct Leaf {
    Key first;
    std::vector<Entry> entries = {};
    std::size_t slots = 0;
  };

  // Of a string: what does not fit into the object.
  static std::size_t key_bytes(const Key& key) noexcept {
    if constexpr (std::is_same_v<Key, std::string>) {
      return key.capacity() > Key().capacity() ? key.capacity() + 1 : 0;
    } else {
      return 0;
    }
  }

  // The leaf that holds `key` or would; there is at least one leaf.
  [[nodiscard]] std::size_t leaf_index(View key) const noexcept {
    const auto after = std::upper_bound(leaves_.begin() + 1, leaves_.end(), key,
                                        [](View wanted, const Leaf& leaf) { return wanted < leaf.first; });
    return static_cast<std::size_t>(after - leaves_.begin()) - 1;
  }

  [[nodiscard]] static std::size_t lower_bound(const Leaf& leaf, View key) noexcept {
    const auto found = std::lower_bound(leaf.entries.begin(), leaf.entries.end(), key,
                                        [](const Entry& entry, View wanted) { return entry.key < wanted; });
    return static_cast<std::size_t>(found - leaf.entries.begin());
  }

  // Room for one more leaf, growing by half.
  void reserve_leaf() {
    if (leaves_.size() == leaves_.capacity()) leaves_.reserve(leaves_.size() + leaves_.size() / 2 + 1);
  }

  bool add_leaf(std::size_t index, View key, Slot slot) {
    Leaf leaf = {.first = Key(key)};
    insert(leaf, 0, key, slot);
    reserve_leaf();
    leaves_.insert(leaves_.begin() + static_cast<std::ptrdiff_t>(index), std::move(leaf));
    return true;
  }

  static void insert(Leaf& leaf, std::size_t place, View key, Slot slot) {
    leaf.entries.insert(leaf.entries.begin() + static_cast<std::ptrdiff_t>(place), Entry{Key(key), Posting(slot)});
    ++leaf.slots;
  }

  // Moves the upper half of a full leaf into a new one behind it. All that can fail comes first.
  void split(std::size_t index) {
    reserve_leaf();
    Leaf& leaf = leaves_[index];
    const auto middle = leaf.entries.begin() + static_cast<std::ptrdiff_t>(kLeafEntries / 2);
    Leaf right = {.first = middle->key};
    right.entries.reserve(kLeafEntries);
    std::move(middle, leaf.entries.end(), std::back_inserter(right.entries));
    leaf.entries.erase(middle, leaf.entries.end());
    for (const Entry& entry : right.entries) right.slots += entry.posting.size();
    leaf.slots -= right.slots;
    leaves_.insert(leaves_.begin() + static_cast<std::ptrdiff_t>(index) + 1, std::move(right));
  }

  // After a value was removed: drops an empty leaf, or joins it with a neighbour.
  void shrink(std::size_t index) noexcept {
    if (leaves_[index].entries.empty()) return drop(index);
    join_with_next(index);
    if (index > 0) join_with_next(index - 1);
  }

  // Where both leaves together half fill one and the first has the room already: allocates nothing.
  void join_with_next(std::size_t index) noexcept {
    if (index + 1 >= leaves_.size()) return;
    Leaf& left = leaves_[index];
    Leaf& right = leaves_[index + 1];
    const std::size_t together = left.entries.size() + right.entries.size();
    if (together > kLeafEntries / 2 || together > left.entries.capacity()) return;
    std::move(right.entries.begin(), right.entries.end(), std::back_inserter(left.entries));
    left.slots += right.slots;
    drop(index + 1);
  }

  void drop(std::size_t index) noexcept { leaves_.erase(leaves_.begin() + static_cast<std::ptrdiff_t>(index)); }

  // The leaves that may hold values of the range. `first` of the foremost leaf is never looked at.
  template <typename Below, typename Above>
  [[nodiscard]] std::pair<std::size_t, std::size_t> leaf_range(const Below& below, const Above& above) const {
    if (leaves_.empty()) return {0, 0};
    const auto inner = leaves_.begin() + 1;
    const auto first = std::partition_point(inner, leaves_.end(), [&](const Leaf& leaf) { return below(leaf.first); });
    const auto last = std::partition_point(inner, leaves_.end(), [&](const Leaf& leaf) { return !above(leaf.first); });
    return {static_cast<std::size_t>(first - leaves_.begin()) - 1, static_cast<std::size_t>(last - leaves_.begin())};
  }

  template <typename Below, typename Above>
  [[nodiscard]] static std::span<const Entry> part(const Leaf& leaf, const Below& below, const Above& above) {
    const auto all = leaf.entries.end();
    const auto is_below = [&](const Entry& entry) { return below(entry.key); };
    const auto begin = std::partition_point(leaf.entries.begin(), all, is_below);
    const auto end = std::partition_point(begin, all, [&](const Entry& entry) { return !above(entry.key); });
    return {begin, end};
  }

  std::vector<Leaf> leaves_;
};

}  // namespace scaup::inline v0
