// Filter::parse: JSON in Chroma's filter language, with our additions, to a tree.

#include <array>
#include <charconv>
#include <limits>
#include <set>
#include <utility>

#include "base/boundary.hpp"
#include "base/in_quotes.hpp"
#include "filter/filter_check.hpp"
#include "filter/operators.hpp"
#include "filter/place.hpp"
#include "json/json_reader.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::string_view kDocumentKey = "#document";

// $and costs two levels of JSON for one of the filter; a condition has three of its own. JSON that is
// deeper than any valid filter is refused by the reader, so that the recursion below is bounded.
constexpr std::size_t kMaxJsonDepth = 2 * kMaxFilterDepth + 8;

std::string kind_with_article(const JsonValue& json) {
  const std::string kind(json.kind());
  if (kind == "null") return kind;
  const bool vowel = kind.front() == 'a' || kind.front() == 'i' || kind.front() == 'o';
  return (vowel ? "an " : "a ") + kind;
}

// "unknown operator "$gtt"; known are ..."
std::string unknown_operator(std::string_view name, const std::string& known) {
  return "unknown operator " + in_quotes(name) + "; known are " + known;
}

class FilterParser {
 public:
  Result<Filter> parse(const JsonValue& root) {
    const auto* object = root.get_if<JsonObject>();
    if (object != nullptr && object->empty()) return Filter();
    return clause(root, {});
  }

  // Where the regular expressions stand in the JSON, in the order of the tree.
  const std::vector<std::string>& regex_places() const { return regex_places_; }

 private:
  // An object whose members are joined by AND.
  Result<Filter> clause(const JsonValue& json, const FilterPlace& place) {
    const auto* object = json.get_if<JsonObject>();
    if (object == nullptr) return filter_error(place, "expected an object, not " + kind_with_article(json));
    if (object->empty()) return filter_error(place, "an empty object may only stand alone");
    if (Status status = check_keys(*object, place); !status) return std::move(status).error();
    std::vector<Filter> members;
    members.reserve(object->size());
    for (const auto& [key, value] : *object) {
      auto filter = member(key, value, place);
      if (!filter) return filter;
      members.push_back(*std::move(filter));
    }
    return Filter::make(FilterOperator::all_of, {}, {}, std::move(members));
  }

  // Other readers of JSON keep the last of two members of one name: what is meant cannot be known.
  static Status check_keys(const JsonObject& object, const FilterPlace& place) {
    std::set<std::string_view> keys;
    for (const auto& [key, value] : object) {
      if (keys.insert(key).second) continue;
      return filter_error(place, "the key " + in_quotes(key) + " stands twice; join the conditions by $and");
    }
    return {};
  }

  // One member of a clause: an operator that combines, a condition on the text, or a field.
  Result<Filter> member(const std::string& key, const JsonValue& value, const FilterPlace& place) {
    if (key == kDocumentKey) return document(value, {&place, kDocumentKey});
    if (!key.starts_with('$')) return field(key, value, place);
    if (const auto junction = find_operator(OperatorGroup::junction, key)) {
      return clauses(*junction, value, place, &FilterParser::clause);
    }
    if (key == "$not") return negated(clause(value, {&place, "$not"}));
    if (const auto text = find_operator(OperatorGroup::text, key)) return text_condition(*text, value, place);
    if (find_operator(OperatorGroup::field, key)) {
      return filter_error(place, key + " needs a field, as in {\"year\": {\"" + key + "\": ...}}");
    }
    return filter_error(place, unknown_operator(key, operator_names(OperatorGroup::junction) + ", $not, " +
                                                         operator_names(OperatorGroup::text)));
  }

  using ReadClause = Result<Filter> (FilterParser::*)(const JsonValue&, const FilterPlace&);

  // The list of an $and or $or; `read` reads one clause of it.
  Result<Filter> clauses(FilterOperator operation, const JsonValue& json, const FilterPlace& place, ReadClause read) {
    const std::string name(operator_name(operation));
    const auto* array = json.get_if<JsonArray>();
    if (array == nullptr) return filter_error(place, name + " takes a list of clauses, not " + kind_with_article(json));
    if (array->size() < 2) {
      return filter_error(place, name + " takes at least two clauses, not " + std::to_string(array->size()));
    }
    std::vector<Filter> children;
    children.reserve(array->size());
    for (std::size_t i = 0; i < array->size(); ++i) {
      auto child = (this->*read)((*array)[i], {&place, name, i});
      if (!child) return child;
      children.push_back(*std::move(child));
    }
    return Filter::make(operation, {}, {}, std::move(children));
  }

  static Result<Filter> negated(Result<Filter> filter) {
    if (!filter) return filter;
    return !*filter;
  }

  // The one member of an operator object.
  static Result<const JsonObject::value_type*> only_member(const JsonValue& json, const FilterPlace& place) {
    const auto* object = json.get_if<JsonObject>();
    if (object == nullptr) {
      return filter_error(place, "expected an object with one operator, not " + kind_with_article(json));
    }
    if (object->size() == 1) return &object->front();
    return filter_error(place,
                        "expected one operator, not " + std::to_string(object->size()) + "; join conditions by $and");
  }

  // What stands under "#document": conditions on the text alone.
  Result<Filter> document(const JsonValue& json, const FilterPlace& place) {
    const auto found = only_member(json, place);
    if (!found) return found.error();
    const auto& [name, operand] = **found;
    if (const auto junction = find_operator(OperatorGroup::junction, name)) {
      return clauses(*junction, operand, place, &FilterParser::document);
    }
    if (name == "$not") return negated(document(operand, {&place, "$not"}));
    if (const auto text = find_operator(OperatorGroup::text, name)) return text_condition(*text, operand, place);
    return filter_error(place, unknown_operator(name, operator_names(OperatorGroup::text) + ", " +
                                                          operator_names(OperatorGroup::junction) + ", $not"));
  }

