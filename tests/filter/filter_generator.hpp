#pragma once
// Random filters, made by the builder and written as JSON at the same time, and random rows. Values come
// from small pools, so that they meet.

#include <cstdint>
#include <cstdio>
#include <limits>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "filter/naive_evaluator.hpp"
#include "scaup/filter.hpp"

namespace scaup::test {

/// A filter, and one of the ways to write it.
struct WrittenFilter {
  Filter filter = {};
  std::vector<std::pair<std::string, std::string>> members = {};  ///< of the JSON object: key and JSON text

  [[nodiscard]] std::string json() const {
    std::string out = "{";
    for (const auto& [key, value] : members) out += (out.size() > 1 ? ", \"" : "\"") + key + "\": " + value;
    return out + "}";
  }
};

class FilterGenerator {
 public:
  explicit FilterGenerator(std::uint64_t seed) : random_(seed) {}

  WrittenFilter filter(std::size_t levels) {
    if (levels <= 1 || chance(3)) return condition();
    switch (below(5)) {
      case 0: return negation(filter(levels - 1));
      case 1: return under_document(levels - 1);
      case 2: return junction("$or", FilterOperator::any_of, filters(levels - 1));
      default: return conjunction(levels - 1);
    }
  }

  Row row() {
    Row row;
    for (const char* word : kWords) {
      if (chance(2)) row.text += std::string(word) + " ";
    }
    for (const char* key : kKeys) {
      if (!chance(3)) row.metadata.emplace(key, chance(3) ? list_value() : pick(values()));
    }
    return row;
  }

 private:
  static constexpr const char* kKeys[] = {"a", "b", "year", "caf\xC3\xA9", "with space", "a.b"};
  static constexpr const char* kWords[] = {"storm", "sea", "Storm", "1987", "caf\xC3\xA9", "x"};
  // Each with its meaning in NaiveEvaluator::expression_found.
  static constexpr const char* kExpressions[] = {"st.rm", "[0-9]+", "^storm", "sea|x", "(sea )?x", "S[a-z]*m"};

  std::size_t below(std::size_t limit) { return random_() % limit; }
  bool chance(std::size_t one_in) { return below(one_in) == 0; }

  template <typename Pool>
  auto pick(const Pool& pool) -> std::decay_t<decltype(*std::begin(pool))> {
    return pool[below(std::size(pool))];
  }

  static const std::vector<Value>& strings() {
    static const std::vector<Value> pool = {"", "a", "ab", "abc", "b", "2020", "caf\xC3\xA9", "\"\\/"};
    return pool;
  }

  static const std::vector<Value>& numbers() {
    constexpr std::int64_t two53 = std::int64_t{1} << 53;
    static const std::vector<Value> pool = {0,
                                            0.0,
                                            -0.0,
                                            1,
                                            1.0,
                                            -1,
                                            0.5,
                                            2020,
                                            2020.0,
                                            2020.5,
                                            two53,
                                            two53 + 1,
                                            9007199254740992.0,
                                            9007199254740994.0,
                                            std::numeric_limits<std::int64_t>::max(),
                                            std::numeric_limits<std::int64_t>::min(),
                                            9223372036854775808.0,
                                            -9223372036854775808.0,
                                            1e300,
                                            5e-324};
    return pool;
  }

  static const std::vector<Value>& booleans() {
    static const std::vector<Value> pool = {true, false};
    return pool;
  }

  // The values of one kind.
  const std::vector<Value>& values() {
    const std::size_t kind = below(5);
    return kind < 2 ? strings() : kind < 4 ? numbers() : booleans();
  }

  Value list_value() {
    switch (below(4)) {
      case 0: return list_of<std::string>(strings());
      case 1: return list_of<std::int64_t>(numbers());
      case 2: return list_of<double>(numbers());
      default: return list_of<bool>(booleans());
    }
  }

  // Those picked values that have the type of the element.
  template <typename T>
  Value list_of(const std::vector<Value>& pool) {
    std::vector<T> list;
    for (std::size_t i = below(6); i > 0; --i) {
      const Value value = pick(pool);
      if (const T* element = value.get_if<T>()) list.push_back(*element);
    }
    return list;
  }

  // Written here and not by src/json, in another of the forms that JSON allows.
  std::string json(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) out += c == '"' ? "\\u0022" : c == '\\' ? "\\\\" : c == '/' ? "\\/" : std::string(1, c);
    return out + "\"";
  }

  std::string json(const Value& value) {
    if (const auto* text = value.get_if<std::string>()) return json(*text);
    if (const auto* truth = value.get_if<bool>()) return *truth ? "true" : "false";
    if (const auto* integer = value.get_if<std::int64_t>()) return std::to_string(*integer);
    char buffer[64];
    std::snprintf(buffer, sizeof buffer, "%.17e", *value.get_if<double>());
    return buffer;
  }

  static std::string object(const std::string& name, const std::string& value) {
    return "{\"" + name + "\": " + value + "}";
  }

  WrittenFilter condition() { return chance(4) ? text_condition() : field_condition(); }

