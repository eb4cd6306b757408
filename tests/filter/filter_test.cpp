// The tree and its builder.

#include "scaup/filter.hpp"

#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "filter/filter_check.hpp"
#include "support/catch.hpp"

using namespace scaup;
using scaup::test::require_error;
using scaup::test::require_ok;

namespace {

const Filter a = field("a") == 1;
const Filter b = field("b") == 2;
const Filter c = field("c") == 3;

Filter leaf(FilterOperator operation, std::string key, std::vector<Value> values) {
  return Filter::make(operation, std::move(key), std::move(values));
}

}  // namespace

TEST_CASE("filter: a default filter is empty, valid and {}") {
  const Filter filter;
  REQUIRE(filter.empty());
  REQUIRE(filter.operation() == FilterOperator::everything);
  REQUIRE(filter.key().empty());
  REQUIRE(filter.values().empty());
  REQUIRE(filter.children().empty());
  REQUIRE(filter.to_json() == "{}");
  require_ok(filter.validate());
  REQUIRE(filter == Filter());
}

TEST_CASE("filter: each builder function makes the node that it is named after") {
  REQUIRE((field("k") == 1) == leaf(FilterOperator::equal, "k", {1}));
  REQUIRE((field("k") != 1) == leaf(FilterOperator::not_equal, "k", {1}));
  REQUIRE((field("k") < 1) == leaf(FilterOperator::less, "k", {1}));
  REQUIRE((field("k") <= 1) == leaf(FilterOperator::less_equal, "k", {1}));
  REQUIRE((field("k") > 1) == leaf(FilterOperator::greater, "k", {1}));
  REQUIRE((field("k") >= 1) == leaf(FilterOperator::greater_equal, "k", {1}));
  REQUIRE(field("k").in({1, 2.5}) == leaf(FilterOperator::in, "k", {1, 2.5}));
  REQUIRE(field("k").not_in({"x"}) == leaf(FilterOperator::not_in, "k", {"x"}));
  REQUIRE(field("k").exists() == leaf(FilterOperator::exists, "k", {}));
  REQUIRE(field("k").starts_with("p") == leaf(FilterOperator::prefix, "k", {"p"}));
  REQUIRE(field("k").contains(true) == leaf(FilterOperator::contains, "k", {true}));
  REQUIRE(field("k").not_contains("e") == leaf(FilterOperator::not_contains, "k", {"e"}));
  REQUIRE(text().contains("t") == leaf(FilterOperator::text_contains, "", {"t"}));
  REQUIRE(text().not_contains("t") == leaf(FilterOperator::text_not_contains, "", {"t"}));
  REQUIRE(text().matches("t") == leaf(FilterOperator::text_regex, "", {"t"}));
  REQUIRE(text().not_matches("t") == leaf(FilterOperator::text_not_regex, "", {"t"}));
}

TEST_CASE("filter: a chain of one operator is one node with the operands in order") {
  const Filter all = a && b && c;
  REQUIRE(all.operation() == FilterOperator::all_of);
  REQUIRE(all.children().size() == 3);
  REQUIRE(all.children()[0] == a);
  REQUIRE(all.children()[2] == c);
  const Filter any = a || b || c;
  REQUIRE(any.operation() == FilterOperator::any_of);
  REQUIRE(any.children().size() == 3);
  SECTION("the right side keeps its shape") {
    const Filter nested = a && (b && c);
    REQUIRE(nested.children().size() == 2);
    REQUIRE(nested.children()[1] == (b && c));
    REQUIRE_FALSE(nested == all);
  }
  SECTION("another operator keeps its shape") {
    REQUIRE((any && a).children().size() == 2);
    REQUIRE((all || a).children().size() == 2);
  }
  SECTION("the parts are as before") {
    REQUIRE((a && b).children().size() == 2);
  }
}

TEST_CASE("filter: the empty filter is neutral in && and absorbs in ||") {
  REQUIRE((Filter() && a) == a);
  REQUIRE((a && Filter()) == a);
  REQUIRE((Filter() && Filter()).empty());
  REQUIRE((Filter() || a).empty());
  REQUIRE((a || Filter()).empty());
}

