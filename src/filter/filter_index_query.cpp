// How FilterIndex answers a filter: sets, and bounds of their sizes.
//
// The index knows nothing about texts. So each node of a filter has two sets: the slots for which it
// certainly holds and those for which it possibly does. They differ below conditions on the text only:
// a text condition holds certainly for no slot, possibly for all. A negation turns the two around.

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "filter/filter_index.hpp"
#include "filter/filter_terms.hpp"
#include "filter/operators.hpp"
#include "filter/slot_gatherer.hpp"

namespace scaup::inline v0 {
namespace {

enum class Holds : std::uint8_t { certainly, possibly };

Holds other(Holds side) noexcept {
  return side == Holds::certainly ? Holds::possibly : Holds::certainly;
}

// Conditions on the text. An operator without a meaning is in no valid filter; it counts as one.
bool is_unknown(FilterOperator operation) noexcept {
  const OperatorGroup group = operator_group(operation);
  return group == OperatorGroup::text || (group == OperatorGroup::none && operation != FilterOperator::everything);
}

bool has_unknown(const Filter& filter) {
  return is_unknown(filter.operation()) || std::ranges::any_of(filter.children(), has_unknown);
}

// The postings of one condition that is no range: no slot is in two of them.
std::vector<const Posting*> postings_of(const FieldPostings& field, const FilterTerm& term) {
  if (term.operation == FilterOperator::exists) return {&field.present};
  const ValuePostings& values = term.operation == FilterOperator::contains ? field.elements : field.scalars;
  std::vector<const Posting*> postings;
  for (const Value& operand : term.filter->values()) {
    const Posting* posting = values.find(operand);
    if (posting != nullptr) postings.push_back(posting);
  }
  if (postings.size() < 2) return postings;
  // A list may name a value twice.
  std::ranges::sort(postings, std::less<>());
  postings.erase(std::unique(postings.begin(), postings.end()), postings.end());
  return postings;
}

ValueRange range_of(const FilterTerm& term) {
  ValueRange range;
  range.add(term.operation, *term.filter);
  return range;
}

// ---- Sizes.

class Estimator {
 public:
  explicit Estimator(const FilterIndex& index) : index_(index), all_(index.live().cardinality()) {}

  [[nodiscard]] std::size_t all() const noexcept { return all_; }

  [[nodiscard]] FilterEstimate term(const FilterTerm& term) const {
    if (!term.is_negated) return positive(term);
    const FilterEstimate inner = positive(term);
    return {all_ - inner.at_most, all_ - inner.at_least};
  }

  [[nodiscard]] std::size_t range(std::string_view key, const ValueRange& range) const {
    const FieldPostings* field = index_.find(key);
    return field == nullptr ? 0 : field->scalars.count(range);
  }

 private:
  [[nodiscard]] FilterEstimate positive(const FilterTerm& term) const {
    switch (term.operation) {
      case FilterOperator::everything: return exactly(all_);
      case FilterOperator::all_of: return all_of(FilterConjunction::of(*term.filter));
      case FilterOperator::any_of: return any_of(term.filter->children());
      default: return is_unknown(term.operation) ? FilterEstimate{0, all_} : exactly(condition(term));
    }
  }

  static FilterEstimate exactly(std::size_t count) noexcept { return {count, count}; }

  [[nodiscard]] std::size_t condition(const FilterTerm& term) const {
    const FieldPostings* field = index_.find(term.filter->key());
    if (field == nullptr) return 0;
    if (ValueRange::is_ordering(term.operation)) return field->scalars.count(range_of(term));
    std::size_t count = 0;
    for (const Posting* posting : postings_of(*field, term)) count += posting->size();
    return count;
  }

  // At most as many as for the rarest part; at least those that the parts together cannot rule out.
  [[nodiscard]] FilterEstimate all_of(const FilterConjunction& parts) const {
    std::size_t at_most = all_;
    std::size_t ruled_out = 0;
    const auto add = [&](const FilterEstimate& part) {
      at_most = std::min(at_most, part.at_most);
      ruled_out = std::min(all_, ruled_out + (all_ - part.at_least));
    };
    for (const FilterTerm& part : parts.terms) add(term(part));
    for (const FilterTerm& part : parts.negated) add(term({part.filter, part.operation, true}));
    for (const auto& [key, values] : parts.ranges) add(exactly(range(key, values)));
    return {all_ - ruled_out, at_most};
  }

  [[nodiscard]] FilterEstimate any_of(std::span<const Filter> children) const {
    FilterEstimate sum;
    for (const Filter& child : children) {
      const FilterEstimate part = term(FilterTerm::of(child));
      sum.at_least = std::max(sum.at_least, part.at_least);
      sum.at_most = std::min(all_, sum.at_most + part.at_most);
    }
    return sum;
  }

  const FilterIndex& index_;
  std::size_t all_;
};

// ---- Sets.

class Evaluation {
 public:
  explicit Evaluation(const FilterIndex& index) : index_(index), sizes_(index) {}

  [[nodiscard]] SlotSetResult term(const FilterTerm& term, Holds side) const {
    if (!term.is_negated) return positive(term, side);
    SlotSetResult result = everything();
    result.subtract(positive(term, other(side)).get());
    return result;
  }

