// The builder: Field and TextField make one condition each.

#include <utility>

#include "scaup/filter.hpp"

namespace scaup::inline v0 {
namespace {

Filter text_condition(FilterOperator operation, std::string operand) {
  return Filter::make(operation, {}, {Value(std::move(operand))});
}

}  // namespace

Field::Field(std::string key) : key_(std::move(key)) {}

Filter Field::exists() const {
  return Filter::make(FilterOperator::exists, key_, {});
}

Filter Field::in(std::vector<Value> values) const {
  return Filter::make(FilterOperator::in, key_, std::move(values));
}

Filter Field::not_in(std::vector<Value> values) const {
  return Filter::make(FilterOperator::not_in, key_, std::move(values));
}

Filter Field::starts_with(std::string prefix) const {
  return Filter::make(FilterOperator::prefix, key_, {Value(std::move(prefix))});
}

Filter Field::contains(Value element) const {
  return Filter::make(FilterOperator::contains, key_, {std::move(element)});
}

Filter Field::not_contains(Value element) const {
  return Filter::make(FilterOperator::not_contains, key_, {std::move(element)});
}

Filter operator==(const Field& field, const Value& value) {
  return Filter::make(FilterOperator::equal, field.key_, {value});
}

Filter operator!=(const Field& field, const Value& value) {
  return Filter::make(FilterOperator::not_equal, field.key_, {value});
}

Filter operator<(const Field& field, const Value& value) {
  return Filter::make(FilterOperator::less, field.key_, {value});
}

Filter operator<=(const Field& field, const Value& value) {
  return Filter::make(FilterOperator::less_equal, field.key_, {value});
}

Filter operator>(const Field& field, const Value& value) {
  return Filter::make(FilterOperator::greater, field.key_, {value});
}

Filter operator>=(const Field& field, const Value& value) {
  return Filter::make(FilterOperator::greater_equal, field.key_, {value});
}

Filter TextField::contains(std::string part) const {
  return text_condition(FilterOperator::text_contains, std::move(part));
}

Filter TextField::not_contains(std::string part) const {
  return text_condition(FilterOperator::text_not_contains, std::move(part));
}

Filter TextField::matches(std::string regex) const {
  return text_condition(FilterOperator::text_regex, std::move(regex));
}

Filter TextField::not_matches(std::string regex) const {
  return text_condition(FilterOperator::text_not_regex, std::move(regex));
}

Field field(std::string key) {
  return Field(std::move(key));
}

TextField text() {
  return {};
}

}  // namespace scaup::inline v0
