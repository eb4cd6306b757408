// Filter::validate on what the builder cannot report.

#include "filter/filter_check.hpp"

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "support/catch.hpp"

using namespace scaup;
using scaup::test::require_error;
using scaup::test::require_ok;

namespace {

const Filter good = field("a") == 1;

void refuses(const Filter& filter, std::string_view message) {
  const Status status = filter.validate();
  require_error(status, ErrorCode::invalid_argument);
  REQUIRE(status.error().message() == message);
}

Filter levels(std::size_t count) {
  Filter filter = good;
  for (std::size_t i = 1; i < count; ++i) filter = !filter;
  return filter;
}

Filter conditions(std::size_t count) {
  return Filter::make(FilterOperator::any_of, {}, {}, std::vector<Filter>(count, good));
}

}  // namespace

TEST_CASE("validate: every operator with a fitting operand is accepted") {
  for (const Filter& filter :
       {field("k") == "", field("k") != 1.5, field("k") < "x", field("k") <= 1, field("k") > -1.0, field("k") >= 0,
        field("k").in({true, false}), field("k").not_in({1, 1.5}), field("k").exists(), field("k").starts_with(""),
        field("k").contains("x"), field("k").not_contains(true), text().contains("x"), text().not_contains("x"),
        text().matches("(?i)x+"), text().not_matches("^x")}) {
    INFO(filter.to_json());
    require_ok(filter.validate());
    require_ok((!filter && (filter || good)).validate());
  }
}

TEST_CASE("validate: a key that metadata could not have is refused") {
  refuses(field("") == 1, "filter: at \"\": key: empty; it takes 1 to 1024 bytes");
  refuses(field("$gt") == 1, "filter: at $gt: key \"$gt\": begins with '$', as only operators of filters do");
  refuses(field("#document").exists(),
          "filter: at #document: key \"#document\": means the text of a document in filters");
  refuses(field("a\xFF") == 1, "filter: at \"a\\xff\": key \"a\\xff\": byte 0xff at offset 1 is not UTF-8");
  require_error((field(std::string(1025, 'k')) == 1).validate(), ErrorCode::invalid_argument, {"1025", "1024"});
  require_ok((field(std::string(1024, 'k')) == 1).validate());
}

TEST_CASE("validate: an operand of the wrong kind is refused") {
  refuses(field("k") == Value(Value::StringList{"x"}),
          "filter: at k: $eq takes a string, number or boolean, not a string list");
  refuses(field("k").contains(Value::IntegerList{1}),
          "filter: at k: $contains takes a string, number or boolean, not an integer list");
  refuses(field("k") > true, "filter: at k: $gt takes a number or a string, not a boolean");
  refuses(field("k") <= Value::RealList{1.0}, "filter: at k: $lte takes a string, number or boolean, not a real list");
  refuses(Filter::make(FilterOperator::prefix, "k", {1}), "filter: at k: $prefix takes a string, not an integer");
  refuses(Filter::make(FilterOperator::text_contains, {}, {1.5}), "filter: $contains takes a string, not a real");
  refuses(text().contains(""), "filter: $contains takes a string that is not empty");
  refuses(text().not_contains(""), "filter: $not_contains takes a string that is not empty");
  refuses(text().matches(""), "filter: $regex takes a string that is not empty");
  refuses(text().not_matches(""), "filter: $not_regex takes a string that is not empty");
}

TEST_CASE("validate: operands that are no number or no text are refused") {
  refuses(field("k") == std::numeric_limits<double>::quiet_NaN(),
          "filter: at k: $eq: the operand nan is not a finite number");
  refuses(field("k") < std::numeric_limits<double>::infinity(),
          "filter: at k: $lt: the operand infinity is not a finite number");
  refuses(field("k").in({1.0, -std::numeric_limits<double>::infinity()}),
          "filter: at k: $in: the operand infinity is not a finite number");
  refuses(field("k") == "ab\xC3", "filter: at k: $eq: byte 0xc3 at offset 2 is not UTF-8");
  refuses(text().contains("\xED\xA0\x80"), "filter: $contains: byte 0xed at offset 0 is not UTF-8");
}

TEST_CASE("validate: the lists of in and not_in have one kind and at least one value") {
  refuses(field("k").in({}), "filter: at k: $in takes at least one value; the list is empty");
  refuses(field("k").not_in({}), "filter: at k: $nin takes at least one value; the list is empty");
  refuses(field("k").in({"x", 1}),
          "filter: at k: $in takes values of one kind; value 0 is a string, value 1 is an integer");
  refuses(field("k").in({1, 2.0, true}),
          "filter: at k: $in takes values of one kind; value 0 is an integer, value 2 is a boolean");
  refuses(field("k").not_in({Value::StringList{}}),
          "filter: at k: $nin takes a string, number or boolean, not a string list");
}

