// Postings of more than one slot.

#include "filter/posting.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <memory>
#include <vector>

namespace scaup::inline v0 {
namespace {

// 400 bytes in an array are as many as a Roaring bitmap takes for 100 slots spread over 250,000.
constexpr std::size_t kFewSlots = 512;

}  // namespace

// Either `few`, ascending, or `many`; `count` slots in all, at least two.
struct Posting::Group {
  std::vector<Slot> few = {};
  SlotSet many = {};
  std::size_t count = 0;

  [[nodiscard]] bool is_few() const noexcept { return !few.empty(); }

  bool add(Slot slot) {
    const bool added = is_few() ? add_to_few(slot) : many.add(slot);
    count += added ? 1 : 0;
    return added;
  }

  bool remove(Slot slot) noexcept {
    const bool removed = is_few() ? remove_from_few(slot) : many.remove(slot);
    count -= removed ? 1 : 0;
    return removed;
  }

  [[nodiscard]] Slot first() const noexcept {
    if (is_few()) return few.front();
    std::array<Slot, 1> slot{};
    static_cast<void>(many.next_many(0, slot));
    return slot[0];
  }

 private:
  bool add_to_few(Slot slot) {
    // Slots mostly come in ascending order.
    const auto place = few.back() < slot ? few.end() : std::ranges::lower_bound(few, slot);
    if (place != few.end() && *place == slot) return false;
    if (few.size() < kFewSlots) {
      few.insert(place, slot);
      return true;
    }
    SlotSet set = SlotSet::of(few);
    set.add(slot);
    many = std::move(set);
    few = {};
    return true;
  }

  bool remove_from_few(Slot slot) noexcept {
    const auto place = std::ranges::lower_bound(few, slot);
    if (place == few.end() || *place != slot) return false;
    few.erase(place);
    return true;
  }
};

Posting::Group& Posting::group() const noexcept {
  return *std::bit_cast<Group*>(static_cast<std::uintptr_t>(bits_));
}

std::size_t Posting::group_size() const noexcept {
  return group().count;
}

void Posting::release() noexcept {
  const std::unique_ptr<Group> owned(&group());
  bits_ = 0;
}

bool Posting::add(Slot slot) {
  if (is_group()) return group().add(slot);
  if (empty()) {
    bits_ = of_one(slot);
    return true;
  }
  if (one() == slot) return false;
  auto made = std::make_unique<Group>();
  made->few = {std::min(one(), slot), std::max(one(), slot)};
  made->count = 2;
  bits_ = std::bit_cast<std::uintptr_t>(made.release());
  return true;
}

bool Posting::remove(Slot slot) noexcept {
  if (is_group()) {
    if (!group().remove(slot)) return false;
    if (group().count > 1) return true;
    const Slot last = group().first();
    release();
    bits_ = of_one(last);
    return true;
  }
  if (empty() || one() != slot) return false;
  bits_ = 0;
  return true;
}

void Posting::gather_group(SlotGatherer& out) const {
  if (group().is_few()) return out.add(std::span<const Slot>(group().few));
  out.add(group().many);
}

std::size_t Posting::memory_bytes() const noexcept {
  if (!is_group()) return 0;
  return sizeof(Group) + group().few.capacity() * sizeof(Slot) + group().many.memory_bytes();
}

}  // namespace scaup::inline v0
