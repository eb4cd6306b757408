#pragma once
// What a query must answer, computed in the plainest way: every document, one condition after the other.

#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "filter/evaluator.hpp"
#include "scaup/collection.hpp"
#include "support/catch.hpp"
#include "support/vectors.hpp"

namespace scaup::test {

/// The name of the group of a value, made without the library's own comparison.
struct GroupNamer {
  std::string operator()(const std::string& text) const { return "text " + text; }
  std::string operator()(std::int64_t number) const { return "number " + std::to_string(number); }
  std::string operator()(double number) const {
    if (std::trunc(number) == number && std::abs(number) < 1e15) return (*this)(static_cast<std::int64_t>(number));
    return "number " + std::to_string(number);  // the tests have no reals that differ after six digits
  }
  std::string operator()(bool truth) const { return truth ? "true" : "false"; }
  template <typename Element>
  std::string operator()(const std::vector<Element>& list) const {
    std::string name = "list of " + std::string(to_string(Value(list).type()));
    for (const Element& element : list) name += "," + (*this)(element);
    return name;
  }
};

inline std::string group_name(const Value& value) {
  return std::visit(GroupNamer{}, value.storage());
}

/// The difference of two directions in double.
inline std::vector<float> naive_difference(const std::vector<float>& query, const std::vector<float>& negative) {
  const auto length = [](const std::vector<float>& vector) {
    double sum = 0;
    for (const float x : vector) sum += static_cast<double>(x) * static_cast<double>(x);
    return std::sqrt(sum);
  };
  std::vector<float> difference(query.size());
  for (std::size_t i = 0; i < query.size(); ++i) {
    difference[i] = static_cast<float>(static_cast<double>(query[i]) / length(query) -
                                       static_cast<double>(negative[i]) / length(negative));
  }
  return difference;
}

/// For a query by vector whose negative part, if any, is a vector in filter mode with a threshold.
inline std::vector<Scored> naive_query(Metric metric, const std::vector<Document>& documents,
                                       const std::vector<float>& query, const QueryOptions& options) {
  const auto evaluator = require_ok(FilterEvaluator::prepare(options.filter));
  std::vector<NamedVector> left;
  std::map<std::string, std::string> group_of;  // by id
  for (const Document& document : documents) {
    if (!evaluator.matches(document.text, document.metadata)) continue;
    if (options.negative &&
        require_ok(score(metric, *document.embedding, options.negative->vector)) > *options.negative->threshold) {
      continue;
    }
    if (options.min_score && require_ok(score(metric, query, *document.embedding)) < *options.min_score) continue;
    if (!options.group_by.empty() && !document.metadata.contains(options.group_by)) continue;
    if (!options.group_by.empty()) group_of[document.id] = group_name(document.metadata.at(options.group_by));
    left.push_back({document.id, *document.embedding});
  }
  std::vector<Scored> all = brute_force(metric, left, query, left.size());
  std::map<std::string, bool> seen;
  if (!options.group_by.empty()) {
    std::erase_if(all, [&](const Scored& scored) { return !seen.emplace(group_of[scored.id], true).second; });
  }
  all.resize(std::min(options.k, all.size()));
  return all;
}

inline void require_same(const QueryResult& result, const std::vector<Scored>& expected) {
  REQUIRE(result.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    INFO("rank " << i + 1);
    REQUIRE(Scored{result[i].document.id, result[i].score} == expected[i]);
    REQUIRE(result[i].rank == i + 1);
  }
}

}  // namespace scaup::test
