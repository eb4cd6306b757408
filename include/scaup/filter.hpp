#pragma once
// Filter: which documents count. Built in C++ or parsed from JSON; a tree that stores can inspect.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scaup/config.hpp"
#include "scaup/document.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// What one node of a filter asks. "field" is a metadata key, "text" the text of the document.
enum class FilterOperator : std::uint8_t {
  everything,         ///< the empty filter: every document
  all_of,             ///< every child holds ($and)
  any_of,             ///< at least one child holds ($or)
  negation,           ///< its one child does not hold ($not)
  equal,              ///< $eq; false where the field is missing
  not_equal,          ///< $ne; true where the field is missing
  less,               ///< $lt; the four orderings are false where the field is missing or of another kind
  less_equal,         ///< $lte
  greater,            ///< $gt
  greater_equal,      ///< $gte
  in,                 ///< $in: equal to one of the values
  not_in,             ///< $nin: not `in`, so true where the field is missing
  exists,             ///< $exists
  prefix,             ///< $prefix: a string field that begins with these bytes
  contains,           ///< $contains on a field: a list field that has this element
  not_contains,       ///< $not_contains on a field: not `contains`, so true where the field is missing
  text_contains,      ///< $contains: the text holds these bytes, case-sensitive
  text_not_contains,  ///< $not_contains
  text_regex,         ///< $regex: RE2 finds the expression somewhere in the text
  text_not_regex,     ///< $not_regex
};

/// A condition on documents: an immutable tree, cheap to copy.
///
/// Comparison: an integer and a real compare by their exact numeric value (1 equals 1.0); strings by
/// bytes; a boolean equals only booleans; values of different kinds are neither equal nor ordered. A
/// list field takes part in `contains` alone; every other comparison with it is false, so that `!=` and
/// `not_in`, the negations, hold.
///
/// A mistake that the builder cannot report (a list as the operand of `==`, a bad regular expression,
/// a key beginning with '$') is reported by `validate()`, and by every call that takes the filter.
///
/// Thread-compatible: const members concurrently; a non-const member needs exclusive access.
class SCAUP_API Filter {
 public:
  /// The empty filter: it holds for every document. A removal refuses it.
  Filter();

  /// Reads Chroma's filter language, where and where-document in one object, extended by `$not`,
  /// `$exists`, `$prefix` and ranges of strings:
  ///     {"year": {"$gte": 2020}, "$not": {"draft": true}, "#document": {"$contains": "storm"}}
  /// Several keys are joined by AND. A text condition stands alone as `{"$contains": "storm"}` or under
  /// "#document". `{}` is the empty filter. At most 1 MiB, 64 levels and 10,000 conditions.
  ///
  /// Errors: `invalid_argument`, naming the place in the tree and the operator at fault.
  [[nodiscard]] static Result<Filter> parse(std::string_view json);

  /// The filter as JSON that `parse` reads back to an equal filter. Of a filter that is not valid: text
  /// for people, cut off soon after 1 MiB.
  [[nodiscard]] std::string to_json() const;

  /// Whether this is the empty filter.
  [[nodiscard]] bool empty() const noexcept;

  /// Checks operands, keys, regular expressions, and the limits of `parse`, that of 1 MiB for the filter as
  /// JSON too. Errors: `invalid_argument`, naming the place in the tree and the operator at fault.
  [[nodiscard]] Status validate() const;

  // The tree, for those who translate or evaluate it.
  [[nodiscard]] FilterOperator operation() const noexcept;
  [[nodiscard]] const std::string& key() const noexcept;            ///< of a field condition, else empty
  [[nodiscard]] std::span<const Value> values() const noexcept;     ///< operands; text is a string value
  [[nodiscard]] std::span<const Filter> children() const noexcept;  ///< of all_of, any_of, negation

  /// Makes a node. Nothing is checked here, see `validate()`. all_of and any_of of one child are that
  /// child; of no child, the empty filter.
  [[nodiscard]] static Filter make(FilterOperator operation, std::string key, std::vector<Value> values,
                                   std::vector<Filter> children = {});

  /// Same tree: operators, keys, values and the order of children.
  friend SCAUP_API bool operator==(const Filter& a, const Filter& b);

  friend SCAUP_API Filter operator&&(const Filter& a, const Filter& b);  ///< the empty filter is neutral
  friend SCAUP_API Filter operator||(const Filter& a, const Filter& b);  ///< the empty filter absorbs
  friend SCAUP_API Filter operator!(const Filter& a);

 private:
  struct Node;
  explicit Filter(std::shared_ptr<const Node> node);
  std::shared_ptr<const Node> node_;  // null for the empty filter
};

/// Names a metadata field in a filter: `field("year") >= 2020`.
/// Thread-compatible: const members concurrently; a non-const member needs exclusive access.
class SCAUP_API Field {
 public:
  explicit Field(std::string key);

  [[nodiscard]] Filter exists() const;
  [[nodiscard]] Filter in(std::vector<Value> values) const;  ///< one kind; an empty list is refused
  [[nodiscard]] Filter not_in(std::vector<Value> values) const;
  [[nodiscard]] Filter starts_with(std::string prefix) const;
  [[nodiscard]] Filter contains(Value element) const;  ///< for list fields
  [[nodiscard]] Filter not_contains(Value element) const;

  friend SCAUP_API Filter operator==(const Field& field, const Value& value);
  friend SCAUP_API Filter operator!=(const Field& field, const Value& value);
  friend SCAUP_API Filter operator<(const Field& field, const Value& value);
  friend SCAUP_API Filter operator<=(const Field& field, const Value& value);
  friend SCAUP_API Filter operator>(const Field& field, const Value& value);
  friend SCAUP_API Filter operator>=(const Field& field, const Value& value);

 private:
  std::string key_;
};

/// Names the text of the document in a filter: `text().contains("storm")`.
/// Thread-compatible: const members concurrently; a non-const member needs exclusive access.
class SCAUP_API TextField {
 public:
  [[nodiscard]] Filter contains(std::string part) const;
  [[nodiscard]] Filter not_contains(std::string part) const;
  [[nodiscard]] Filter matches(std::string regex) const;  ///< RE2 syntax, found anywhere in the text
  [[nodiscard]] Filter not_matches(std::string regex) const;
};

[[nodiscard]] SCAUP_API Field field(std::string key);
[[nodiscard]] SCAUP_API TextField text();

}  // namespace scaup::inline v0
