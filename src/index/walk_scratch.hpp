#pragma once
// What one graph walk needs beside the graph: the set of visited rows and the beam, kept for the next walk so that a
// walk allocates nothing once it has run at its width before.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "index/beam.hpp"
#include "index/row_segment.hpp"

namespace scaup::inline v0 {

/// A bit a row, and the list of bits that are set: small enough for the first-level cache, and cleared at
/// the cost of what was visited, not of all rows.
/// Thread-compatible: const members concurrently; a non-const member needs exclusive access.
class VisitedSet {
 public:
  /// Makes room for slots below `rows`. The set is empty at that time.
  void reserve(std::size_t rows) {
    const std::size_t words = (rows + 63) / 64;
    if (words_.size() < words) words_.resize(words + words / 8);
  }
  void clear() noexcept {
    for (std::size_t i = 0; i < count_; ++i) words_[touched_[i] / 64] = 0;
    count_ = 0;
  }

  /// Adds the slots of `links` (slot + 1, 0 for none) that are below `rows` and new; they are behind the returned
  /// pointer, `*fresh` of them, until the next call.
  template <typename Load>
  const Slot* insert_links(std::size_t links, Slot rows, Load load, std::size_t* fresh) {
    if (touched_.size() < count_ + links) touched_.resize(2 * (count_ + links));
    Slot* const out = touched_.data() + count_;
    std::uint64_t* const words = words_.data();
    std::size_t n = 0;
    for (std::size_t i = 0; i < links; ++i) {
      const Slot slot = load(i) - 1;  // "none" becomes the largest slot, which is never below `rows`
      const std::uint64_t inside = slot < rows ? 1 : 0;
      const Slot safe = inside != 0 ? slot : 0;
      std::uint64_t& word = words[safe / 64];
      const std::uint64_t is_new = inside & ~(word >> (safe % 64));
      word |= inside << (safe % 64);
      out[n] = safe;
      n += is_new & 1U;
    }
    count_ += n;
    *fresh = n;
    return out;
  }

  /// Adds one slot; whether it was new.
  bool insert(Slot slot) {
    std::size_t fresh = 0;
    insert_links(
        1, slot + 1, [slot](std::size_t) { return slot + 1; }, &fresh);
    return fresh == 1;
  }

 private:
  std::vector<std::uint64_t> words_;
  std::vector<Slot> touched_;
  std::size_t count_ = 0;
};

struct WalkScratch {
  VisitedSet visited;
  Beam beam;
  Beam others;                            // rows that a filter excludes and that a walk follows nevertheless
  std::vector<std::int16_t> query;        // the query's codes
  std::vector<const std::int8_t*> codes;  // of each row segment
  std::vector<float> distances;           // of the rows compared last
  std::vector<std::uint64_t> entries;     // of the beam, of rows that may enter it
  std::vector<Slot> found;                // rows of one step, where they are not all new links
};

/// Lends scratch to walks on any thread without a lock: each place holds one that nobody uses, or null.
/// Thread-safe.
class ScratchPool {
 public:
  ScratchPool() = default;
  ScratchPool(const ScratchPool&) = delete;
  ScratchPool& operator=(const ScratchPool&) = delete;
  ~ScratchPool() {
    for (auto& place : places_) delete place.load(std::memory_order_acquire);
  }

  [[nodiscard]] std::unique_ptr<WalkScratch> borrow() {
    for (auto& place : places_) {
      if (place.load(std::memory_order_relaxed) == nullptr) continue;
      if (WalkScratch* scratch = place.exchange(nullptr, std::memory_order_acquire)) {
        return std::unique_ptr<WalkScratch>(scratch);
      }
    }
    return std::make_unique<WalkScratch>();
  }
  /// Takes scratch back, or destroys it when every place is taken.
  void give_back(std::unique_ptr<WalkScratch> scratch) noexcept {
    scratch->visited.clear();
    for (auto& place : places_) {
      WalkScratch* none = nullptr;
      if (!place.compare_exchange_strong(none, scratch.get(), std::memory_order_release, std::memory_order_relaxed))
        continue;
      (void)scratch.release();
      return;
    }
  }

 private:
  std::array<std::atomic<WalkScratch*>, 64> places_ = {};
};

/// Borrows scratch for the length of a scope.
class BorrowedScratch {
 public:
  explicit BorrowedScratch(ScratchPool& pool) : pool_(pool), scratch_(pool.borrow()) {}
  BorrowedScratch(const BorrowedScratch&) = delete;
  BorrowedScratch& operator=(const BorrowedScratch&) = delete;
  ~BorrowedScratch() { pool_.give_back(std::move(scratch_)); }

  WalkScratch& operator*() const noexcept { return *scratch_; }
  WalkScratch* operator->() const noexcept { return scratch_.get(); }

 private:
  ScratchPool& pool_;
  std::unique_ptr<WalkScratch> scratch_;
};

}  // namespace scaup::inline v0
