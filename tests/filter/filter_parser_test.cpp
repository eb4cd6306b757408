// Filter::parse and to_json: the language, and every way to get it wrong.

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "filter/filter_check.hpp"
#include "scaup/filter.hpp"
#include "support/catch.hpp"

using namespace scaup;
using scaup::test::require_error;
using scaup::test::require_ok;

namespace {

void reads(std::string_view json, const Filter& expected) {
  INFO(json);
  const Filter filter = require_ok(Filter::parse(json));
  INFO(filter.to_json());
  REQUIRE(filter == expected);
  require_ok(filter.validate());
  REQUIRE(require_ok(Filter::parse(filter.to_json())) == filter);
}

void refuses(std::string_view json, std::string_view message) {
  INFO(json);
  const auto filter = Filter::parse(json);
  require_error(filter, ErrorCode::invalid_argument);
  REQUIRE(filter.error().message() == message);
}

Filter all(std::vector<Filter> children) {
  return Filter::make(FilterOperator::all_of, {}, {}, std::move(children));
}

Filter any(std::vector<Filter> children) {
  return Filter::make(FilterOperator::any_of, {}, {}, std::move(children));
}

const Filter a = field("a") == 1;
const Filter b = field("b") == 2;
const Filter c = field("c") == 3;

}  // namespace

TEST_CASE("parse: {} is the empty filter") {
  reads("{}", Filter());
  reads(" \n{ }\t", Filter());
}

TEST_CASE("parse: a field with a scalar means $eq") {
  reads(R"({"a": 1})", field("a") == 1);
  reads(R"({"a": 1.0})", field("a") == 1.0);
  reads(R"({"a": "x"})", field("a") == "x");
  reads(R"({"a": ""})", field("a") == "");
  reads(R"({"a": false})", field("a") == false);
}

TEST_CASE("parse: each operator of a field is read") {
  reads(R"({"k": {"$eq": 1}})", field("k") == 1);
  reads(R"({"k": {"$ne": "x"}})", field("k") != "x");
  reads(R"({"k": {"$gt": 1}})", field("k") > 1);
  reads(R"({"k": {"$gte": 1.5}})", field("k") >= 1.5);
  reads(R"({"k": {"$lt": "m"}})", field("k") < "m");
  reads(R"({"k": {"$lte": -1}})", field("k") <= -1);
  reads(R"({"k": {"$in": [1, 2.5]}})", field("k").in({1, 2.5}));
  reads(R"({"k": {"$nin": ["x"]}})", field("k").not_in({"x"}));
  reads(R"({"k": {"$contains": true}})", field("k").contains(true));
  reads(R"({"k": {"$not_contains": "x"}})", field("k").not_contains("x"));
  reads(R"({"k": {"$prefix": "x"}})", field("k").starts_with("x"));
  reads(R"({"k": {"$exists": true}})", field("k").exists());
  reads(R"({"k": {"$exists": false}})", !field("k").exists());
  reads(R"({"k": {"$not": {"$gt": 5}}})", !(field("k") > 5));
  reads(R"({"k": {"$not": {"$not": {"$exists": false}}}})", !!!field("k").exists());
}

