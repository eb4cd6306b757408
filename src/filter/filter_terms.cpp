// Negations taken off, conjunctions flattened.

#include "filter/filter_terms.hpp"

namespace scaup::inline v0 {
namespace {

// The operator that this one negates, or itself.
FilterOperator without_not(FilterOperator operation) noexcept {
  switch (operation) {
    case FilterOperator::not_equal: return FilterOperator::equal;
    case FilterOperator::not_in: return FilterOperator::in;
    case FilterOperator::not_contains: return FilterOperator::contains;
    case FilterOperator::text_not_contains: return FilterOperator::text_contains;
    case FilterOperator::text_not_regex: return FilterOperator::text_regex;
    default: return operation;
  }
}

}  // namespace

FilterTerm FilterTerm::of(const Filter& filter) noexcept {
  FilterTerm term = {.filter = &filter};
  while (term.filter->operation() == FilterOperator::negation) {
    term.filter = &term.filter->children().front();
    term.is_negated = !term.is_negated;
  }
  term.operation = without_not(term.filter->operation());
  if (term.operation != term.filter->operation()) term.is_negated = !term.is_negated;
  return term;
}

FilterConjunction FilterConjunction::of(const Filter& all_of) {
  FilterConjunction conjunction;
  conjunction.collect(all_of);
  return conjunction;
}

// Recursion as deep as the filter, which is bounded where it is valid.
void FilterConjunction::collect(const Filter& all_of) {
  for (const Filter& child : all_of.children()) {
    const FilterTerm term = FilterTerm::of(child);
    if (term.is_negated) {
      negated.push_back(term.positive());
    } else if (term.operation == FilterOperator::all_of) {
      collect(*term.filter);
    } else if (ValueRange::is_ordering(term.operation)) {
      ranges[term.filter->key()].add(term.operation, *term.filter);
    } else {
      terms.push_back(term);
    }
  }
}

}  // namespace scaup::inline v0
