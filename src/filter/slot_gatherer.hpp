#pragma once
// SlotGatherer: the union of many small and large sets of slots, in one pass over each.

#include <cstddef>
#include <cstdint>
#include <list>
#include <span>
#include <utility>
#include <vector>

#include "filter/slot_set.hpp"

namespace scaup::inline v0 {

/// A set that may be another's: so that the index can answer from its own sets without copying them.
/// The lender must live on, unchanged.
class SlotSetResult {
 public:
  SlotSetResult() noexcept = default;
  explicit SlotSetResult(const SlotSet* borrowed) noexcept : borrowed_(borrowed) {}
  explicit SlotSetResult(SlotSet owned) noexcept : owned_(std::move(owned)) {}

  [[nodiscard]] const SlotSet& get() const noexcept { return borrowed_ != nullptr ? *borrowed_ : owned_; }
  [[nodiscard]] bool is_borrowed() const noexcept { return borrowed_ != nullptr; }
  [[nodiscard]] SlotSet take() && { return borrowed_ != nullptr ? borrowed_->copy() : std::move(owned_); }

  void intersect(const SlotSet& other) {
    if (borrowed_ == nullptr) return owned_.intersect(other);
    *this = SlotSetResult(SlotSet::intersection(*borrowed_, other));
  }
  void subtract(const SlotSet& other) {
    if (borrowed_ == nullptr) return owned_.subtract(other);
    *this = SlotSetResult(SlotSet::difference(*borrowed_, other));
  }

 private:
  const SlotSet* borrowed_ = nullptr;
  SlotSet owned_ = {};
};

/// Collects slots and sets, then makes their union. Few slots are sorted; many become plain bits at once,
/// for sorting them would be most of the work.
/// Single-threaded: one thread at a time, even for const members.
class SlotGatherer {
 public:
  /// All slots that will be added are below `end`.
  explicit SlotGatherer(std::size_t end) noexcept : end_(end) {}

  void add(Slot slot) {
    if (few_.size() == kFewSlots) spill();
    few_.push_back(slot);
  }
  void add(std::span<const Slot> slots);
  /// The set is looked at when the union is made.
  void add(const SlotSet& set) { sets_.push_back(&set); }
  void add(SlotSetResult set);

  /// The union; borrows where one set is all there is. The gatherer is used up, and must outlive the result
  /// no longer than the sets that were added.
  [[nodiscard]] SlotSetResult finish();

 private:
  static constexpr std::size_t kFewSlots = 1024;

  void spill();
  void set_bits(std::span<const Slot> slots) noexcept;

  std::size_t end_;
  std::vector<Slot> few_;             // not in `words_` yet
  std::vector<std::uint64_t> words_;  // empty until there were many slots
  std::vector<const SlotSet*> sets_;
  std::list<SlotSet> owned_;  // some of `sets_` point here
};

}  // namespace scaup::inline v0