TEST_CASE("parse: text conditions stand alone or under #document") {
  reads(R"({"$contains": "x"})", text().contains("x"));
  reads(R"({"$not_contains": "x"})", text().not_contains("x"));
  reads(R"({"$regex": "x+"})", text().matches("x+"));
  reads(R"({"$not_regex": "x+"})", text().not_matches("x+"));
  reads(R"({"#document": {"$contains": "x"}})", text().contains("x"));
  reads(R"({"#document": {"$not": {"$regex": "x"}}})", !text().matches("x"));
  reads(R"({"#document": {"$or": [{"$contains": "x"}, {"$and": [{"$contains": "y"}, {"$not_regex": "z"}]}]}})",
        any({text().contains("x"), all({text().contains("y"), text().not_matches("z")})}));
  reads(R"({"$and": [{"$contains": "x"}, {"#document": {"$contains": "y"}}]})",
        all({text().contains("x"), text().contains("y")}));
}

TEST_CASE("parse: several keys are joined by AND, at the top and in clauses") {
  reads(R"({"a": 1, "b": 2})", all({a, b}));
  reads(R"({"a": 1, "$contains": "x", "$not": {"b": 2, "c": 3}})", all({a, text().contains("x"), !all({b, c})}));
  reads(R"({"$or": [{"a": 1, "b": 2}, {"c": 3}], "$and": [{"a": 1}, {"b": 2}]})",
        all({any({all({a, b}), c}), all({a, b})}));
}

TEST_CASE("parse: junctions keep their shape") {
  reads(R"({"$and": [{"a": 1}, {"b": 2}, {"c": 3}]})", a && b && c);
  reads(R"({"$and": [{"$and": [{"a": 1}, {"b": 2}]}, {"c": 3}]})", all({all({a, b}), c}));
  reads(R"({"$not": {"$or": [{"a": 1}, {"$not": {"b": 2}}]}})", !any({a, !b}));
}

TEST_CASE("parse: escapes, long keys and extreme numbers survive") {
  reads(R"({"caf\u00e9 \"\\": "\ud83e\udd86\u0000\n"})",
        field("caf\xC3\xA9 \"\\") == std::string("\xF0\x9F\xA6\x86\0\n", 6));
  reads(R"({"k": 9223372036854775807})", field("k") == std::numeric_limits<std::int64_t>::max());
  reads(R"({"k": -9223372036854775808})", field("k") == std::numeric_limits<std::int64_t>::min());
  reads(R"({"k": 1.7976931348623157e308})", field("k") == std::numeric_limits<double>::max());
  reads(R"({"k": 5e-324})", field("k") == std::numeric_limits<double>::denorm_min());
  reads(R"({"k": 1e19})", field("k") == 1e19);
  reads("{\"" + std::string(1024, 'k') + "\": 1}", field(std::string(1024, 'k')) == 1);
}

TEST_CASE("to_json: the canonical form writes every node as what it is") {
  const Filter filter = (field("year") >= 2020 && !field("draft").exists()) || text().contains("a\"b") ||
                        field("k").in({1, 2.0}) || !(a && b);
  REQUIRE(filter.to_json() ==
          R"({"$or":[{"$and":[{"year":{"$gte":2020}},{"$not":{"draft":{"$exists":true}}}]},{"$contains":"a\"b"},)"
          R"({"k":{"$in":[1,2.0]}},{"$not":{"$and":[{"a":{"$eq":1}},{"b":{"$eq":2}}]}}]})");
}

TEST_CASE("to_json: what is not valid is written, and refused by parse") {
  for (const Filter& filter :
       {!Filter(), field("k") == Value::StringList{"x", "y"}, field("k") == Value::BooleanList{true},
        field("k") == std::numeric_limits<double>::quiet_NaN(), field("k").in({}), field("k") == "\xFF",
        Filter::make(FilterOperator::equal, "k", {1, 2}), Filter::make(FilterOperator::equal, "k", {}),
        Filter::make(FilterOperator::exists, "k", {1}), Filter::make(FilterOperator::negation, {}, {}),
        Filter::make(static_cast<FilterOperator>(99), "k", {1}), text().matches("(")}) {
    INFO(filter.to_json());
    require_error(filter.validate(), ErrorCode::invalid_argument, {"filter: "});
    require_error(Filter::parse(filter.to_json()), ErrorCode::invalid_argument, {"filter: "});
  }
}

TEST_CASE("parse: what is not an object is refused") {
  refuses("5", "filter: expected an object, not an integer");
  refuses("[]", "filter: expected an object, not an array");
  refuses("null", "filter: expected an object, not null");
  refuses("\"a\"", "filter: expected an object, not a string");
  require_error(Filter::parse(""), ErrorCode::invalid_argument, {"filter: JSON: "});
  require_error(Filter::parse("{\"a\": }"), ErrorCode::invalid_argument, {"filter: JSON: "});
  require_error(Filter::parse("{\"a\": \"\xFF\"}"), ErrorCode::invalid_argument, {"filter: JSON: ", "UTF-8"});
}

