#pragma once
// SlotSet: a set of row numbers, compressed. What the filter index keeps for frequent values and answers with.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace scaup::inline v0 {

using Slot = std::uint32_t;  // the number of a row, as in index/row_segment.hpp

/// A set of slots, a Roaring bitmap inside. Movable; copied only by `copy()`.
///
/// Out of memory: std::bad_alloc where the bitmap as a whole cannot be made. CRoaring does not check the
/// allocations of its parts: one that fails there ends the process with a null pointer. They are small (at
/// most 8 KiB each), but a program that must survive every failed allocation cannot filter by index.
///
/// Thread-compatible: const members concurrently; a non-const member needs exclusive access.
class SlotSet {
 public:
  /// The empty set; allocates nothing.
  SlotSet() noexcept = default;
  SlotSet(SlotSet&&) noexcept = default;
  SlotSet& operator=(SlotSet&&) noexcept = default;

  /// The set of these slots, in any order, repeated or not. Fastest if ascending.
  [[nodiscard]] static SlotSet of(std::span<const Slot> slots);
  /// The slots whose bit is set: slot s is bit s % 64 of word s / 64. At most 2^26 words.
  /// Cost: two passes over the words, and as much memory again for a moment.
  [[nodiscard]] static SlotSet from_words(std::span<const std::uint64_t> words);
  [[nodiscard]] static SlotSet intersection(const SlotSet& a, const SlotSet& b);
  [[nodiscard]] static SlotSet difference(const SlotSet& a, const SlotSet& b);
  [[nodiscard]] static SlotSet union_of(std::span<const SlotSet* const> sets);
  [[nodiscard]] SlotSet copy() const;

  [[nodiscard]] bool empty() const noexcept;
  [[nodiscard]] bool contains(Slot slot) const noexcept;
  /// Cost: one addition for each 65,536 slots of the range that the set spans.
  [[nodiscard]] std::size_t cardinality() const noexcept;

  /// Returns whether the slot was not there.
  bool add(Slot slot);
  /// Returns whether the slot was there.
  bool remove(Slot slot) noexcept;
  void intersect(const SlotSet& other);
  void unite(const SlotSet& other);
  void subtract(const SlotSet& other);

  /// Fills `out` with the slots from `from` on, ascending. Returns how many: fewer than `out.size()` only
  /// where there are no more.
  [[nodiscard]] std::size_t next_many(Slot from, std::span<Slot> out) const noexcept;

  /// Calls `visit(slot)` for each slot, ascending. Slots are decoded block by block.
  template <typename Visit>
  void for_each(Visit&& visit) const {
    std::array<Slot, 512> block;
    for (std::uint64_t from = 0; from <= UINT32_MAX;) {
      const std::size_t count = next_many(static_cast<Slot>(from), block);
      for (std::size_t i = 0; i < count; ++i) visit(block[i]);
      if (count < block.size()) return;
      from = std::uint64_t{block[count - 1]} + 1;
    }
  }

  /// Writes the slots below `64 * words.size()` as plain bits, as `from_words` reads them, and clears the
  /// other bits of `words`. Cost: one pass over the words, and one buffer as large as the set.
  void to_words(std::span<std::uint64_t> words) const;

  [[nodiscard]] std::size_t memory_bytes() const noexcept;

 private:
  struct Free {
    void operator()(void* bitmap) const noexcept;
  };
  explicit SlotSet(void* bitmap);  // takes ownership; null means that memory was not to be had

  // A roaring_bitmap_t, unnamed here because its name differs from version to version. Null: empty.
  std::unique_ptr<void, Free> bitmap_;
};

}  // namespace scaup::inline v0