TEST_CASE("validate: nodes that no builder function makes are refused") {
  using enum FilterOperator;
  refuses(Filter::make(equal, "k", {}), "filter: at k: $eq takes one operand, not 0");
  refuses(Filter::make(equal, "k", {1, 2}), "filter: at k: $eq takes one operand, not 2");
  refuses(Filter::make(exists, "k", {true}), "filter: at k: $exists takes no operand, not 1");
  refuses(Filter::make(text_contains, {}, {}), "filter: $contains takes one operand, not 0");
  refuses(Filter::make(text_contains, "k", {"x"}), "filter: $contains takes no key, for it asks about the text");
  refuses(Filter::make(equal, "k", {1}, {good}), "filter: at k: $eq takes no clauses");
  refuses(Filter::make(negation, {}, {}), "filter: $not takes one clause, not 0");
  refuses(Filter::make(negation, {}, {}, {good, good}), "filter: $not takes one clause, not 2");
  refuses(Filter::make(all_of, "k", {}, {good, good}), "filter: $and takes clauses alone, no key and no values");
  refuses(Filter::make(any_of, {}, {1}, {good, good}), "filter: $or takes clauses alone, no key and no values");
  refuses(Filter::make(static_cast<FilterOperator>(99), "k", {1}), "filter: there is no operator with the number 99");
}

TEST_CASE("validate: the empty filter may only stand alone") {
  refuses(!Filter(), "filter: at $not: the empty filter may only stand alone");
  refuses(Filter::make(FilterOperator::any_of, {}, {}, {good, Filter()}),
          "filter: at $or[1]: the empty filter may only stand alone");
}

TEST_CASE("validate: messages name the place in the tree") {
  const Filter bad = field("year") > true;
  refuses(good && bad, "filter: at $and[1].year: $gt takes a number or a string, not a boolean");
  refuses(good && !(good || good || bad),
          "filter: at $and[1].$not.$or[2].year: $gt takes a number or a string, not a boolean");
  refuses(good && (field("a.b [0]") > true),
          "filter: at $and[1].\"a.b [0]\": $gt takes a number or a string, not a boolean");
}

TEST_CASE("validate: a regular expression that RE2 does not read is refused with its reason") {
  refuses(text().matches("("), "filter: $regex: bad regular expression \"(\": missing ), at \"(\"");
  refuses(good && text().not_matches("a**"),
          "filter: at $and[1]: $not_regex: bad regular expression \"a**\": bad repetition operator, at \"**\"");
  require_error(text().matches("(?=x)").validate(), ErrorCode::invalid_argument, {"$regex", "(?="});
  require_error(text().matches("((((a{100}){100}){100}){100})").validate(), ErrorCode::invalid_argument, {"$regex"});
  require_error(text().matches("(" + std::string(100'000, 'x')).validate(), ErrorCode::invalid_argument, {"xxx\"..."});
}

TEST_CASE("validate: levels are limited to 64") {
  require_ok(levels(64).validate());
  refuses(levels(65), "filter: more than the limit of 64 levels");
}

TEST_CASE("validate: conditions are limited to 10,000") {
  require_ok(conditions(10'000).validate());
  refuses(conditions(10'001), "filter: more than the limit of 10000 conditions");
  refuses(conditions(5'001) && conditions(5'000), "filter: more than the limit of 10000 conditions");
}

TEST_CASE("validate: the filter as JSON is limited to 1 MiB, as parse is") {
  const std::size_t rest = text().contains("x").to_json().size() - 1;
  require_ok(text().contains(std::string(kMaxFilterBytes - rest, 'x')).validate());
  refuses(text().contains(std::string(kMaxFilterBytes - rest + 1, 'x')),
          "filter: more than the limit of 1048576 bytes as JSON");
  refuses(field("k") == std::string(kMaxFilterBytes / 2, '"'), "filter: more than the limit of 1048576 bytes as JSON");
}

TEST_CASE("validate: many regular expressions share the memory") {
  std::vector<Filter> children;
  for (int i = 0; i < 2'000; ++i) children.push_back(text().matches("word" + std::to_string(i)));
  require_ok(Filter::make(FilterOperator::any_of, {}, {}, children).validate());
  // Fits alone, but not into its part of what 2,000 share.
  std::string expression;
  for (int i = 0; i < 20; ++i) expression += "[a-z]{1000}";
  const Filter large = text().matches(expression);
  require_ok(large.validate());
  children.push_back(large);
  require_error(Filter::make(FilterOperator::any_of, {}, {}, children).validate(), ErrorCode::invalid_argument,
                {"$or[2000]", "too large"});
}
