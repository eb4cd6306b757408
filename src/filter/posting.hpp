#pragma once
// Posting: the slots of one value, in eight bytes where the value has one slot.

#include <cstddef>
#include <cstdint>
#include <utility>

#include "filter/slot_gatherer.hpp"
#include "filter/slot_set.hpp"

namespace scaup::inline v0 {

/// One slot is kept in the posting itself, up to 512 in a sorted array, more in a SlotSet. A posting that
/// has become a SlotSet stays one until a single slot is left, so that removing allocates nothing here.
/// Thread-compatible: const members concurrently; a non-const member needs exclusive access.
class Posting {
 public:
  Posting() noexcept = default;
  explicit Posting(Slot slot) noexcept : bits_(of_one(slot)) {}
  Posting(Posting&& other) noexcept : bits_(std::exchange(other.bits_, 0)) {}
  Posting& operator=(Posting&& other) noexcept {
    std::swap(bits_, other.bits_);
    return *this;
  }
  ~Posting() {
    if (is_group()) release();
  }

  [[nodiscard]] bool empty() const noexcept { return bits_ == 0; }
  [[nodiscard]] std::size_t size() const noexcept { return is_group() ? group_size() : bits_ & 1U; }

  /// Returns whether the slot was not there. If it throws, nothing has changed.
  bool add(Slot slot);
  /// Returns whether the slot was there.
  bool remove(Slot slot) noexcept;

  /// Adds the slots to `out`, which keeps a pointer if this is a SlotSet.
  void gather(SlotGatherer& out) const {
    if ((bits_ & 1U) != 0) return out.add(one());
    if (bits_ != 0) gather_group(out);
  }

  /// Bytes beside the posting itself.
  [[nodiscard]] std::size_t memory_bytes() const noexcept;

 private:
  struct Group;

  static std::uint64_t of_one(Slot slot) noexcept { return std::uint64_t{slot} << 1U | 1U; }
  [[nodiscard]] bool is_group() const noexcept { return bits_ != 0 && (bits_ & 1U) == 0; }
  [[nodiscard]] Slot one() const noexcept { return static_cast<Slot>(bits_ >> 1U); }
  [[nodiscard]] Group& group() const noexcept;
  [[nodiscard]] std::size_t group_size() const noexcept;
  void gather_group(SlotGatherer& out) const;
  void release() noexcept;

  // 0: no slot. Odd: one slot. Even: the address of a group, which is ours.
  std::uint64_t bits_ = 0;
};

}  // namespace scaup::inline v0