TEST_CASE("parse: an unknown operator is refused, with its place and those that are known") {
  refuses(R"({"$and": [{"a": 1}, {"year": {"$gtt": 5}}]})",
          "filter: at $and[1].year: unknown operator \"$gtt\"; known are $eq, $ne, $lt, $lte, $gt, $gte, $in, $nin, "
          "$exists, $prefix, $contains, $not_contains, $not");
  refuses(R"({"$nor": [{"a": 1}, {"b": 2}]})",
          "filter: unknown operator \"$nor\"; known are $and, $or, $not, $contains, $not_contains, $regex, $not_regex");
  refuses(R"({"#document": {"$eq": "x"}})",
          "filter: at #document: unknown operator \"$eq\"; known are $contains, $not_contains, $regex, $not_regex, "
          "$and, $or, $not");
  refuses(R"({"$or": [{"a": 1}, {"#document": {"$and": [{"$contains": "x"}, {"year": 5}]}}]})",
          "filter: at $or[1].#document.$and[1]: unknown operator \"year\"; known are $contains, $not_contains, $regex, "
          "$not_regex, $and, $or, $not");
  require_error(Filter::parse(R"({"year": {"$and": [{"$gt": 5}, {"$lt": 9}]}})"), ErrorCode::invalid_argument,
                {"filter: at year: unknown operator \"$and\""});
  require_error(Filter::parse(R"({"a": {"b": 1}})"), ErrorCode::invalid_argument,
                {"filter: at a: unknown operator \"b\""});
  require_error(Filter::parse(R"({"k": {"$regex": "x"}})"), ErrorCode::invalid_argument,
                {"filter: at k: unknown operator \"$regex\""});
  refuses(R"({"$gt": 5})", "filter: $gt needs a field, as in {\"year\": {\"$gt\": ...}}");
  refuses(R"({"$not": {"$exists": true}})",
          "filter: at $not: $exists needs a field, as in {\"year\": {\"$exists\": ...}}");
}

