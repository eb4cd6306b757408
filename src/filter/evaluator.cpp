// The reference evaluator.

#include "filter/evaluator.hpp"

#include <algorithm>
#include <compare>
#include <string>
#include <utility>

#include "base/boundary.hpp"
#include "filter/filter_check.hpp"
#include "filter/operators.hpp"
#include "filter/value_compare.hpp"

namespace scaup::inline v0 {
namespace {

// A strict weak order on values of one kind; `check_condition` lets no other into a list, and no nan.
bool comes_before(const Value* a, const Value* b) {
  return std::is_lt(compare_values(*a, *b));
}

// The operands are of one kind. A value of another kind comes before none of them and equals none.
bool is_one_of(const Value& value, const std::vector<const Value*>& ascending) {
  const auto found = std::ranges::lower_bound(ascending, &value, comes_before);
  return found != ascending.end() && equal_values(**found, value);
}

// The operand of a condition that takes strings only, as was checked.
const std::string& string_of(const Value& value) {
  return *value.get_if<std::string>();
}

bool begins_with(const Value& value, const Value& prefix) {
  const auto* text = value.get_if<std::string>();
  return text != nullptr && text->starts_with(string_of(prefix));
}

}  // namespace

// Turns a valid filter into steps; the compiled expressions are used up in the order of the tree.
struct FilterEvaluator::Builder {
  std::vector<Regex> regexes;
  std::size_t next_regex = 0;
  bool needs_text = false;

  Step build(const Filter& filter) {
    Step step = {.operation = filter.operation(), .key = filter.key()};
    step.operands.reserve(filter.values().size());
    step.children.reserve(filter.children().size());
    for (const Value& value : filter.values()) step.operands.push_back(&value);
    for (const Filter& child : filter.children()) step.children.push_back(build(child));
    prepare_operands(step);
    return step;
  }

 private:
  // Work done once here and not for every document.
  void prepare_operands(Step& step) {
    switch (step.operation) {
      case FilterOperator::in:
      case FilterOperator::not_in: std::ranges::sort(step.operands, comes_before); break;
      case FilterOperator::text_regex:
      case FilterOperator::text_not_regex: step.regex = std::move(regexes[next_regex++]); break;
      default: break;
    }
    if (operator_group(step.operation) == OperatorGroup::text) needs_text = true;
  }
};

Result<FilterEvaluator> FilterEvaluator::prepare(const Filter& filter) {
  return guarded([&]() -> Result<FilterEvaluator> {
    if (Status status = check_tree(filter); !status) return std::move(status).error();
    auto regexes = compile_regexes(filter);
    if (!regexes) return std::move(regexes).error();
    // Steps point into the nodes of the filter; the evaluator keeps a copy, and so the nodes alive.
    Builder builder{*std::move(regexes)};
    FilterEvaluator evaluator;
    evaluator.filter_ = filter;
    evaluator.root_ = builder.build(filter);
    evaluator.needs_text_ = builder.needs_text;
    return evaluator;
  });
}

bool FilterEvaluator::matches(std::string_view text, const Metadata& metadata) const {
  return holds(root_, text, metadata);
}

// Recursion as deep as the filter, which `prepare` bounds.
bool FilterEvaluator::holds(const Step& step, std::string_view text, const Metadata& metadata) {
  const auto child_holds = [&](const Step& child) { return holds(child, text, metadata); };
  switch (step.operation) {
    case FilterOperator::everything: return true;
    case FilterOperator::all_of: return std::ranges::all_of(step.children, child_holds);
    case FilterOperator::any_of: return std::ranges::any_of(step.children, child_holds);
    case FilterOperator::negation: return !child_holds(step.children.front());
    case FilterOperator::text_contains: return has_part(step, text);
    case FilterOperator::text_not_contains: return !has_part(step, text);
    case FilterOperator::text_regex: return step.regex->found_in(text);
    case FilterOperator::text_not_regex: return !step.regex->found_in(text);
    default: break;
  }
  const auto found = metadata.find(step.key);
  return field_holds(step, found == metadata.end() ? nullptr : &found->second);
}

bool FilterEvaluator::has_part(const Step& step, std::string_view text) {
  return text.find(string_of(*step.operands.front())) != std::string_view::npos;
}

// `value` is null where the field is missing: false, but for the negated conditions.
bool FilterEvaluator::field_holds(const Step& step, const Value* value) {
  const bool is_there = value != nullptr;
  const auto order = [&] { return compare_values(*value, *step.operands.front()); };
  switch (step.operation) {
    case FilterOperator::equal: return is_there && std::is_eq(order());
    case FilterOperator::not_equal: return !is_there || !std::is_eq(order());
    case FilterOperator::less: return is_there && std::is_lt(order());
    case FilterOperator::less_equal: return is_there && std::is_lteq(order());
    case FilterOperator::greater: return is_there && std::is_gt(order());
    case FilterOperator::greater_equal: return is_there && std::is_gteq(order());
    case FilterOperator::in: return is_there && is_one_of(*value, step.operands);
    case FilterOperator::not_in: return !is_there || !is_one_of(*value, step.operands);
    case FilterOperator::prefix: return is_there && begins_with(*value, *step.operands.front());
    case FilterOperator::contains: return is_there && has_element(*value, *step.operands.front());
    case FilterOperator::not_contains: return !is_there || !has_element(*value, *step.operands.front());
    default: return is_there;  // exists, the only one left
  }
}

}  // namespace scaup::inline v0