  WrittenFilter text_condition() {
    const std::string part = pick(kWords);
    const std::string expression = pick(kExpressions);
    WrittenFilter made;
    switch (below(4)) {
      case 0: made = {text().contains(part), {{"$contains", json(part)}}}; break;
      case 1: made = {text().not_contains(part), {{"$not_contains", json(part)}}}; break;
      case 2: made = {text().matches(expression), {{"$regex", json(expression)}}}; break;
      default: made = {text().not_matches(expression), {{"$not_regex", json(expression)}}}; break;
    }
    if (chance(2)) made.members = {{"#document", made.json()}};
    return made;
  }

  // The key stands in the pair; the JSON is what belongs right of it.
  WrittenFilter field_condition() {
    const std::string key = pick(kKeys);
    auto [filter, json] = field_operator(key);
    while (chance(6)) {
      if (json.front() != '{') break;  // the short form of $eq takes no $not
      filter = !filter;
      json = object("$not", json);
    }
    return {filter, {{key, json}}};
  }

  std::pair<Filter, std::string> field_operator(const std::string& key) {
    const Field on = field(key);
    const Value any = pick(values());
    const Value ordered = pick(chance(2) ? strings() : numbers());
    const Value string = pick(strings());
    switch (below(15)) {
      case 0: return {on == any, json(any)};
      case 1: return {on == any, object("$eq", json(any))};
      case 2: return {on != any, object("$ne", json(any))};
      case 3: return {on < ordered, object("$lt", json(ordered))};
      case 4: return {on <= ordered, object("$lte", json(ordered))};
      case 5: return {on > ordered, object("$gt", json(ordered))};
      case 6: return {on >= ordered, object("$gte", json(ordered))};
      case 7: return one_of(on);
      case 8: return none_of(on);
      case 9: return {on.exists(), object("$exists", "true")};
      case 10: return {!on.exists(), object("$exists", "false")};
      case 11: return {on.starts_with(*string.get_if<std::string>()), object("$prefix", json(string))};
      case 12: return {on.not_contains(any), object("$not_contains", json(any))};
      default: return {on.contains(any), object("$contains", json(any))};
    }
  }

  std::pair<std::vector<Value>, std::string> operand_list() {
    const std::vector<Value>& pool = values();
    std::vector<Value> list;
    std::string text = "[";
    for (std::size_t i = 1 + below(5); i > 0; --i) {
      list.push_back(pick(pool));
      text += (text.size() > 1 ? ", " : "") + json(list.back());
    }
    return {list, text + "]"};
  }

  std::pair<Filter, std::string> one_of(const Field& on) {
    const auto [list, text] = operand_list();
    return {on.in(list), object("$in", text)};
  }

  std::pair<Filter, std::string> none_of(const Field& on) {
    const auto [list, text] = operand_list();
    return {on.not_in(list), object("$nin", text)};
  }

  static WrittenFilter negation(const WrittenFilter& inner) { return {!inner.filter, {{"$not", inner.json()}}}; }

  std::vector<WrittenFilter> filters(std::size_t levels) {
    std::vector<WrittenFilter> list;
    for (std::size_t i = 2 + below(3); i > 0; --i) list.push_back(filter(levels));
    return list;
  }

  static WrittenFilter junction(const std::string& name, FilterOperator operation,
                                const std::vector<WrittenFilter>& parts) {
    std::vector<Filter> children;
    std::string text = "[";
    for (const WrittenFilter& part : parts) {
      children.push_back(part.filter);
      text += (text.size() > 1 ? ", " : "") + part.json();
    }
    return {Filter::make(operation, {}, {}, children), {{name, text + "]"}}};
  }

  // Several keys in one object mean AND, where no key stands twice.
  WrittenFilter conjunction(std::size_t levels) {
    const auto parts = filters(levels);
    WrittenFilter together;
    std::vector<Filter> children;
    std::set<std::string> keys;
    for (const WrittenFilter& part : parts) {
      children.push_back(part.filter);
      together.members.push_back(part.members.front());
      keys.insert(part.members.front().first);
      if (part.members.size() > 1) return junction("$and", FilterOperator::all_of, parts);
    }
    if (keys.size() < parts.size()) return junction("$and", FilterOperator::all_of, parts);
    together.filter = Filter::make(FilterOperator::all_of, {}, {}, children);
    return together;
  }

  WrittenFilter under_document(std::size_t levels) {
    const WrittenFilter inner = document_part(levels);
    return {inner.filter, {{"#document", inner.json()}}};
  }

  WrittenFilter document_part(std::size_t levels) {
    if (levels <= 1 || chance(3)) {
      const std::string part = pick(kWords);
      return {text().contains(part), {{"$contains", json(part)}}};
    }
    if (chance(4)) return negation(document_part(levels - 1));
    const std::vector<WrittenFilter> parts = {document_part(levels - 1), document_part(levels - 1)};
    if (chance(2)) return junction("$or", FilterOperator::any_of, parts);
    return junction("$and", FilterOperator::all_of, parts);
  }

  std::mt19937_64 random_;
};

}  // namespace scaup::test
