#pragma once
// From document id to slot: an open-addressing hash table of 8 bytes an entry; the ids themselves stay in
// the records. Not synchronised: the engine's id mutex guards it.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include "base/hash.hpp"
#include "index/row_segment.hpp"

namespace scaup::inline v0 {

class IdTable {
 public:
  /// Makes room for `count` entries in all; inserts up to that number neither allocate nor fail.
  void reserve(std::size_t count) {
    if ((used_ + (count - live_)) * 5 <= cells_.size() * 4) return;
    rebuild(std::max({kFewestCells, count + count / 4 + 1, growth()}));
  }

  /// The slot of `id`; `id_of(slot)` gives the id of a slot in the table.
  template <typename IdOf>
  [[nodiscard]] std::optional<Slot> find(std::string_view id, const IdOf& id_of) const {
    const std::size_t place = find_cell(id, id_of);
    return place == kNowhere ? std::nullopt : std::optional<Slot>(cells_[place].slot);
  }

  /// Adds an id that is not there.
  void insert(std::string_view id, Slot slot) noexcept {
    const auto hash = hash_of(id);
    std::size_t place = home(hash);
    while (cells_[place].slot < kFirstMark) place = after(place);
    if (cells_[place].slot == kFree) ++used_;
    cells_[place] = {hash, slot};
    ++live_;
  }

  /// Adds an id unless it is there; says whether it was added.
  template <typename IdOf>
  [[nodiscard]] bool insert_new(std::string_view id, Slot slot, const IdOf& id_of) noexcept {
    const auto hash = hash_of(id);
    std::size_t place = home(hash);
    for (; cells_[place].slot != kFree; place = after(place)) {
      const Cell& cell = cells_[place];
      if (cell.slot < kFirstMark && cell.hash == hash && id_of(cell.slot) == id) return false;
    }
    cells_[place] = {hash, slot};
    ++used_;
    ++live_;
    return true;
  }

  /// Points an id that is there to another slot.
  template <typename IdOf>
  void replace(std::string_view id, Slot slot, const IdOf& id_of) noexcept {
    cells_[find_cell(id, id_of)].slot = slot;
  }

  /// Removes an id that is there.
  template <typename IdOf>
  void erase(std::string_view id, const IdOf& id_of) noexcept {
    cells_[find_cell(id, id_of)].slot = kErased;
    --live_;
  }

 private:
  static constexpr Slot kFree = std::numeric_limits<Slot>::max();
  static constexpr Slot kErased = kFree - 1;
  static constexpr Slot kFirstMark = kErased;
  static constexpr std::size_t kFewestCells = 16;
  static constexpr std::size_t kNowhere = std::numeric_limits<std::size_t>::max();

  struct Cell {
    std::uint32_t hash = 0;
    Slot slot = kFree;
  };

  [[nodiscard]] static std::uint32_t hash_of(std::string_view id) noexcept {
    return static_cast<std::uint32_t>(hash64(id));
  }
  /// Where a hash belongs: its share of the whole range (Lemire 2019, fast range reduction), so that any size will do.
  [[nodiscard]] std::size_t home(std::uint32_t hash) const noexcept {
    return static_cast<std::size_t>((std::uint64_t{hash} * cells_.size()) >> 32U);
  }
  [[nodiscard]] std::size_t after(std::size_t place) const noexcept {
    return place + 1 == cells_.size() ? 0 : place + 1;
  }
  /// A quarter more than there is, so that many small reservations cost little; nothing where marks of erased ids fill
  /// the table.
  [[nodiscard]] std::size_t growth() const noexcept {
    return live_ * 2 < used_ ? 0 : cells_.size() + cells_.size() / 4;
  }

  template <typename IdOf>
  [[nodiscard]] std::size_t find_cell(std::string_view id, const IdOf& id_of) const {
    if (cells_.empty()) return kNowhere;
    const auto hash = hash_of(id);
    for (std::size_t place = home(hash); cells_[place].slot != kFree; place = after(place)) {
      const Cell& cell = cells_[place];
      if (cell.slot < kFirstMark && cell.hash == hash && id_of(cell.slot) == id) return place;
    }
    return kNowhere;
  }

  void rebuild(std::size_t size) {
    std::vector<Cell> old(size);
    old.swap(cells_);
    used_ = live_;
    for (const Cell& cell : old) {
      if (cell.slot >= kFirstMark) continue;
      std::size_t place = home(cell.hash);
      while (cells_[place].slot != kFree) place = after(place);
      cells_[place] = cell;
    }
  }

  std::vector<Cell> cells_;  // at most 4/5 used
  std::size_t used_ = 0;     // cells that are not free
  std::size_t live_ = 0;     // of these, not erased
};

/// The largest number of slots: the two values above it mark free and erased cells.
inline constexpr std::size_t kMaxSlots = std::numeric_limits<Slot>::max() - 1;

}  // namespace scaup::inline v0
