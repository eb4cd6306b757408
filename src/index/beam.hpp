#pragma once
// The candidates of one graph walk: the nearest rows seen so far, sorted, each marked once its links were followed.

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <vector>

#include "index/row_segment.hpp"

namespace scaup::inline v0 {

/// Slots at or above this cannot be in a graph: a beam needs one bit of each 32 for its mark.
inline constexpr std::size_t kMaxGraphRows = std::size_t{1} << 31U;

/// A sorted array with binary-search insertion. One array serves as the queue of rows to follow and as the
/// list of the best: for the widths that searches use, moving a few hundred bytes costs less than two heaps.
/// Thread-compatible: const members concurrently; a non-const member needs exclusive access.
class Beam {
 public:
  /// Empties the beam and sets how many rows it holds at most, at least 1.
  void reset(std::size_t width) {
    if (entries_.size() < width) entries_.resize(width);
    width_ = width;
    size_ = 0;
    next_ = 0;
    limit_ = ~std::uint64_t{0};
  }

  /// What the beam holds for a row: entries order as distances do, those of equal distance by slot.
  static std::uint64_t pack(float distance, Slot slot) noexcept {
    const auto bits = std::bit_cast<std::int32_t>(distance);
    const auto ordered = static_cast<std::uint32_t>(bits ^ ((bits >> 31) | std::numeric_limits<std::int32_t>::min()));
    return (std::uint64_t{ordered} << 32U) | (std::uint64_t{slot} << 1U);
  }
  static Slot slot_of(std::uint64_t entry) noexcept { return static_cast<Slot>((entry & 0xFFFF'FFFFU) >> 1U); }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool full() const noexcept { return size_ == width_; }
  [[nodiscard]] Slot slot(std::size_t rank) const noexcept { return slot_of(entries_[rank]); }
  [[nodiscard]] float distance(std::size_t rank) const noexcept { return distance_of(entries_[rank]); }

  /// Whether `offer` would add an entry.
  [[nodiscard]] bool would_add(std::uint64_t entry) const noexcept { return entry < limit_; }
  /// Adds a row unless the beam is full of nearer ones; a row must be offered once only. Returns whether it is now
  /// among the few whose links are followed next.
  bool offer(float distance, Slot slot) noexcept { return offer(pack(distance, slot)); }
  bool offer(std::uint64_t entry) noexcept {
    constexpr std::size_t kSoon = 4;
    if (entry >= limit_) return false;
    const std::size_t kept = full() ? size_ - 1 : size_;
    const std::size_t at = place_of(entry, kept);
    std::memmove(entries_.data() + at + 1, entries_.data() + at, (kept - at) * sizeof(entry));
    entries_[at] = entry;
    size_ = kept + 1;
    next_ = std::min(next_, at);
    if (size_ == width_) limit_ = std::min(limit_, entries_[size_ - 1]);
    return at < next_ + kSoon;
  }
  /// Rows from this distance on are neither added nor followed any more.
  void tighten(float distance) noexcept { limit_ = std::min(limit_, pack(distance, 0)); }
  /// The nearest row whose links were not followed yet, if any.
  [[nodiscard]] std::optional<Slot> peek_next() noexcept {
    if (next_rank() == size_) return std::nullopt;
    return slot_of(entries_[next_]);
  }

  /// The rank of the row that `peek_next` returns; `size()`: none.
  [[nodiscard]] std::size_t next_rank() noexcept {
    while (next_ < size_ && (entries_[next_] & kFollowed) != 0) ++next_;
    return next_;
  }

  /// The row that `peek_next` returns, marking it as followed; none, also where it is beyond the limit: the walk is
  /// over.
  std::optional<Slot> take_next() noexcept {
    if (next_rank() == size_ || entries_[next_] > limit_) return std::nullopt;
    entries_[next_] |= kFollowed;
    return slot_of(entries_[next_++]);
  }

 private:
  // From the highest bit: 32 bits that order as the distance does, 31 bits of slot, one bit for "followed".
  static constexpr std::uint64_t kFollowed = 1;
  static constexpr std::uint32_t kSign = 0x8000'0000U;

  static float distance_of(std::uint64_t entry) noexcept {
    const auto ordered = static_cast<std::uint32_t>(entry >> 32U);
    return std::bit_cast<float>((ordered & kSign) != 0 ? ordered & ~kSign : ~ordered);
  }
  // The first of `count` entries above `entry`. Without branches: their outcome could not be predicted.
  [[nodiscard]] std::size_t place_of(std::uint64_t entry, std::size_t count) const noexcept {
    const std::uint64_t* base = entries_.data();
    std::size_t left = count;
    while (left > 0) {
      const std::size_t half = (left + 1) / 2;
      base += half & (std::size_t{0} - static_cast<std::size_t>(base[half - 1] < entry));
      left -= half;
    }
    return static_cast<std::size_t>(base - entries_.data());
  }

  std::vector<std::uint64_t> entries_;
  std::size_t width_ = 0;
  std::size_t size_ = 0;
  std::size_t next_ = 0;     // all before it are followed
  std::uint64_t limit_ = 0;  // an entry below it enters; at most that of the last row once full
};

}  // namespace scaup::inline v0
