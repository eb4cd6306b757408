#pragma once
// A second evaluator for the property test: reads the JSON text of a filter against a row, word for word
// as the language is described, and shares no code with src/filter.

#include <map>
#include <string>
#include <string_view>

#include "json/json_reader.hpp"
#include "scaup/document.hpp"

namespace scaup::test {

struct Row {
  std::string text;
  Metadata metadata;
};

class NaiveEvaluator {
 public:
  explicit NaiveEvaluator(const Row& row) : row_(row) {}

  bool clause(const JsonValue& json) {
    bool holds = true;
    for (const auto& [key, value] : *json.get_if<JsonObject>()) holds = member(key, value) && holds;
    return holds;
  }

 private:
  bool member(const std::string& key, const JsonValue& value) {
    if (key == "$and" || key == "$or") return junction(key, value, &NaiveEvaluator::clause);
    if (key == "$not") return !clause(value);
    if (key == "#document") return document(value);
    if (key[0] == '$') return text_condition(key, *value.get_if<std::string>());
    const auto found = row_.metadata.find(key);
    return field(found == row_.metadata.end() ? nullptr : &found->second, value);
  }

  bool junction(const std::string& key, const JsonValue& list, bool (NaiveEvaluator::*read)(const JsonValue&)) {
    std::size_t holding = 0;
    const auto& clauses = *list.get_if<JsonArray>();
    for (const JsonValue& clause : clauses) holding += (this->*read)(clause) ? 1U : 0U;
    return key == "$and" ? holding == clauses.size() : holding > 0;
  }

  bool document(const JsonValue& json) {
    const auto& [key, value] = json.get_if<JsonObject>()->front();
    if (key == "$and" || key == "$or") return junction(key, value, &NaiveEvaluator::document);
    if (key == "$not") return !document(value);
    return text_condition(key, *value.get_if<std::string>());
  }

  bool text_condition(const std::string& key, const std::string& operand) const {
    if (key == "$contains") return row_.text.find(operand) != std::string::npos;
    if (key == "$not_contains") return row_.text.find(operand) == std::string::npos;
    return expression_found(operand) == (key == "$regex");
  }

  // What the expressions of the generator mean on texts made of its words, without a second regex engine.
  bool expression_found(const std::string& expression) const {
    const auto has_part = [&](std::string_view part) { return row_.text.find(part) != std::string::npos; };
    const std::map<std::string, bool> found = {
        {"st.rm", has_part("storm")},
        {"[0-9]+", row_.text.find_first_of("0123456789") != std::string::npos},
        {"^storm", row_.text.starts_with("storm")},
        {"sea|x", has_part("sea") || has_part("x")},
        {"(sea )?x", has_part("x")},
        {"S[a-z]*m", has_part("Storm")},
    };
    return found.at(expression);
  }

  bool field(const Value* value, const JsonValue& condition) const {
    const auto* object = condition.get_if<JsonObject>();
    if (object == nullptr) return value != nullptr && equal(*value, condition);
    const auto& [name, operand] = object->front();
    if (name == "$not") return !field(value, operand);
    if (name == "$exists") return (value != nullptr) == *operand.get_if<bool>();
    if (name == "$ne") return value == nullptr || !equal(*value, operand);
    if (name == "$nin") return value == nullptr || !one_of(*value, operand);
    if (name == "$not_contains") return value == nullptr || !has(*value, operand);
    return value != nullptr && positive(*value, name, operand);
  }

  static bool positive(const Value& value, std::string_view name, const JsonValue& operand) {
    if (name == "$eq") return equal(value, operand);
    if (name == "$in") return one_of(value, operand);
    if (name == "$contains") return has(value, operand);
    if (name == "$prefix") {
      const auto* text = value.get_if<std::string>();
      return text != nullptr && text->rfind(*operand.get_if<std::string>(), 0) == 0;
    }
    const bool less = is_less(value, operand);
    const bool same = equal(value, operand);
    if (name == "$lt") return less;
    if (name == "$lte") return less || same;
    if (!comparable(value, operand)) return false;
    return name == "$gt" ? !less && !same : !less;
  }

  static bool one_of(const Value& value, const JsonValue& list) {
    bool found = false;
    for (const JsonValue& element : *list.get_if<JsonArray>()) found = found || equal(value, element);
    return found;
  }

  // long double holds every int64 and every double exactly.
  static bool number(const JsonValue& json, long double& out) {
    if (const auto* integer = json.get_if<std::int64_t>()) return out = static_cast<long double>(*integer), true;
    if (const auto* real = json.get_if<double>()) return out = static_cast<long double>(*real), true;
    return false;
  }

  static bool number(const Value& value, long double& out) {
    if (const auto* integer = value.get_if<std::int64_t>()) return out = static_cast<long double>(*integer), true;
    if (const auto* real = value.get_if<double>()) return out = static_cast<long double>(*real), true;
    return false;
  }

  static bool comparable(const Value& value, const JsonValue& json) {
    long double unused = 0;
    if (value.type() == ValueType::string) return json.get_if<std::string>() != nullptr;
    return number(value, unused) && number(json, unused);
  }

  static bool equal(const Value& value, const JsonValue& json) {
    long double a = 0;
    long double b = 0;
    if (number(value, a) && number(json, b)) return a == b;
    const auto* text = value.get_if<std::string>();
    if (text != nullptr && json.get_if<std::string>() != nullptr) return *text == *json.get_if<std::string>();
    const auto* truth = value.get_if<bool>();
    return truth != nullptr && json.get_if<bool>() != nullptr && *truth == *json.get_if<bool>();
  }

  static bool is_less(const Value& value, const JsonValue& json) {
    long double a = 0;
    long double b = 0;
    if (number(value, a) && number(json, b)) return a < b;
    const auto* text = value.get_if<std::string>();
    return text != nullptr && json.get_if<std::string>() != nullptr && *text < *json.get_if<std::string>();
  }

  template <typename List>
  static bool any_equal(const List& list, const JsonValue& wanted) {
    bool found = false;
    for (const auto& element : list) found = found || equal(Value(typename List::value_type(element)), wanted);
    return found;
  }

  static bool has(const Value& value, const JsonValue& wanted) {
    if (const auto* strings = value.get_if<Value::StringList>()) return any_equal(*strings, wanted);
    if (const auto* integers = value.get_if<Value::IntegerList>()) return any_equal(*integers, wanted);
    if (const auto* reals = value.get_if<Value::RealList>()) return any_equal(*reals, wanted);
    if (const auto* truths = value.get_if<Value::BooleanList>()) return any_equal(*truths, wanted);
    return false;
  }

  const Row& row_;
};

}  // namespace scaup::test
