// The best hit of each group, for streams in any order and for a walk through the graph.

#include "index/grouped_hits.hpp"

#include <map>

#include "index/graph_rows.hpp"
#include "index/top_k.hpp"
#include "scaup/document.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

// The group of a slot is its rest by a number.
class Remainders final : public RowGroups {
 public:
  explicit Remainders(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) values_.emplace_back("group " + std::to_string(i));
  }
  [[nodiscard]] const Value& value_of(Slot slot) const override { return values_[slot % values_.size()]; }
  [[nodiscard]] bool same(const Value& a, const Value& b) const noexcept override { return a == b; }
  [[nodiscard]] std::size_t hash(const Value& value) const noexcept override {
    return value.get_if<std::string>()->size();  // collides often
  }

 private:
  std::vector<Value> values_;
};

class GroupingJudge final : public RowJudge {
 public:
  explicit GroupingJudge(std::size_t groups) : groups_(groups) {}
  bool accepts(Slot) const override { return true; }
  [[nodiscard]] bool id_precedes(Slot a, Slot b) const override { return a < b; }
  [[nodiscard]] const RowGroups* groups() const noexcept override { return &groups_; }

 private:
  Remainders groups_;
};

std::vector<Hit> naive(std::vector<Hit> hits, std::size_t groups, std::size_t k) {
  std::ranges::sort(
      hits, [](const Hit& a, const Hit& b) { return a.score != b.score ? a.score > b.score : a.slot < b.slot; });
  std::map<std::size_t, bool> seen;
  std::erase_if(hits, [&](const Hit& hit) { return !seen.emplace(hit.slot % groups, true).second; });
  hits.resize(std::min(hits.size(), k));
  return hits;
}

void require_equal(const std::vector<Hit>& got, const std::vector<Hit>& expected) {
  REQUIRE(got.size() == expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    REQUIRE(got[i].slot == expected[i].slot);
    REQUIRE(got[i].score == expected[i].score);
  }
}

}  // namespace

TEST_CASE("grouped hits: keep the best of each of the best groups of any stream") {
  std::mt19937_64 random(71);
  for (int round = 0; round < 400; ++round) {
    const std::size_t groups = 1 + random() % 30;
    const std::size_t k = 1 + random() % 12;
    const std::size_t scores = 1 + random() % 50;  // few: many ties
    const GroupingJudge judge(groups);
    TopK top(k, judge);
    std::vector<Hit> all;
    const std::size_t count = random() % 300;
    for (Slot slot = 0; slot < count; ++slot) {
      const Hit hit{static_cast<double>(random() % scores), slot};
      all.push_back(hit);
      const double before = top.threshold();
      if (hit.score < before) REQUIRE_FALSE(top.would_enter(hit));
      if (top.would_enter(hit)) top.push(hit);
      REQUIRE(top.threshold() >= before);
    }
    require_equal(std::move(top).take(), naive(all, groups, k));
  }
}

TEST_CASE("grouped hits: several threads over several segments find what one finds") {
  std::mt19937_64 random(73);
  const GraphRows rows = clustered_rows(random, 3000, 6, 20);
  SlotOrder plain;
  for (const std::size_t groups : {1U, 7U, 200U, 3000U}) {
    const GroupingJudge judge(groups);
    for (const std::size_t k : {1U, 5U, 150U}) {
      INFO(groups << " groups, k " << k);
      const auto query = random_vector(random, 6);
      const auto expected = naive(rows.exact(Metric::l2, query, rows.count(), plain), groups, k);
      const std::vector<ExactQuery> queries(2, {.vector = query, .k = k, .judge = &judge});
      for (const std::size_t threads : {1U, 2U, 4U}) {
        for (const auto& answer : require_ok(exact_search(rows.view(), Metric::l2, queries, threads, {}))) {
          require_equal(answer.hits, expected);
        }
      }
    }
  }
}

TEST_CASE("grouped hits: a walk through the graph finds the best of each group among what it reaches") {
  std::mt19937_64 random(72);
  const GraphRows rows = clustered_rows(random, 800, 12, 0);
  const BuiltGraph built(rows, {.metric = Metric::l2, .dimension = 12});
  const GroupingJudge judge(7);
  for (int i = 0; i < 10; ++i) {
    const auto query = random_vector(random, 12);
    WalkCounters counters;
    const auto found =
        require_ok(walk(*built.graph, rows.view(), query, {.k = 5, .ef = 800, .rescored = 800}, judge, counters, {}));
    require_equal(found, rows.exact(Metric::l2, query, 5, judge));
    REQUIRE(found.size() == 5);
  }
}
