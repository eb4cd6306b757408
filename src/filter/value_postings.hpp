#pragma once
// ValuePostings: which slots have which value of one field, by the kinds of values.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "filter/ordered_postings.hpp"
#include "filter/posting.hpp"
#include "filter/value_range.hpp"
#include "scaup/document.hpp"

namespace scaup::inline v0 {

/// Numbers that are equal have one posting: an integer value, of whatever type, is kept as int64 if it fits.
/// Thread-compatible: const members concurrently; a non-const member needs exclusive access.
class ValuePostings {
 public:
  // Nothing happens if the slot has the value already, or where it is removed, has it not. NaN, which is
  // equal to nothing and in no order, is left out. If `add` throws, what is found is as before.
  void add(std::int64_t value, Slot slot) { integers_.add(value, slot); }
  void add(double value, Slot slot);
  void add(std::string_view value, Slot slot) { strings_.add(value, slot); }
  void add(bool value, Slot slot) { truths_[value ? 1 : 0].add(slot); }
  void remove(std::int64_t value, Slot slot) noexcept { integers_.remove(value, slot); }
  void remove(double value, Slot slot) noexcept;
  void remove(std::string_view value, Slot slot) noexcept { strings_.remove(value, slot); }
  void remove(bool value, Slot slot) noexcept { truths_[value ? 1 : 0].remove(slot); }

  /// The slots with a value equal to `scalar`; null if there is none. Equal scalars give the same posting.
  [[nodiscard]] const Posting* find(const Value& scalar) const noexcept;

  /// How many slots have a value in the range.
  [[nodiscard]] std::size_t count(const ValueRange& range) const;
  /// Adds them to `out`.
  void gather(const ValueRange& range, SlotGatherer& out) const;

  /// How many slots have a value of the kind that the range has.
  [[nodiscard]] std::size_t count_kind(const ValueRange& range) const noexcept;
  /// Adds the slots with a value of that kind outside of the range.
  void gather_outside(const ValueRange& range, SlotGatherer& out) const;

  /// Bytes beside the object itself. Cost: a look at every value.
  [[nodiscard]] std::size_t memory_bytes() const noexcept;

 private:
  OrderedPostings<std::int64_t> integers_;
  OrderedPostings<double> reals_;  // those that are no int64
  OrderedPostings<std::string> strings_;
  std::array<Posting, 2> truths_;
};

}  // namespace scaup::inline v0
