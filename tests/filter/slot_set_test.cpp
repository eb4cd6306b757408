#include "filter/slot_set.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <random>
#include <set>
#include <utility>
#include <vector>

#include "filter/slot_gatherer.hpp"
#include "support/catch.hpp"

using namespace scaup;

namespace {

using Model = std::vector<Slot>;  // ascending

Model contents(const SlotSet& set) {
  Model model;
  set.for_each([&](Slot slot) { model.push_back(slot); });
  return model;
}

Model sorted(Model model) {
  std::ranges::sort(model);
  model.erase(std::unique(model.begin(), model.end()), model.end());
  return model;
}

// Slots in parts of 65,536 that are empty, thin, full, or between, so that every kind of container occurs.
Model random_model(std::mt19937_64& random) {
  Model model;
  for (Slot part = 0; part < 4; ++part) {
    const Slot base = part << 16U;
    const std::uint64_t count = std::vector<std::uint64_t>{0, 3, 4095, 4097, 20'000}[random() % 5];
    for (std::uint64_t i = 0; i < count; ++i) model.push_back(base + static_cast<Slot>(random() % 65'536));
    if (random() % 4 != 0) continue;
    for (Slot slot = 0; slot < 65'536; ++slot) model.push_back(base + slot);
  }
  return sorted(std::move(model));
}

template <typename Combine>
Model combined(const Model& a, const Model& b, const Combine& combine) {
  Model out;
  combine(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
  return out;
}

const auto kIntersection = [](auto... at) { std::set_intersection(at...); };
const auto kUnion = [](auto... at) { std::set_union(at...); };
const auto kDifference = [](auto... at) { std::set_difference(at...); };

std::vector<std::uint64_t> words_of(const Model& model, std::size_t words) {
  std::vector<std::uint64_t> out(words);
  for (const Slot slot : model) {
    if (slot / 64 < words) out[slot / 64] |= std::uint64_t{1} << (slot % 64);
  }
  return out;
}

}  // namespace

TEST_CASE("slot set: the empty set has no slot and combines with others") {
  const SlotSet none;
  const SlotSet some = SlotSet::of(std::vector<Slot>{1, 2});
  REQUIRE(none.empty());
  REQUIRE(none.cardinality() == 0);
  REQUIRE_FALSE(none.contains(0));
  REQUIRE(contents(none.copy()).empty());
  REQUIRE(SlotSet::intersection(none, some).empty());
  REQUIRE(SlotSet::intersection(some, none).empty());
  REQUIRE(contents(SlotSet::difference(some, none)) == Model{1, 2});
  REQUIRE(SlotSet::difference(none, some).empty());
  const SlotSet* both[] = {&none, &some};
  REQUIRE(contents(SlotSet::union_of(both)) == Model{1, 2});
  SlotSet set;
  REQUIRE_FALSE(set.remove(5));
  set.subtract(some);
  set.intersect(some);
  REQUIRE(set.empty());
  set.unite(some);
  REQUIRE(contents(set) == Model{1, 2});
  set.intersect(none);
  REQUIRE(set.empty());
}

TEST_CASE("slot set: adding and removing in random order gives what std::set gives") {
  std::mt19937_64 random(1);
  SlotSet set;
  std::set<Slot> model;
  for (const std::uint64_t range : {50U, 5'000U, 200'000U}) {
    for (std::size_t i = 0; i < 40'000; ++i) {
      const auto slot = static_cast<Slot>(random() % range);
      const bool adds = random() % 3 != 0;
      REQUIRE(set.contains(slot) == model.contains(slot));
      const bool changed = adds ? model.insert(slot).second : model.erase(slot) > 0;
      REQUIRE((adds ? set.add(slot) : set.remove(slot)) == changed);
    }
    REQUIRE(set.cardinality() == model.size());
    REQUIRE(contents(set) == Model(model.begin(), model.end()));
  }
  while (!model.empty()) {
    REQUIRE(set.remove(*model.begin()));
    model.erase(model.begin());
  }
  REQUIRE(set.empty());
}

TEST_CASE("slot set: the largest slot is a slot like any other") {
  SlotSet set = SlotSet::of(std::vector<Slot>{UINT32_MAX, 0});
  REQUIRE(contents(set) == Model{0, UINT32_MAX});
  REQUIRE(set.contains(UINT32_MAX));
  std::vector<Slot> out(2);
  REQUIRE(set.next_many(UINT32_MAX, out) == 1);
  REQUIRE(out[0] == UINT32_MAX);
  std::vector<std::uint64_t> words(2, ~std::uint64_t{0});
  set.to_words(words);
  REQUIRE(words == std::vector<std::uint64_t>{1, 0});
}

TEST_CASE("slot set: and, or and difference are those of std::set, in place or not") {
  std::mt19937_64 random(2);
  for (std::size_t round = 0; round < 25; ++round) {
    const Model a = random_model(random);
    const Model b = random_model(random);
    const SlotSet x = SlotSet::of(a);
    const SlotSet y = SlotSet::of(b);
    SlotSet intersected = x.copy();
    intersected.intersect(y);
    SlotSet united = x.copy();
    united.unite(y);
    SlotSet subtracted = x.copy();
    subtracted.subtract(y);
    const SlotSet* both[] = {&x, &y};
    REQUIRE(contents(intersected) == combined(a, b, kIntersection));
    REQUIRE(contents(SlotSet::intersection(x, y)) == combined(a, b, kIntersection));
    REQUIRE(contents(united) == combined(a, b, kUnion));
    REQUIRE(contents(SlotSet::union_of(both)) == combined(a, b, kUnion));
    REQUIRE(contents(subtracted) == combined(a, b, kDifference));
    REQUIRE(contents(SlotSet::difference(x, y)) == combined(a, b, kDifference));
    REQUIRE(contents(x) == a);
    REQUIRE(contents(y) == b);
  }
}

TEST_CASE("slot set: reading from any slot on gives the next ones") {
  std::mt19937_64 random(3);
  for (std::size_t round = 0; round < 10; ++round) {
    const Model model = random_model(random);
    const SlotSet set = SlotSet::of(model);
    for (std::size_t i = 0; i < 200; ++i) {
      const auto first = static_cast<Slot>(random() % (5U << 16U));
      std::vector<Slot> out(1 + random() % 300);
      const std::size_t count = set.next_many(first, out);
      auto expected = std::ranges::lower_bound(model, first);
      for (std::size_t n = 0; n < count; ++n, ++expected) REQUIRE(out[n] == *expected);
      if (count < out.size()) REQUIRE(expected == model.end());
    }
  }
}

TEST_CASE("slot set: plain bits are written and read back") {
  std::mt19937_64 random(4);
  for (std::size_t round = 0; round < 25; ++round) {
    const Model model = random_model(random);
    const SlotSet set = SlotSet::of(model);
    for (const std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{1000}, std::size_t{1024},
                                    std::size_t{1500}, std::size_t{4096}, std::size_t{5000}}) {
      std::vector<std::uint64_t> words(count, 0x5555555555555555U);
      set.to_words(words);
      REQUIRE(words == words_of(model, count));
      const Model expected(model.begin(), std::ranges::lower_bound(model, static_cast<Slot>(64 * count)));
      const SlotSet back = SlotSet::from_words(words);
      REQUIRE(contents(back) == expected);
      REQUIRE(back.cardinality() == expected.size());
    }
  }
}

TEST_CASE("slot set: what was read from plain bits can be changed and combined") {
  std::mt19937_64 random(5);
  const Model first = random_model(random);
  std::set<Slot> model(first.begin(), first.end());
  SlotSet set = SlotSet::from_words(words_of(first, 4096));
  for (std::size_t i = 0; i < 20'000; ++i) {
    const auto slot = static_cast<Slot>(random() % (4U << 16U));
    const bool adds = random() % 2 == 0;
    const bool changed = adds ? model.insert(slot).second : model.erase(slot) > 0;
    REQUIRE((adds ? set.add(slot) : set.remove(slot)) == changed);
  }
  const Model changed(model.begin(), model.end());
  REQUIRE(contents(set) == changed);
  const Model other = random_model(random);
  set.subtract(SlotSet::of(other));
  REQUIRE(contents(set) == combined(changed, other, kDifference));
}

TEST_CASE("slot set: memory grows with the set") {
  const SlotSet small = SlotSet::of(std::vector<Slot>{1});
  REQUIRE(SlotSet().memory_bytes() == 0);
  REQUIRE(small.memory_bytes() > 0);
  REQUIRE(SlotSet::from_words(std::vector<std::uint64_t>(10'240, 0x55)).memory_bytes() > 80'000);
}

TEST_CASE("slot gatherer: the union is right, whether it was few slots, many, or sets") {
  std::mt19937_64 random(6);
  constexpr std::uint64_t kEnd = 200'000;
  for (std::size_t round = 0; round < 60; ++round) {
    Model model;
    std::vector<SlotSet> lent;
    for (std::size_t i = random() % 3; i > 0; --i) lent.push_back(SlotSet::of(random_model(random)));
    SlotGatherer gatherer(4U << 16U);
    const auto note = [&](Slot slot) { return model.push_back(slot), slot; };
    for (const SlotSet& set : lent) {
      gatherer.add(set);
      set.for_each(note);
    }
    const std::size_t singles = std::vector<std::size_t>{0, 5, 1024, 1025, 3000}[random() % 5];
    for (std::size_t i = 0; i < singles; ++i) gatherer.add(note(static_cast<Slot>(random() % kEnd)));
    std::vector<Slot> group(random() % 2000);
    for (Slot& slot : group) slot = note(static_cast<Slot>(random() % kEnd));
    gatherer.add(std::span<const Slot>(group));
    if (random() % 2 == 0) {
      gatherer.add(SlotSetResult(SlotSet::of(group)));
    }
    REQUIRE(contents(gatherer.finish().get()) == sorted(model));
  }
}