TEST_CASE("filter: negation is a node of its own, also of a negation") {
  const Filter twice = !!a;
  REQUIRE(twice.operation() == FilterOperator::negation);
  REQUIRE(twice.children()[0] == !a);
  REQUIRE(twice.children()[0].children()[0] == a);
}

TEST_CASE("filter: make reduces all_of and any_of of fewer than two children") {
  for (const auto operation : {FilterOperator::all_of, FilterOperator::any_of}) {
    REQUIRE(Filter::make(operation, {}, {}, {}).empty());
    REQUIRE(Filter::make(operation, {}, {}, {a}) == a);
    REQUIRE(Filter::make(operation, {}, {}, {a, b}).operation() == operation);
  }
  REQUIRE(Filter::make(FilterOperator::everything, {}, {}).empty());
}

TEST_CASE("filter: filters differ by operator, key, value, type of value, and order of children") {
  REQUIRE(a == (field("a") == 1));
  REQUIRE_FALSE(a == (field("a") != 1));
  REQUIRE_FALSE(a == (field("A") == 1));
  REQUIRE_FALSE(a == (field("a") == 2));
  REQUIRE_FALSE(a == (field("a") == 1.0));
  REQUIRE_FALSE(a == Filter());
  REQUIRE_FALSE((a && b) == (b && a));
  REQUIRE_FALSE((a && b) == (a || b));
  REQUIRE_FALSE((a && b) == (a && b && c));
  REQUIRE_FALSE(field("k").in({1, 2}) == field("k").in({2, 1}));
}

TEST_CASE("filter: a copy stays as it was when the original changes") {
  Filter original = a && b;
  const Filter copy = original;
  original = original && c;
  REQUIRE(copy == (a && b));
  REQUIRE(original == (a && b && c));
}

TEST_CASE("filter: a loop of a million && is linear, and refused by validate") {
  Filter filter;
  for (int i = 0; i < 1'000'000; ++i) filter = filter && a;
  const Filter copy = filter;
  REQUIRE(copy == filter);
  require_error(filter.validate(), ErrorCode::invalid_argument, {"filter: more than the limit of"});
  REQUIRE(filter.to_json().size() < 3 * kMaxFilterBytes);
}

TEST_CASE("filter: a million negations are written and destroyed without recursion") {
  Filter filter = a;
  for (int i = 0; i < 1'000'000; ++i) filter = !filter;
  require_error(filter.validate(), ErrorCode::invalid_argument, {"filter: more than the limit of 64 levels"});
  REQUIRE(filter.to_json().size() < 2 * kMaxFilterBytes);
}

TEST_CASE("filter: deep trees are compared without recursion") {
  Filter filter = a;
  Filter same = a;
  Filter other = b;
  for (int i = 0; i < 200'000; ++i) {
    filter = !filter;
    same = !same;
    other = !other;
  }
  REQUIRE(filter == same);
  REQUIRE_FALSE(filter == other);
  REQUIRE_FALSE(filter == !same);
}

TEST_CASE("filter: a million levels of the right side are destroyed without recursion") {
  Filter filter = a;
  for (int i = 0; i < 1'000'000; ++i) filter = b || filter;
  REQUIRE(filter.children().size() == 2);
}

TEST_CASE("filter: a tree that shares its parts is compared, checked and written in bounded time") {
  Filter filter = a;
  Filter same = a;
  for (int i = 0; i < 60; ++i) {  // 2^60 paths
    filter = b && (filter || filter);
    same = b && (same || same);
  }
  REQUIRE(filter == same);
  require_error(filter.validate(), ErrorCode::invalid_argument);
  REQUIRE(filter.to_json().size() < 2 * kMaxFilterBytes);
}

TEST_CASE("filter: filters that share a part are used and dropped on several threads") {
  Filter shared = a;
  for (int i = 0; i < 1000; ++i) shared = !shared;
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([shared] {
      Filter mine = shared;
      for (int i = 0; i < 1000; ++i) mine = mine && shared;
    });
  }
  shared = Filter();
  threads.clear();
  REQUIRE(shared.empty());
}
