// One table of all operators.

#include "filter/operators.hpp"

#include <algorithm>
#include <array>

namespace scaup::inline v0 {
namespace {

struct Entry {
  FilterOperator operation;
  OperatorGroup group;
  std::string_view name;
};

using enum FilterOperator;

constexpr std::array kEntries = {
    Entry{everything, OperatorGroup::none, "$everything"},
    Entry{all_of, OperatorGroup::junction, "$and"},
    Entry{any_of, OperatorGroup::junction, "$or"},
    Entry{negation, OperatorGroup::negation, "$not"},
    Entry{equal, OperatorGroup::field, "$eq"},
    Entry{not_equal, OperatorGroup::field, "$ne"},
    Entry{less, OperatorGroup::field, "$lt"},
    Entry{less_equal, OperatorGroup::field, "$lte"},
    Entry{greater, OperatorGroup::field, "$gt"},
    Entry{greater_equal, OperatorGroup::field, "$gte"},
    Entry{in, OperatorGroup::field, "$in"},
    Entry{not_in, OperatorGroup::field, "$nin"},
    Entry{exists, OperatorGroup::field, "$exists"},
    Entry{prefix, OperatorGroup::field, "$prefix"},
    Entry{contains, OperatorGroup::field, "$contains"},
    Entry{not_contains, OperatorGroup::field, "$not_contains"},
    Entry{text_contains, OperatorGroup::text, "$contains"},
    Entry{text_not_contains, OperatorGroup::text, "$not_contains"},
    Entry{text_regex, OperatorGroup::text, "$regex"},
    Entry{text_not_regex, OperatorGroup::text, "$not_regex"},
};

// The table is indexed by the operator; a number from a cast may be outside.
const Entry* entry_of(FilterOperator operation) noexcept {
  const auto index = static_cast<std::size_t>(operation);
  return index < kEntries.size() ? &kEntries[index] : nullptr;
}

constexpr bool in_order() {
  for (std::size_t i = 0; i < kEntries.size(); ++i) {
    if (static_cast<std::size_t>(kEntries[i].operation) != i) return false;
  }
  return kEntries.back().operation == text_not_regex;
}
static_assert(in_order());

}  // namespace

OperatorGroup operator_group(FilterOperator operation) noexcept {
  const Entry* entry = entry_of(operation);
  return entry == nullptr ? OperatorGroup::none : entry->group;
}

std::string_view operator_name(FilterOperator operation) noexcept {
  const Entry* entry = entry_of(operation);
  return entry == nullptr ? "$unknown" : entry->name;
}

std::optional<FilterOperator> find_operator(OperatorGroup group, std::string_view name) noexcept {
  const auto matches = [&](const Entry& entry) { return entry.group == group && entry.name == name; };
  const auto* entry = std::ranges::find_if(kEntries, matches);
  if (entry == kEntries.end()) return std::nullopt;
  return entry->operation;
}

std::string operator_names(OperatorGroup group) {
  std::string names;
  for (const Entry& entry : kEntries) {
    if (entry.group != group) continue;
    if (!names.empty()) names += ", ";
    names += entry.name;
  }
  return names;
}

}  // namespace scaup::inline v0
