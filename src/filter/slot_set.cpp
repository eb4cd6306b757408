// The sole includer of CRoaring.

#include "filter/slot_set.hpp"

#include <roaring/roaring.h>

#include <new>
#include <vector>

#include "filter/slot_bits.hpp"

namespace scaup::inline v0 {
namespace {

roaring_bitmap_t* roaring(void* bitmap) noexcept {
  return static_cast<roaring_bitmap_t*>(bitmap);
}

}  // namespace

void SlotSet::Free::operator()(void* bitmap) const noexcept {
  roaring_bitmap_free(roaring(bitmap));
}

SlotSet::SlotSet(void* bitmap) : bitmap_(bitmap) {
  if (bitmap == nullptr) throw std::bad_alloc();
}

SlotSet SlotSet::of(std::span<const Slot> slots) {
  if (slots.empty()) return {};
  return SlotSet(roaring_bitmap_of_ptr(slots.size(), slots.data()));
}

SlotSet SlotSet::from_words(std::span<const std::uint64_t> words) {
  const PortableBitmap portable = to_portable(words);
  return SlotSet(roaring_bitmap_portable_deserialize_safe(portable.bytes.get(), portable.size));
}

SlotSet SlotSet::intersection(const SlotSet& a, const SlotSet& b) {
  if (!a.bitmap_ || !b.bitmap_) return {};
  return SlotSet(roaring_bitmap_and(roaring(a.bitmap_.get()), roaring(b.bitmap_.get())));
}

SlotSet SlotSet::difference(const SlotSet& a, const SlotSet& b) {
  if (!a.bitmap_ || !b.bitmap_) return a.copy();
  return SlotSet(roaring_bitmap_andnot(roaring(a.bitmap_.get()), roaring(b.bitmap_.get())));
}

SlotSet SlotSet::union_of(std::span<const SlotSet* const> sets) {
  std::vector<const roaring_bitmap_t*> bitmaps;
  bitmaps.reserve(sets.size());
  for (const SlotSet* set : sets) {
    if (set->bitmap_) bitmaps.push_back(roaring(set->bitmap_.get()));
  }
  if (bitmaps.empty()) return {};
  // The union of many goes by way of plain bits, which does not pay for two.
  if (bitmaps.size() == 2) return SlotSet(roaring_bitmap_or(bitmaps[0], bitmaps[1]));
  return SlotSet(roaring_bitmap_or_many(bitmaps.size(), bitmaps.data()));
}

SlotSet SlotSet::copy() const {
  if (!bitmap_) return {};
  return SlotSet(roaring_bitmap_copy(roaring(bitmap_.get())));
}

bool SlotSet::empty() const noexcept {
  return !bitmap_ || roaring_bitmap_is_empty(roaring(bitmap_.get()));
}

bool SlotSet::contains(Slot slot) const noexcept {
  return bitmap_ && roaring_bitmap_contains(roaring(bitmap_.get()), slot);
}

std::size_t SlotSet::cardinality() const noexcept {
  return bitmap_ ? roaring_bitmap_get_cardinality(roaring(bitmap_.get())) : 0;
}

bool SlotSet::add(Slot slot) {
  if (!bitmap_) *this = SlotSet(roaring_bitmap_create());
  return roaring_bitmap_add_checked(roaring(bitmap_.get()), slot);
}

bool SlotSet::remove(Slot slot) noexcept {
  return bitmap_ && roaring_bitmap_remove_checked(roaring(bitmap_.get()), slot);
}

void SlotSet::intersect(const SlotSet& other) {
  if (!other.bitmap_) bitmap_.reset();
  if (bitmap_) roaring_bitmap_and_inplace(roaring(bitmap_.get()), roaring(other.bitmap_.get()));
}

void SlotSet::unite(const SlotSet& other) {
  if (!bitmap_) {
    *this = other.copy();
  } else if (other.bitmap_) {
    roaring_bitmap_or_inplace(roaring(bitmap_.get()), roaring(other.bitmap_.get()));
  }
}

void SlotSet::subtract(const SlotSet& other) {
  if (bitmap_ && other.bitmap_) roaring_bitmap_andnot_inplace(roaring(bitmap_.get()), roaring(other.bitmap_.get()));
}

std::size_t SlotSet::next_many(Slot from, std::span<Slot> out) const noexcept {
  if (!bitmap_ || out.empty()) return 0;
  roaring_uint32_iterator_t place;
  roaring_init_iterator(roaring(bitmap_.get()), &place);
  if (from > 0 && !roaring_move_uint32_iterator_equalorlarger(&place, from)) return 0;
  return roaring_read_uint32_iterator(&place, out.data(), static_cast<std::uint32_t>(out.size()));
}

void SlotSet::to_words(std::span<std::uint64_t> words) const {
  if (!bitmap_) {
    for (std::uint64_t& word : words) word = 0;
    return;
  }
  const roaring_bitmap_t* const bitmap = roaring(bitmap_.get());
  const auto bytes = std::make_unique_for_overwrite<char[]>(roaring_bitmap_portable_size_in_bytes(bitmap));
  roaring_bitmap_portable_serialize(bitmap, bytes.get());
  from_portable(bytes.get(), words);
}

// What the parts hold, and about 48 bytes for each of them: two allocations and its place in the list.
std::size_t SlotSet::memory_bytes() const noexcept {
  if (!bitmap_) return 0;
  constexpr std::size_t kPartBytes = 48;
  roaring_statistics_t statistics;
  roaring_bitmap_statistics(roaring(bitmap_.get()), &statistics);
  return sizeof(roaring_bitmap_t) + statistics.n_containers * kPartBytes + statistics.n_bytes_array_containers +
         statistics.n_bytes_bitset_containers + statistics.n_bytes_run_containers;
}

}  // namespace scaup::inline v0
