#pragma once
// FilterIndex: an inverted index on metadata, from which filters are answered without looking at documents.

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "filter/posting.hpp"
#include "filter/slot_set.hpp"
#include "filter/value_postings.hpp"
#include "scaup/document.hpp"
#include "scaup/filter.hpp"

namespace scaup::inline v0 {

/// What the index knows about one metadata key.
struct FieldPostings {
  Posting present = {};         ///< the slots that have the key
  ValuePostings scalars = {};   ///< of fields that are no list: one value a slot
  ValuePostings elements = {};  ///< of list fields: each element
};

struct FilterAnswer {
  SlotSet slots = {};
  /// Whether `slots` are those for which the filter holds. Otherwise some more may be among them, and
  /// FilterEvaluator decides: the filter has conditions on the text, of which the index knows nothing.
  bool exact = true;
};

/// How many slots a filter holds for, at least and at most.
struct FilterEstimate {
  std::size_t at_least = 0;
  std::size_t at_most = 0;
};

/// An index on the metadata of the slots that were added and not removed, the live ones. Its answers are
/// those of FilterEvaluator.
///
/// Strings are kept whole, so a string that one document alone has is in memory twice.
///
/// Not synchronised: `add` and `remove` need exclusive access, the const members may run concurrently.
class FilterIndex {
 public:
  /// Adds a slot that is not live. Throws std::bad_alloc, and the index is as before; see SlotSet for what
  /// CRoaring does when memory runs out.
  void add(Slot slot, const Metadata& metadata);

  /// Removes a live slot; `metadata` is what it was added with. An update is a removal and an addition.
  void remove(Slot slot, const Metadata& metadata) noexcept;

  /// The slots that a valid filter holds for.
  /// Cost: about that of reading the postings that the conditions name; nothing is done row by row but
  /// for a range of values that few rows share, where it takes a nanosecond or two for each row of it (of
  /// the rows outside, if these are fewer).
  [[nodiscard]] FilterAnswer candidates(const Filter& filter) const;

  /// Bounds of the number of slots that a valid filter holds for. For one condition that is not about the
  /// text they are equal. Cost: a search for each value named, and for a range one addition for each 256 values.
  [[nodiscard]] FilterEstimate estimate(const Filter& filter) const;

  [[nodiscard]] const SlotSet& live() const noexcept { return live_; }
  /// All live slots are below it.
  [[nodiscard]] std::size_t slots_end() const noexcept { return slots_end_; }
  /// What is known about a key; null if no live slot has it.
  [[nodiscard]] const FieldPostings* find(std::string_view key) const noexcept;

  /// Bytes in all, as near as can be told. Cost: a look at every value.
  [[nodiscard]] std::size_t memory_bytes() const noexcept;

 private:
  void add_fields(Slot slot, const Metadata& metadata);

  std::map<std::string, FieldPostings, std::less<>> fields_;  // none without a slot
  SlotSet live_;
  std::size_t slots_end_ = 0;
};

}  // namespace scaup::inline v0
