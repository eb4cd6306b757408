// The check of one condition: is this key a key, and do the operands suit the operator?

#include <cmath>
#include <string_view>
#include <utility>

#include "base/document_check.hpp"
#include "filter/filter_check.hpp"
#include "filter/operators.hpp"

namespace scaup::inline v0 {
namespace {

// Values of one kind can be equal; integers and reals are one kind.
enum class Kind : std::uint8_t { string, number, boolean, list };

Kind kind_of(const Value& value) {
  if (value.is_list()) return Kind::list;
  if (value.is_number()) return Kind::number;
  return value.type() == ValueType::string ? Kind::string : Kind::boolean;
}

std::string with_article(ValueType type) {
  return (type == ValueType::integer || type == ValueType::integer_list ? "an " : "a ") + std::string(to_string(type));
}

// One condition under check. Messages begin with its operator; who calls adds the place. Each function
// below is one rule about operands, `operands` says which operator follows which.
struct ConditionChecker {
  const Filter& condition;
  FilterOperator operation = condition.operation();

  Error error(const std::string& what) const {
    return {ErrorCode::invalid_argument, std::string(operator_name(operation)) + what};
  }

  Status count(std::size_t wanted) const {
    const std::size_t given = condition.values().size();
    if (given == wanted) return {};
    return error(" takes " + std::string(wanted == 0 ? "no operand" : "one operand") + ", not " +
                 std::to_string(given));
  }

  // Strings must be UTF-8 and reals finite, because JSON can say nothing else and metadata holds nothing else.
  Status scalar(const Value& value) const {
    if (value.is_list()) return error(" takes a string, number or boolean, not " + with_article(value.type()));
    if (const auto* text = value.get_if<std::string>()) return check_utf8(operator_name(operation), *text);
    const auto* real = value.get_if<double>();
    if (real == nullptr || std::isfinite(*real)) return {};
    return error(": the operand " + std::string(std::isnan(*real) ? "nan" : "infinity") + " is not a finite number");
  }

  Status one_scalar() const {
    if (Status status = count(1); !status) return status;
    return scalar(condition.values()[0]);
  }

  Status one_string() const {
    if (Status status = count(1); !status) return status;
    const Value& value = condition.values()[0];
    if (value.type() != ValueType::string) return error(" takes a string, not " + with_article(value.type()));
    return scalar(value);
  }

  // An empty part or expression is found in every text: a mistake rather than a question.
  Status one_text() const {
    if (Status status = one_string(); !status) return status;
    if (condition.values()[0].get_if<std::string>()->empty()) return error(" takes a string that is not empty");
    return {};
  }

  // What an order of true and false would mean differs from reader to reader.
  Status one_ordered() const {
    if (Status status = one_scalar(); !status) return status;
    if (kind_of(condition.values()[0]) == Kind::boolean) return error(" takes a number or a string, not a boolean");
    return {};
  }

  // An empty list holds for nothing, or under $nin for everything: refused, as in Chroma. Of one kind, so
  // that the evaluator can sort it.
  Status list() const {
    const auto values = condition.values();
    if (values.empty()) return error(" takes at least one value; the list is empty");
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (Status status = scalar(values[i]); !status) return status;
      if (kind_of(values[i]) == kind_of(values[0])) continue;
      return error(" takes values of one kind; value 0 is " + with_article(values[0].type()) + ", value " +
                   std::to_string(i) + " is " + with_article(values[i].type()));
    }
    return {};
  }

  Status operands() const {
    switch (operation) {
      case FilterOperator::exists: return count(0);
      case FilterOperator::in:
      case FilterOperator::not_in: return list();
      case FilterOperator::less:
      case FilterOperator::less_equal:
      case FilterOperator::greater:
      case FilterOperator::greater_equal: return one_ordered();
      case FilterOperator::prefix: return one_string();
      case FilterOperator::text_contains:
      case FilterOperator::text_not_contains:
      case FilterOperator::text_regex:
      case FilterOperator::text_not_regex: return one_text();
      default: return one_scalar();  // equality, and elements of lists
    }
  }
};

}  // namespace

Status check_condition(const Filter& condition) {
  const ConditionChecker checker{condition};
  if (operator_group(condition.operation()) == OperatorGroup::field) {
    if (Status status = check_key(condition.key()); !status) return status;
  } else if (!condition.key().empty()) {
    return checker.error(" takes no key, for it asks about the text");
  }
  if (!condition.children().empty()) return checker.error(" takes no clauses");
  return checker.operands();
}

}  // namespace scaup::inline v0