 private:
  // One part of a conjunction, before it is known whether it must be made.
  struct Part {
    FilterTerm term = {};
    const ValueRange* range = nullptr;  // instead of a term
    const FieldPostings* field = nullptr;
    std::size_t size = 0;
  };

  [[nodiscard]] SlotSetResult everything() const { return SlotSetResult(&index_.live()); }

  [[nodiscard]] SlotSetResult positive(const FilterTerm& term, Holds side) const {
    switch (term.operation) {
      case FilterOperator::everything: return everything();
      case FilterOperator::all_of: return all_of(FilterConjunction::of(*term.filter), side);
      case FilterOperator::any_of: return any_of(term.filter->children(), side);
      default: break;
    }
    if (is_unknown(term.operation)) return side == Holds::possibly ? everything() : SlotSetResult();
    SlotGatherer gatherer(index_.slots_end());
    gather(term, gatherer);
    return gatherer.finish();
  }

  // A condition on a field, not negated.
  void gather(const FilterTerm& term, SlotGatherer& out) const {
    const FieldPostings* field = index_.find(term.filter->key());
    if (field == nullptr) return;
    if (ValueRange::is_ordering(term.operation)) return gather(*field, range_of(term), out);
    for (const Posting* posting : postings_of(*field, term)) posting->gather(out);
  }

  void gather(const FieldPostings& field, const ValueRange& values, SlotGatherer& out) const {
    if (auto rest = without_outside(field, values)) return out.add(*std::move(rest));
    field.scalars.gather(values, out);
  }

  // A wide range as all that have the field without those outside of the range, where these are fewer and
  // the values of the field are of one kind.
  [[nodiscard]] std::optional<SlotSetResult> without_outside(const FieldPostings& field,
                                                             const ValueRange& values) const {
    const std::size_t inside = field.scalars.count(values);
    const std::size_t with_field = field.present.size();
    if (inside <= with_field / 2 || field.scalars.count_kind(values) != with_field) return std::nullopt;
    SlotGatherer outside(index_.slots_end());
    field.scalars.gather_outside(values, outside);
    SlotGatherer present(index_.slots_end());
    field.present.gather(present);
    SlotSetResult result = present.finish();
    result.subtract(outside.finish().get());
    return result;
  }

  [[nodiscard]] SlotSetResult any_of(std::span<const Filter> children, Holds side) const {
    SlotGatherer gatherer(index_.slots_end());
    for (const Filter& child : children) {
      const FilterTerm each = FilterTerm::of(child);
      const bool is_field = operator_group(each.operation) == OperatorGroup::field;
      if (is_field && !each.is_negated) {
        gather(each, gatherer);
      } else {
        gatherer.add(term(each, side));
      }
    }
    return gatherer.finish();
  }

  // The rarest part first: what follows works on what is left, and nothing follows when nothing is.
  [[nodiscard]] SlotSetResult all_of(const FilterConjunction& conjunction, Holds side) const {
    std::optional<SlotSetResult> result;
    for (const Part& part : parts_of(conjunction)) {
      if (is_unknown(part.term.operation) && side == Holds::possibly) continue;
      SlotSetResult next = part_set(part, side);
      if (result) {
        result->intersect(next.get());
      } else {
        result = std::move(next);
      }
      if (result->get().empty()) return {};
    }
    if (!result) result = everything();
    for (const FilterTerm& negated : conjunction.negated) {
      if (result->get().empty()) return {};
      result->subtract(positive(negated, other(side)).get());
    }
    return *std::move(result);
  }

  [[nodiscard]] SlotSetResult part_set(const Part& part, Holds side) const {
    if (part.range == nullptr) return positive(part.term, side);
    SlotGatherer gatherer(index_.slots_end());
    if (part.field != nullptr) gather(*part.field, *part.range, gatherer);
    return gatherer.finish();
  }

  // Sizes are looked up for conditions alone: those of inner nodes would be counted again at each level.
  [[nodiscard]] std::vector<Part> parts_of(const FilterConjunction& conjunction) const {
    std::vector<Part> parts;
    parts.reserve(conjunction.terms.size() + conjunction.ranges.size());
    for (const FilterTerm& term : conjunction.terms) {
      const bool is_junction = operator_group(term.operation) == OperatorGroup::junction;
      parts.push_back({.term = term, .size = is_junction ? sizes_.all() : sizes_.term(term).at_most});
    }
    for (const auto& [key, values] : conjunction.ranges) {
      const FieldPostings* field = index_.find(key);
      const std::size_t size = field == nullptr ? 0 : field->scalars.count(values);
      parts.push_back({.range = &values, .field = field, .size = size});
    }
    std::ranges::stable_sort(parts, {}, &Part::size);
    return parts;
  }

  const FilterIndex& index_;
  Estimator sizes_;
};

}  // namespace

FilterAnswer FilterIndex::candidates(const Filter& filter) const {
  const Evaluation evaluation(*this);
  FilterAnswer answer;
  answer.slots = evaluation.term(FilterTerm::of(filter), Holds::possibly).take();
  answer.exact = answer.slots.empty() || !has_unknown(filter);
  return answer;
}

FilterEstimate FilterIndex::estimate(const Filter& filter) const {
  return Estimator(*this).term(FilterTerm::of(filter));
}

}  // namespace scaup::inline v0