  // Expressions are compiled when the whole is read, since they share memory; until then keep the place.
  Result<Filter> text_condition(FilterOperator operation, const JsonValue& json, const FilterPlace& place) {
    auto operand = scalar(operator_name(operation), json, place);
    if (!operand) return std::move(operand).error();
    if (operation == FilterOperator::text_regex || operation == FilterOperator::text_not_regex) {
      regex_places_.push_back(describe(place));
    }
    return checked(Filter::make(operation, {}, {*std::move(operand)}), place);
  }

  // `{"year": 2020}`, short for $eq, or `{"year": {"$gt": 2020}}`.
  Result<Filter> field(const std::string& key, const JsonValue& json, const FilterPlace& outer) {
    const FilterPlace place = {&outer, key};
    if (json.get_if<JsonObject>() != nullptr) return field_operators(key, json, place);
    auto operand = scalar("$eq", json, place);
    if (!operand) return std::move(operand).error();
    return checked(Filter::make(FilterOperator::equal, key, {*std::move(operand)}), place);
  }

  // What stands right of a key, or of a $not there.
  Result<Filter> field_operators(const std::string& key, const JsonValue& json, const FilterPlace& place) {
    const auto found = only_member(json, place);
    if (!found) return found.error();
    const auto& [name, operand] = **found;
    if (name == "$not") return negated(field_operators(key, operand, {&place, "$not"}));
    const auto operation = find_operator(OperatorGroup::field, name);
    if (!operation) {
      return filter_error(place, unknown_operator(name, operator_names(OperatorGroup::field) + ", $not"));
    }
    if (*operation == FilterOperator::exists) return exists(key, operand, place);
    auto operands = values(*operation, operand, place);
    if (!operands) return std::move(operands).error();
    return checked(Filter::make(*operation, key, *std::move(operands)), place);
  }

  // `$exists: false` is the negation; a filter has no operator of its own for it.
  static Result<Filter> exists(const std::string& key, const JsonValue& json, const FilterPlace& place) {
    const bool* wanted = json.get_if<bool>();
    if (wanted == nullptr) return filter_error(place, "$exists takes true or false, not " + kind_with_article(json));
    auto condition = checked(Filter::make(FilterOperator::exists, key, {}), place);
    return *wanted ? std::move(condition) : negated(std::move(condition));
  }

  // One scalar, or a list of them for $in and $nin. What kinds suit is left to check_condition.
  static Result<std::vector<Value>> values(FilterOperator operation, const JsonValue& json, const FilterPlace& place) {
    const std::string_view name = operator_name(operation);
    std::vector<Value> values;
    if (operation != FilterOperator::in && operation != FilterOperator::not_in) {
      auto value = scalar(name, json, place);
      if (!value) return std::move(value).error();
      values.push_back(*std::move(value));
      return values;
    }
    const auto* array = json.get_if<JsonArray>();
    if (array == nullptr) {
      return filter_error(place, std::string(name) + " takes a list of values, not " + kind_with_article(json));
    }
    values.reserve(array->size());
    for (const JsonValue& element : *array) {
      auto value = scalar(name, element, place);
      if (!value) return std::move(value).error();
      values.push_back(*std::move(value));
    }
    return values;
  }

  // A rounded integer would match rows that it does not equal, so it is an error.
  static Result<Value> scalar(std::string_view operation, const JsonValue& json, const FilterPlace& place) {
    if (json.rounded_integer) return filter_error(place, too_large(operation, *json.get_if<double>()));
    if (const auto* text = json.get_if<std::string>()) return Value(*text);
    if (const auto* integer = json.get_if<std::int64_t>()) return Value(*integer);
    if (const auto* real = json.get_if<double>()) return Value(*real);
    if (const auto* truth = json.get_if<bool>()) return Value(*truth);
    return filter_error(place,
                        std::string(operation) + " takes a string, number or boolean, not " + kind_with_article(json));
  }

  static std::string too_large(std::string_view operation, double number) {
    std::array<char, 32> buffer;
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
    return std::string(operation) + ": an integer of about " + std::string(buffer.data(), end) +
           " is above the limit of " + std::to_string(std::numeric_limits<std::int64_t>::max()) +
           "; a real has a point or an exponent";
  }

  // Checks a condition as soon as it is read, while the place in the JSON is known.
  static Result<Filter> checked(Filter condition, const FilterPlace& place) {
    Status status = check_condition(condition);
    if (!status) return filter_error(place, std::move(status).error());
    return condition;
  }

  std::vector<std::string> regex_places_;
};

Result<Filter> parse_filter(std::string_view text) {
  auto json = parse_json(text, {.max_bytes = kMaxFilterBytes, .max_depth = kMaxJsonDepth});
  if (!json) return filter_error({}, std::move(json).error());
  FilterParser parser;
  auto filter = parser.parse(*json);
  if (!filter) return filter;
  // Depth, count, and the size of the canonical form, which may be longer than the text that was read.
  if (Status status = check_tree(*filter); !status) return std::move(status).error();
  const auto regexes = compile_regexes(*filter, parser.regex_places());
  if (!regexes) return regexes.error();
  return filter;
}

}  // namespace

Result<Filter> Filter::parse(std::string_view json) {
  return guarded([&] { return parse_filter(json); });
}

}  // namespace scaup::inline v0
