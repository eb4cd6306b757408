// The union of sets.

#include "filter/slot_gatherer.hpp"

#include <algorithm>

namespace scaup::inline v0 {

void SlotGatherer::add(std::span<const Slot> slots) {
  if (few_.size() + slots.size() > kFewSlots) {
    spill();
    return set_bits(slots);
  }
  few_.insert(few_.end(), slots.begin(), slots.end());
}

void SlotGatherer::add(SlotSetResult set) {
  if (set.is_borrowed()) return add(set.get());
  owned_.push_back(std::move(set).take());
  sets_.push_back(&owned_.back());
}

void SlotGatherer::spill() {
  if (words_.empty()) words_.resize((end_ + 63) / 64);
  set_bits(few_);
  few_.clear();
}

void SlotGatherer::set_bits(std::span<const Slot> slots) noexcept {
  for (const Slot slot : slots) words_[slot / 64] |= std::uint64_t{1} << (slot % 64);
}

SlotSetResult SlotGatherer::finish() {
  if (!words_.empty()) {
    spill();
    add(SlotSetResult(SlotSet::from_words(words_)));
  } else if (!few_.empty()) {
    std::ranges::sort(few_);
    add(SlotSetResult(SlotSet::of(few_)));
  }
  if (sets_.empty()) return {};
  if (sets_.size() > 1) return SlotSetResult(SlotSet::union_of(sets_));
  if (owned_.empty()) return SlotSetResult(sets_.front());
  return SlotSetResult(std::move(owned_.front()));
}

}  // namespace scaup::inline v0
