#include "engine/id_order.hpp"

#include <algorithm>

namespace scaup::inline v0 {
namespace {

// The visible slots from `first` on whose id is greater than `after`, in order of id.
std::vector<Slot> sorted_slots(const Snapshot& snapshot, std::size_t first, std::string_view after) {
  std::vector<Slot> slots;
  for (std::size_t slot = first; slot < snapshot.rows; ++slot) {
    const auto candidate = static_cast<Slot>(slot);
    if (snapshot.visible(candidate) && snapshot.id(candidate) > after) slots.push_back(candidate);
  }
  std::ranges::sort(slots, {}, [&](Slot slot) { return snapshot.id(slot); });
  return slots;
}

}  // namespace

std::size_t IdOrder::Sorted::upper_bound(std::string_view after) const noexcept {
  std::size_t low = 0;
  std::size_t high = slots.size();
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (id(middle) <= after) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

// An order made from a later state lacks what was removed in between; an earlier one is missing only the
// rows behind it, and a row of its own that has gone is skipped while visiting.
bool IdOrder::Sorted::serves(const Snapshot& snapshot) const noexcept {
  constexpr std::size_t kFewRows = 4096;
  return generation == snapshot.generation && sequence <= snapshot.sequence &&
         snapshot.rows - covered <= std::max(kFewRows, covered / 8);
}

std::shared_ptr<const IdOrder::Sorted> IdOrder::sort(const Snapshot& snapshot) {
  auto sorted = std::make_shared<Sorted>();
  sorted->generation = snapshot.generation;
  sorted->sequence = snapshot.sequence;
  sorted->covered = snapshot.rows;
  sorted->slots = sorted_slots(snapshot, 0, "");
  sorted->ends.reserve(sorted->slots.size());
  for (const Slot slot : sorted->slots) {
    sorted->bytes += snapshot.id(slot);
    sorted->ends.push_back(sorted->bytes.size());
  }
  return sorted;
}

std::shared_ptr<const IdOrder::Sorted> IdOrder::order_for(const Snapshot& snapshot) const {
  {
    const std::lock_guard lock(mutex_);
    if (sorted_ != nullptr && sorted_->serves(snapshot)) return sorted_;
  }
  auto sorted = sort(snapshot);
  const std::lock_guard lock(mutex_);
  const bool newer = sorted_ == nullptr || sorted_->generation < sorted->generation ||
                     (sorted_->generation == sorted->generation && sorted_->sequence < sorted->sequence);
  if (newer) sorted_ = sorted;
  return sorted;
}

void IdOrder::visit(const Snapshot& snapshot, std::string_view after, const std::function<bool(Slot)>& visit) const {
  const auto order = order_for(snapshot);
  const std::vector<Slot> added = sorted_slots(snapshot, order->covered, after);
  std::size_t old_index = order->upper_bound(after);
  auto next_added = added.begin();
  while (old_index < order->slots.size() || next_added != added.end()) {
    const bool take_old = next_added == added.end() ||
                          (old_index < order->slots.size() && order->id(old_index) < snapshot.id(*next_added));
    const Slot slot = take_old ? order->slots[old_index++] : *next_added++;
    if (snapshot.visible(slot) && !visit(slot)) return;
  }
}

}  // namespace scaup::inline v0
