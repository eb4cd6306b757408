#include "filter/posting.hpp"

#include <cstdint>
#include <limits>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "filter/ordered_postings.hpp"
#include "filter/value_postings.hpp"
#include "support/catch.hpp"

using namespace scaup;

namespace {

using Model = std::set<Slot>;

constexpr std::size_t kEnd = 1U << 20U;

Model contents(const Posting& posting) {
  SlotGatherer gatherer(kEnd);
  posting.gather(gatherer);
  Model model;
  gatherer.finish().get().for_each([&](Slot slot) { model.insert(slot); });
  return model;
}

template <typename Key>
Key random_key(std::mt19937_64& random) {
  return static_cast<Key>(random() % 3000) - 1000;
}
template <>
std::string random_key<std::string>(std::mt19937_64& random) {
  return std::string(random() % 20, 'x') + std::to_string(random() % 500);
}

template <typename Key>
void check_ranges(const OrderedPostings<Key>& postings, const std::map<Key, Model>& model, std::mt19937_64& random) {
  for (std::size_t i = 0; i < 50; ++i) {
    const Key low = random_key<Key>(random);
    const Key high = random_key<Key>(random);
    const auto below = [&](const Key& key) { return key < low; };
    const auto above = [&](const Key& key) { return key > high; };
    Model expected;
    std::size_t count = 0;
    for (const auto& [key, slots] : model) {
      if (key < low || key > high) continue;
      expected.insert(slots.begin(), slots.end());
      count += slots.size();
    }
    Model found;
    postings.visit_range(below, above, [&](const Posting& posting) { found.merge(contents(posting)); });
    REQUIRE(found == expected);
    REQUIRE(postings.count_range(below, above) == count);
  }
}

// Adds more often than it removes, then the other way round, until nothing is left.
template <typename Key>
void check_against_map(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  OrderedPostings<Key> postings;
  std::map<Key, Model> model;
  for (const std::uint64_t adds_of_ten : {9U, 5U, 1U}) {
    for (std::size_t i = 0; i < 12'000; ++i) {
      const Key key = random_key<Key>(random);
      const auto slot = static_cast<Slot>(random() % 4);
      if (random() % 10 < adds_of_ten) {
        REQUIRE(postings.add(key, slot) == model[key].insert(slot).second);
        continue;
      }
      const auto found = model.find(key);
      REQUIRE(postings.remove(key, slot) == (found != model.end() && found->second.erase(slot) > 0));
      if (found != model.end() && found->second.empty()) model.erase(found);
    }
    std::size_t count = 0;
    for (const auto& [key, slots] : model) {
      REQUIRE(postings.find(key) != nullptr);
      REQUIRE(contents(*postings.find(key)) == slots);
      count += slots.size();
    }
    REQUIRE(postings.count() == count);
    check_ranges(postings, model, random);
  }
  for (const auto& [key, slots] : model) {
    for (const Slot slot : slots) REQUIRE(postings.remove(key, slot));
  }
  REQUIRE(postings.empty());
}

}  // namespace

TEST_CASE("posting: adding and removing in random order gives what std::set gives") {
  std::mt19937_64 random(1);
  for (const std::uint64_t range : {3U, 700U, 5'000U, 1'000'000U}) {
    Posting posting;
    Model model;
    for (const std::uint64_t adds_of_ten : {8U, 2U, 9U, 0U}) {
      for (std::size_t i = 0; i < 4'000; ++i) {
        const auto slot = static_cast<Slot>(random() % range);
        const bool adds = random() % 10 < adds_of_ten;
        const bool changed = adds ? model.insert(slot).second : model.erase(slot) > 0;
        REQUIRE((adds ? posting.add(slot) : posting.remove(slot)) == changed);
        REQUIRE(posting.size() == model.size());
      }
      REQUIRE(contents(posting) == model);
      Posting moved = std::move(posting);
      posting = std::move(moved);
    }
    while (!model.empty()) {
      REQUIRE(posting.remove(*model.begin()));
      model.erase(model.begin());
      if (model.size() < 3) REQUIRE(contents(posting) == model);
    }
    REQUIRE(posting.empty());
  }
}

TEST_CASE("ordered postings: random additions and removals give what std::map gives") {
  check_against_map<std::int64_t>(1);
  check_against_map<double>(2);
  check_against_map<std::string>(3);
}

TEST_CASE("ordered postings: values that come in order, either way, are found in order") {
  for (const std::int64_t step : {1, -1}) {
    OrderedPostings<std::int64_t> postings;
    for (std::int64_t i = 0; i < 5'000; ++i) postings.add(i * step, static_cast<Slot>(i));
    std::vector<Slot> found;
    postings.visit_range([](std::int64_t) { return false; }, [](std::int64_t) { return false; },
                         [&](const Posting& posting) { found.push_back(*contents(posting).begin()); });
    REQUIRE(found.size() == 5'000);
    REQUIRE(
        std::ranges::is_sorted(found.begin(), found.end(), [&](Slot a, Slot b) { return step > 0 ? a < b : a > b; }));
  }
}

TEST_CASE("ordered postings: removing most values gives memory back") {
  OrderedPostings<std::int64_t> postings;
  for (std::int64_t i = 0; i < 100'000; ++i) postings.add(i, static_cast<Slot>(i));
  const std::size_t full = postings.memory_bytes();
  for (std::int64_t i = 0; i < 100'000; ++i) {
    if (i % 100 != 0) postings.remove(i, static_cast<Slot>(i));
  }
  REQUIRE(postings.count() == 1'000);
  REQUIRE(postings.memory_bytes() < full / 10);
}

TEST_CASE("value postings: numbers that are equal share a posting, others do not") {
  constexpr std::int64_t two53 = std::int64_t{1} << 53;
  ValuePostings values;
  values.add(std::int64_t{1}, 0);
  values.add(1.0, 1);
  values.add(two53, 2);
  values.add(two53 + 1, 3);
  values.add(9007199254740992.0, 4);
  values.add(-0.0, 5);
  values.add(std::int64_t{0}, 6);
  values.add(9223372036854775808.0, 7);
  values.add(std::numeric_limits<std::int64_t>::max(), 8);
  values.add(-9223372036854775808.0, 9);
  values.add(std::numeric_limits<std::int64_t>::min(), 10);
  values.add(true, 11);
  REQUIRE(contents(*values.find(1)) == Model{0, 1});
  REQUIRE(contents(*values.find(1.0)) == Model{0, 1});
  REQUIRE(contents(*values.find(9007199254740992.0)) == Model{2, 4});
  REQUIRE(contents(*values.find(two53 + 1)) == Model{3});
  REQUIRE(contents(*values.find(0.0)) == Model{5, 6});
  REQUIRE(contents(*values.find(9223372036854775808.0)) == Model{7});
  REQUIRE(contents(*values.find(std::numeric_limits<std::int64_t>::max())) == Model{8});
  REQUIRE(contents(*values.find(std::numeric_limits<std::int64_t>::min())) == Model{9, 10});
  REQUIRE(contents(*values.find(true)) == Model{11});
  REQUIRE(values.find(0.5) == nullptr);
}

TEST_CASE("value postings: not a number is in no posting") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  ValuePostings values;
  values.add(nan, 1);
  REQUIRE(values.find(nan) == nullptr);
  const Filter condition = field("a") < 1e300;
  ValueRange range;
  range.add(FilterOperator::less, condition);
  REQUIRE(values.count(range) == 0);
  values.remove(nan, 1);
}
