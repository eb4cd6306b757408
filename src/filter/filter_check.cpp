// The checks of a whole filter: shape, limits, every condition, every regular expression.

#include "filter/filter_check.hpp"

#include <utility>

#include "base/boundary.hpp"
#include "filter/operators.hpp"
#include "filter/place.hpp"

namespace scaup::inline v0 {
namespace {

// Walks the tree once. Recursion ends at the limit of depth and the walk at the limit of conditions,
// whatever the tree is: every inner node leads to a condition, because it must have children.
class TreeChecker {
 public:
  Status check(const Filter& filter) {
    if (filter.empty()) return {};
    if (Status status = node(filter, {}, 1); !status) return status;
    return size(filter);
  }

 private:
  Status node(const Filter& filter, const FilterPlace& place, std::size_t depth) {
    if (depth > kMaxFilterDepth) return limit_error("levels", kMaxFilterDepth);
    switch (operator_group(filter.operation())) {
      case OperatorGroup::none: return no_operator(filter, place);
      case OperatorGroup::junction:
      case OperatorGroup::negation: return inner(filter, place, depth);
      case OperatorGroup::field:
      case OperatorGroup::text: return condition(filter, place);
    }
    return {};
  }

  static Error limit_error(std::string_view what, std::size_t limit) {
    return {ErrorCode::invalid_argument,
            "filter: more than the limit of " + std::to_string(limit) + " " + std::string(what)};
  }

  // The empty filter inside a tree has no form in JSON; and a removal by `!Filter()` says what nobody means.
  static Error no_operator(const Filter& filter, const FilterPlace& place) {
    if (filter.empty()) return filter_error(place, "the empty filter may only stand alone");
    const auto number = static_cast<unsigned>(filter.operation());
    return filter_error(place, "there is no operator with the number " + std::to_string(number));
  }

  // `Filter::make` leaves no junction with fewer than two children.
  Status inner(const Filter& filter, const FilterPlace& place, std::size_t depth) {
    const std::string_view name = operator_name(filter.operation());
    const bool is_negation = filter.operation() == FilterOperator::negation;
    const std::size_t clauses = filter.children().size();
    if (!filter.key().empty() || !filter.values().empty()) {
      return filter_error(place, std::string(name) + " takes clauses alone, no key and no values");
    }
    if (is_negation && clauses != 1) {
      return filter_error(place, std::string(name) + " takes one clause, not " + std::to_string(clauses));
    }
    FilterPlace below = {&place, name};
    for (std::size_t i = 0; i < clauses; ++i) {
      if (!is_negation) below.index = i;
      if (Status status = node(filter.children()[i], below, depth + 1); !status) return status;
    }
    return {};
  }

  Status condition(const Filter& filter, const FilterPlace& place) {
    if (++conditions_ > kMaxFilterConditions) return limit_error("conditions", kMaxFilterConditions);
    Status status = check_condition(filter);
    if (status) {
      add_size(filter);
      return {};
    }
    const bool has_key = operator_group(filter.operation()) == OperatorGroup::field;
    return filter_error(has_key ? FilterPlace{&place, filter.key()} : place, std::move(status).error());
  }

  // JSON writes a byte as six at most. The 1,024 hold the punctuation of a node, and an $and around it
  // at every one of its levels.
  void add_size(const Filter& condition) {
    size_at_most_ += 1024 + 6 * condition.key().size();
    for (const Value& value : condition.values()) {
      const auto* text = value.get_if<std::string>();
      size_at_most_ += 32 + (text == nullptr ? 0 : 6 * text->size());
    }
  }

  // Written out only where the estimate does not settle it.
  Status size(const Filter& filter) const {
    if (size_at_most_ <= kMaxFilterBytes || filter.to_json().size() <= kMaxFilterBytes) return {};
    return limit_error("bytes as JSON", kMaxFilterBytes);
  }

  std::size_t conditions_ = 0;
  std::size_t size_at_most_ = 0;
};

bool is_regex(FilterOperator operation) {
  return operation == FilterOperator::text_regex || operation == FilterOperator::text_not_regex;
}

// Known before the first is compiled, because all share the memory.
std::size_t count_regexes(const Filter& filter) {
  if (is_regex(filter.operation())) return 1;
  std::size_t count = 0;
  for (const Filter& child : filter.children()) count += count_regexes(child);
  return count;
}

// Compiles what it meets on a walk in the order of the tree.
class RegexCompiler {
 public:
  RegexCompiler(std::size_t count, std::span<const std::string> places)
      : memory_(regex_memory(count)), places_(places) {
    regexes_.reserve(count);
  }

  Status walk(const Filter& filter, const FilterPlace& place) {
    const FilterOperator operation = filter.operation();
    if (is_regex(operation)) return compile(filter, place);
    FilterPlace below = {&place, operator_name(operation)};
    for (std::size_t i = 0; i < filter.children().size(); ++i) {
      if (operation != FilterOperator::negation) below.index = i;
      if (Status status = walk(filter.children()[i], below); !status) return status;
    }
    return {};
  }

  std::vector<Regex> take() { return std::move(regexes_); }

 private:
  Status compile(const Filter& filter, const FilterPlace& place) {
    auto regex = Regex::compile(*filter.values()[0].get_if<std::string>(), memory_);
    if (regex) {
      regexes_.push_back(*std::move(regex));
      return {};
    }
    Error error = std::move(regex).error();
    error.add_context(operator_name(filter.operation()));
    error.add_context(places_.empty() ? describe(place) : places_[regexes_.size()]);
    return error;
  }

  std::size_t memory_;
  std::span<const std::string> places_;
  std::vector<Regex> regexes_;
};

}  // namespace

Status check_tree(const Filter& filter) {
  return TreeChecker().check(filter);
}

Result<std::vector<Regex>> compile_regexes(const Filter& filter, std::span<const std::string> places) {
  const std::size_t count = count_regexes(filter);
  if (count == 0) return std::vector<Regex>();
  RegexCompiler compiler(count, places);
  if (Status status = compiler.walk(filter, {}); !status) return std::move(status).error();
  return compiler.take();
}

Status Filter::validate() const {
  return guarded([&]() -> Status {
    if (Status status = check_tree(*this); !status) return status;
    auto regexes = compile_regexes(*this);
    if (!regexes) return std::move(regexes).error();
    return {};
  });
}

}  // namespace scaup::inline v0
