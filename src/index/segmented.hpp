#pragma once
// An array that grows beside readers: records in fixed-size blocks that never move, found through a directory that is
// as long as it can ever get. Its untouched pages cost nothing.

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/aligned_memory.hpp"

namespace scaup::inline v0 {

/// Records of `width` numbers of type T each, zero at first. T is an atomic or trivial type for which zero bytes are 0.
/// Thread-safe for `find` beside one thread that calls `make`; what is in the records, the caller orders.
template <typename T, unsigned kShift>
class Segmented {
 public:
  static constexpr std::size_t kRecords = std::size_t{1} << kShift;

  Segmented(std::size_t width, std::size_t most_records)
      : width_(width),
        segments_((most_records + kRecords - 1) / kRecords),
        directory_memory_(segments_ * sizeof(Place)),
        owners_memory_(segments_ * sizeof(AlignedMemory)) {}
  Segmented(const Segmented&) = delete;
  Segmented& operator=(const Segmented&) = delete;
  ~Segmented() {
    for (std::size_t i = 0; i < made_; ++i) owner(i).~AlignedMemory();
  }

  /// The record, or null if `make` was not called for it or a later one.
  [[nodiscard]] T* find(std::size_t record) const noexcept {
    T* const first = directory()[record >> kShift].load(std::memory_order_acquire);
    return first == nullptr ? nullptr : first + (record & (kRecords - 1)) * width_;
  }
  /// The same as `make` for the last of `records` records that are all about to be written.
  void reserve(std::size_t records) {
    if (records == 0) return;
    make(records - 1);
    for (std::size_t i = 0; i < made_; ++i) {
      owner(i).will_fill(0, std::min(kRecords, records - std::min(records, i * kRecords)) * width_ * sizeof(T));
    }
  }
  /// The record, with memory for all records up to it. Throws std::bad_alloc.
  T* make(std::size_t record) {
    while (made_ <= record >> kShift) {
      AlignedMemory memory(kRecords * width_ * sizeof(T), HugePages::when_told);
      T* const first = reinterpret_cast<T*>(memory.data());
      new (&owner(made_)) AlignedMemory(std::move(memory));
      directory()[made_++].store(first, std::memory_order_release);
    }
    return find(record);
  }

 private:
  using Place = std::atomic<T*>;
  static_assert(Place::is_always_lock_free);

  [[nodiscard]] Place* directory() const noexcept {
    return reinterpret_cast<Place*>(const_cast<std::byte*>(directory_memory_.data()));
  }
  AlignedMemory& owner(std::size_t i) noexcept { return reinterpret_cast<AlignedMemory*>(owners_memory_.data())[i]; }

  const std::size_t width_;
  const std::size_t segments_;
  AlignedMemory directory_memory_;
  AlignedMemory owners_memory_;
  std::size_t made_ = 0;
};

}  // namespace scaup::inline v0