TEST_CASE("parse: an operator object holds exactly one operator") {
  refuses(R"({"year": {"$gt": 1, "$lt": 5}})",
          "filter: at year: expected one operator, not 2; join conditions by $and");
  refuses(R"({"year": {}})", "filter: at year: expected one operator, not 0; join conditions by $and");
  refuses(R"({"year": {"$not": {}}})", "filter: at year.$not: expected one operator, not 0; join conditions by $and");
  refuses(R"({"year": {"$not": 5}})", "filter: at year.$not: expected an object with one operator, not an integer");
  refuses(R"({"#document": {}})", "filter: at #document: expected one operator, not 0; join conditions by $and");
  refuses(R"({"#document": "x"})", "filter: at #document: expected an object with one operator, not a string");
  refuses(R"({"#document": {"$contains": "x", "$regex": "y"}})",
          "filter: at #document: expected one operator, not 2; join conditions by $and");
}

TEST_CASE("parse: $and and $or take a list of at least two clauses") {
  refuses(R"({"$and": []})", "filter: $and takes at least two clauses, not 0");
  refuses(R"({"$or": [{"a": 1}]})", "filter: $or takes at least two clauses, not 1");
  refuses(R"({"$or": {"a": 1}})", "filter: $or takes a list of clauses, not an object");
  refuses(R"({"$not": {"$and": 5}})", "filter: at $not: $and takes a list of clauses, not an integer");
  refuses(R"({"$and": [{"a": 1}, 5]})", "filter: at $and[1]: expected an object, not an integer");
  refuses(R"({"#document": {"$or": [{"$contains": "x"}]}})",
          "filter: at #document: $or takes at least two clauses, not 1");
}

TEST_CASE("parse: an empty object may only stand alone") {
  refuses(R"({"$not": {}})", "filter: at $not: an empty object may only stand alone");
  refuses(R"({"$and": [{"a": 1}, {}]})", "filter: at $and[1]: an empty object may only stand alone");
  refuses(R"({"$not": [1]})", "filter: at $not: expected an object, not an array");
}

TEST_CASE("parse: a key that stands twice is refused") {
  refuses(R"({"a": 1, "b": 2, "a": 3})", "filter: the key \"a\" stands twice; join the conditions by $and");
  refuses(R"({"$not": {"$contains": "x", "$contains": "y"}})",
          "filter: at $not: the key \"$contains\" stands twice; join the conditions by $and");
}

TEST_CASE("parse: a bad key is refused") {
  refuses(R"({"": 1})", "filter: at \"\": key: empty; it takes 1 to 1024 bytes");
  refuses(R"({"": {"$exists": true}})", "filter: at \"\": key: empty; it takes 1 to 1024 bytes");
  require_error(Filter::parse("{\"" + std::string(1025, 'k') + "\": 1}"), ErrorCode::invalid_argument,
                {"filter: at \"kkk", "1025 bytes, more than the limit of 1024"});
}

TEST_CASE("parse: operands of the wrong kind are refused") {
  refuses(R"({"a": null})", "filter: at a: $eq takes a string, number or boolean, not null");
  refuses(R"({"a": ["x"]})", "filter: at a: $eq takes a string, number or boolean, not an array");
  refuses(R"({"a": {"$ne": {"b": 1}}})", "filter: at a: $ne takes a string, number or boolean, not an object");
  refuses(R"({"a": {"$gt": true}})", "filter: at a: $gt takes a number or a string, not a boolean");
  refuses(R"({"a": {"$lte": [1]}})", "filter: at a: $lte takes a string, number or boolean, not an array");
  refuses(R"({"a": {"$prefix": 1}})", "filter: at a: $prefix takes a string, not an integer");
  refuses(R"({"a": {"$exists": 1}})", "filter: at a: $exists takes true or false, not an integer");
  refuses(R"({"a": {"$contains": ["x"]}})", "filter: at a: $contains takes a string, number or boolean, not an array");
  refuses(R"({"a": {"$in": "x"}})", "filter: at a: $in takes a list of values, not a string");
  refuses(R"({"a": {"$in": []}})", "filter: at a: $in takes at least one value; the list is empty");
  refuses(R"({"a": {"$nin": []}})", "filter: at a: $nin takes at least one value; the list is empty");
  refuses(R"({"a": {"$in": [1, null]}})", "filter: at a: $in takes a string, number or boolean, not null");
  refuses(R"({"a": {"$in": [1, "x"]}})",
          "filter: at a: $in takes values of one kind; value 0 is an integer, value 1 is a string");
  refuses(R"({"$contains": 1})", "filter: $contains takes a string, not an integer");
  refuses(R"({"$contains": ""})", "filter: $contains takes a string that is not empty");
  refuses(R"({"a": 1, "#document": {"$regex": ""}})", "filter: at #document: $regex takes a string that is not empty");
}

TEST_CASE("parse: integers that int64 does not hold are refused, never rounded") {
  refuses(R"({"$not": {"year": {"$gt": 18446744073709551615}}})",
          "filter: at $not.year: $gt: an integer of about 18446744073709551616 is above the limit of "
          "9223372036854775807; a real has a point or an exponent");
  require_error(Filter::parse(R"({"a": {"$in": [1, 9223372036854775808]}})"), ErrorCode::invalid_argument,
                {"filter: at a: $in: an integer of about 9223372036854775808", "9223372036854775807"});
  require_error(Filter::parse(R"({"a": -9223372036854775809})"), ErrorCode::invalid_argument, {"JSON", "number"});
  require_error(Filter::parse(R"({"a": 18446744073709551616})"), ErrorCode::invalid_argument, {"JSON", "number"});
  require_error(Filter::parse(R"({"a": 1e999})"), ErrorCode::invalid_argument, {"JSON", "number"});
}

TEST_CASE("parse: a bad regular expression is refused with its place in the JSON") {
  refuses(R"({"$regex": "("})", "filter: $regex: bad regular expression \"(\": missing ), at \"(\"");
  refuses(R"({"$contains": "x", "#document": {"$and": [{"$regex": "ok"}, {"$not_regex": "[z-a]"}]}})",
          "filter: at #document.$and[1]: $not_regex: bad regular expression \"[z-a]\": invalid character class range, "
          "at \"z-a\"");
}

TEST_CASE("parse: text beyond the limits is refused") {
  const std::string large = "{\"a\": \"" + std::string(kMaxFilterBytes, 'x') + "\"}";
  require_error(Filter::parse(large), ErrorCode::invalid_argument, {"filter: JSON: ", "1048576"});

  const auto nested = [](std::size_t levels, const std::string& open, const std::string& close) {
    std::string json = R"({"a": 1})";
    for (std::size_t i = 1; i < levels; ++i) json.insert(0, open), json += close;
    return json;
  };
  require_ok(Filter::parse(nested(64, R"({"$not": )", "}")));
  require_ok(Filter::parse(nested(64, R"({"$or": [{"b": 1},)", "]}")));
  refuses(nested(65, R"({"$not": )", "}"), "filter: more than the limit of 64 levels");
  refuses(nested(65, R"({"$or": [{"b": 1},)", "]}"), "filter: more than the limit of 64 levels");
  require_error(Filter::parse(nested(10'000, R"({"$not": )", "}")), ErrorCode::invalid_argument, {"filter: JSON: "});

  std::string many = R"({"$or": [{"a": 1})";
  for (int i = 1; i < 10'000; ++i) many += R"(,{"a": 1})";
  require_ok(Filter::parse(many + "]}"));
  refuses(many + R"(,{"a": 1}]})", "filter: more than the limit of 10000 conditions");
}
