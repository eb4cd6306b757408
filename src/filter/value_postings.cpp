// Values to postings.

#include "filter/value_postings.hpp"

#include <cmath>
#include <optional>

namespace scaup::inline v0 {
namespace {

// The integer that equals `value`, if int64 has one.
std::optional<std::int64_t> as_integer(double value) noexcept {
  constexpr double kLimit = 9223372036854775808.0;  // 2^63
  if (!(value >= -kLimit && value < kLimit) || std::trunc(value) != value) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

constexpr auto kNever = [](const auto& /*key*/) { return false; };

// Calls `act(postings, below, above)` for each of the ordered postings that hold values of the range's kind.
template <typename Integers, typename Reals, typename Strings, typename Act>
void for_kind(const ValueRange& range, const Integers& integers, const Reals& reals, const Strings& strings,
              const Act& act) {
  const auto below = [&](const auto& key) { return range.below(key); };
  const auto above = [&](const auto& key) { return range.above(key); };
  if (range.has_strings()) act(strings, below, above);
  if (!range.has_numbers()) return;
  act(integers, below, above);
  act(reals, below, above);
}

}  // namespace

void ValuePostings::add(double value, Slot slot) {
  if (const auto integer = as_integer(value)) {
    integers_.add(*integer, slot);
  } else if (!std::isnan(value)) {
    reals_.add(value, slot);
  }
}

void ValuePostings::remove(double value, Slot slot) noexcept {
  if (const auto integer = as_integer(value)) {
    integers_.remove(*integer, slot);
  } else if (!std::isnan(value)) {
    reals_.remove(value, slot);
  }
}

const Posting* ValuePostings::find(const Value& scalar) const noexcept {
  if (const auto* text = scalar.get_if<std::string>()) return strings_.find(*text);
  if (const auto* integer = scalar.get_if<std::int64_t>()) return integers_.find(*integer);
  if (const auto* truth = scalar.get_if<bool>()) return &truths_[*truth ? 1 : 0];
  const auto* real = scalar.get_if<double>();
  if (real == nullptr || std::isnan(*real)) return nullptr;
  const auto integer = as_integer(*real);
  return integer ? integers_.find(*integer) : reals_.find(*real);
}

std::size_t ValuePostings::count(const ValueRange& range) const {
  std::size_t count = 0;
  for_kind(range, integers_, reals_, strings_, [&](const auto& postings, const auto& below, const auto& above) {
    count += postings.count_range(below, above);
  });
  return count;
}

void ValuePostings::gather(const ValueRange& range, SlotGatherer& out) const {
  const auto take = [&](const Posting& posting) { posting.gather(out); };
  for_kind(range, integers_, reals_, strings_, [&](const auto& postings, const auto& below, const auto& above) {
    postings.visit_range(below, above, take);
  });
}

std::size_t ValuePostings::count_kind(const ValueRange& range) const noexcept {
  std::size_t count = 0;
  for_kind(range, integers_, reals_, strings_,
           [&](const auto& postings, const auto&, const auto&) { count += postings.count(); });
  return count;
}

// What comes before the range, then what comes after it and has not been visited.
void ValuePostings::gather_outside(const ValueRange& range, SlotGatherer& out) const {
  const auto take = [&](const Posting& posting) { posting.gather(out); };
  for_kind(range, integers_, reals_, strings_, [&](const auto& postings, const auto& below, const auto& above) {
    const auto not_below = [&](const auto& key) { return !below(key); };
    const auto not_after = [&](const auto& key) { return below(key) || !above(key); };
    postings.visit_range(kNever, not_below, take);
    postings.visit_range(not_after, kNever, take);
  });
}

std::size_t ValuePostings::memory_bytes() const noexcept {
  return integers_.memory_bytes() + reals_.memory_bytes() + strings_.memory_bytes() + truths_[0].memory_bytes() +
         truths_[1].memory_bytes();
}

}  // namespace scaup::inline v0
