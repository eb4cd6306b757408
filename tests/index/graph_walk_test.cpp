// Searches through the graph against exact search.

#include <atomic>
#include <thread>

#include "index/graph_rows.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

constexpr Metric kMetrics[] = {Metric::cosine, Metric::inner_product, Metric::l2};

double recall(const GraphRows& rows, const Graph& graph, const std::vector<std::vector<float>>& queries,
              std::size_t ef) {
  std::size_t found = 0;
  SlotOrder judge;
  for (const auto& query : queries) {
    found += common(walk_all(graph, rows.view(), query, {.ef = ef}), rows.exact(graph.metric(), query, 10, judge));
  }
  return static_cast<double>(found) / static_cast<double>(10 * queries.size());
}

std::vector<std::uint64_t> every(std::size_t step, std::size_t rows) {
  std::vector<std::uint64_t> words((rows + 63) / 64);
  for (std::size_t slot = 0; slot < rows; slot += step) words[slot / 64] |= std::uint64_t{1} << (slot % 64);
  return words;
}

class MatchingRows final : public RowJudge {
 public:
  explicit MatchingRows(std::size_t step) : step_(step) {}
  bool accepts(Slot slot) const override { return slot % step_ == 0; }
  [[nodiscard]] bool id_precedes(Slot a, Slot b) const override { return a < b; }

 private:
  std::size_t step_;
};

}  // namespace

TEST_CASE("graph walk: finds at least 95 of 100 nearest rows at ef 64 under every metric") {
  for (const std::size_t clusters : {0U, 100U}) {
    std::mt19937_64 random(11);
    const GraphRows rows = clustered_rows(random, 10'000, clusters == 0 ? 16 : 32, clusters);
    std::vector<std::vector<float>> queries;
    for (Slot i = 0; i < 100; ++i) {
      auto query = rows.vector(i * 97);
      for (float& x : query) x += 0.3F * std::normal_distribution<float>()(random);
      queries.push_back(std::move(query));
    }
    for (const Metric metric : kMetrics) {
      const BuiltGraph built(rows, {.metric = metric, .dimension = rows.vector(0).size()}, 2);
      INFO(to_string(metric) << ", " << clusters << " clusters");
      REQUIRE(recall(rows, *built.graph, queries, 64) >= 0.95);
    }
  }
}

TEST_CASE("graph walk: ends before its beam is followed to the end where the k nearest are far nearer than the rest") {
  std::mt19937_64 random(21);
  GraphRows rows(16, 2000);
  const auto centre = random_vector(random, 16);
  for (Slot i = 0; i < 2000; ++i) {
    auto vector = random_vector(random, 16);
    if (i % 100 == 0) {
      for (std::size_t j = 0; j < 16; ++j) vector[j] = centre[j] + 0.1F * vector[j];
    }
    rows.add(std::move(vector));
  }
  SlotOrder judge;
  for (const Metric metric : {Metric::cosine, Metric::l2}) {
    const BuiltGraph built(rows, {.metric = metric, .dimension = 16});
    WalkCounters counters;
    const auto found = require_ok(walk(*built.graph, rows.view(), centre, {.ef = 64}, judge, counters, {}));
    CHECK(common(found, rows.exact(metric, centre, 10, judge)) == 10);
    CHECK(counters.hops < 64);  // a beam of 64 that is followed to its end takes as many
  }
}

TEST_CASE("graph walk: scores and order are those of exact search") {
  std::mt19937_64 random(12);
  const GraphRows rows = clustered_rows(random, 500, 20, 0);
  for (const Metric metric : kMetrics) {
    const BuiltGraph built(rows, {.metric = metric, .dimension = 20});
    for (int i = 0; i < 20; ++i) {
      const auto query = random_vector(random, 20);
      SlotOrder judge;
      const auto exact = rows.exact(metric, query, 10, judge);
      const auto found = walk_all(*built.graph, rows.view(), query, {.ef = 500, .rescored = 100});
      REQUIRE(found.size() == exact.size());
      for (std::size_t rank = 0; rank < exact.size(); ++rank) {
        REQUIRE(found[rank].slot == exact[rank].slot);
        REQUIRE(found[rank].score == exact[rank].score);
      }
    }
  }
}

TEST_CASE("graph walk: returns all rows of a graph that has fewer than k") {
  std::mt19937_64 random(13);
  for (const std::size_t count : {0U, 1U, 2U, 33U}) {
    INFO(count << " rows");
    const GraphRows rows = clustered_rows(random, count, 8, 0);
    const BuiltGraph built(rows, {.dimension = 8});
    REQUIRE(walk_all(*built.graph, rows.view(), random_vector(random, 8), {.k = 100}).size() == count);
  }
}

TEST_CASE("graph walk: rows without a vector are never returned") {
  std::mt19937_64 random(14);
  GraphRows rows(8, 300);
  for (int i = 0; i < 300; ++i) rows.add(i % 3 == 0 ? std::vector<float>{} : random_vector(random, 8));
  const BuiltGraph built(rows, {.dimension = 8});
  const auto found = walk_all(*built.graph, rows.view(), random_vector(random, 8), {.k = 300});
  REQUIRE(found.size() == 200);
  for (const Hit& hit : found) REQUIRE(hit.slot % 3 != 0);
}

TEST_CASE("graph walk: dead rows are walked through and never returned") {
  std::mt19937_64 random(15);
  GraphRows rows = clustered_rows(random, 3000, 16, 30);
  const BuiltGraph built(rows, {.dimension = 16});
  for (Slot slot = 0; slot < 3000; slot += 2) rows.remove(slot);
  SlotOrder judge;
  std::size_t right = 0;
  for (int i = 0; i < 50; ++i) {
    const auto query = random_vector(random, 16);
    const auto found = walk_all(*built.graph, rows.view(), query, {.ef = 64, .share = 0.5});
    for (const Hit& hit : found) REQUIRE(hit.slot % 2 == 1);
    REQUIRE(found.size() == 10);
    right += common(found, rows.exact(Metric::cosine, query, 10, judge));
  }
  REQUIRE(right >= 475);
}

TEST_CASE("graph walk: a filter is respected, and costs little recall at any share") {
  std::mt19937_64 random(16);
  const GraphRows rows = clustered_rows(random, 5000, 24, 50);
  for (const Metric metric : kMetrics) {
    const BuiltGraph built(rows, {.metric = metric, .dimension = 24}, 2);
    for (const std::size_t step : {1U, 2U, 10U, 50U}) {
      const auto words = every(step, rows.count());
      MatchingRows judge(step);
      std::size_t right = 0;
      for (Slot i = 0; i < 50; ++i) {
        const auto& query = rows.vector(i * 83 + 1);
        const auto found = walk_all(*built.graph, rows.view(), query,
                                    {.ef = 100, .filter = words, .share = 1.0 / static_cast<double>(step)});
        for (const Hit& hit : found) REQUIRE(hit.slot % step == 0);
        right += common(found, rows.exact(metric, query, 10, judge));
      }
      INFO(to_string(metric) << ", one row in " << step);
      REQUIRE(right >= 450);
    }
  }
}

TEST_CASE("graph walk: rows that are newer than the view are not returned") {
  std::mt19937_64 random(17);
  const GraphRows rows = clustered_rows(random, 1000, 8, 0);
  const BuiltGraph built(rows, {.dimension = 8});
  for (const std::size_t shown : {0U, 1U, 500U}) {
    for (const Hit& hit : walk_all(*built.graph, rows.view(shown), random_vector(random, 8), {.k = 50})) {
      REQUIRE(hit.slot < shown);
    }
  }
}

TEST_CASE("graph walk: data full of duplicates is found") {
  std::mt19937_64 random(18);
  GraphRows rows(16, 4000);
  std::vector<std::vector<float>> distinct;
  for (int i = 0; i < 400; ++i) distinct.push_back(random_vector(random, 16));
  for (std::size_t i = 0; i < 4000; ++i) rows.add(distinct[i % 400]);
  const BuiltGraph built(rows, {.dimension = 16});
  std::size_t right = 0;
  for (std::size_t i = 0; i < 400; i += 4) {
    for (const Hit& hit : walk_all(*built.graph, rows.view(), distinct[i], {.ef = 64}))
      right += hit.slot % 400 == i ? 1 : 0;
  }
  REQUIRE(right >= 950);
}

TEST_CASE("graph walk: a stopped query is cancelled") {
  std::mt19937_64 random(19);
  const GraphRows rows = clustered_rows(random, 10, 8, 0);
  const BuiltGraph built(rows, {.dimension = 8});
  std::stop_source source;
  source.request_stop();
  SlotOrder judge;
  WalkCounters counters;
  require_error(walk(*built.graph, rows.view(), rows.vector(0), {}, judge, counters, source.get_token()),
                ErrorCode::cancelled);
}

TEST_CASE("graph walk: searches go on while another thread inserts and publishes") {
  std::mt19937_64 random(20);
  constexpr std::size_t kRows = 3000;
  const GraphRows rows = clustered_rows(random, kRows, 16, 20);
  const GraphOptions options{.dimension = 16, .ef_construction = 40};
  const auto builder = require_ok(GraphBuilder::create(options, 1));
  Graph graph(options);
  std::atomic<bool> done = false;
  std::atomic<std::size_t> most_found = 0;
  const auto search = [&] {
    SlotOrder judge;
    std::mt19937_64 own(1);
    for (std::size_t i = 0; !done || i < 10; ++i) {
      WalkCounters counters;
      const auto found = walk(graph, rows.view(), random_vector(own, 16), {}, judge, counters, {});
      if (!found) return;
      most_found = std::max(most_found.load(), found->size());
    }
  };
  std::jthread first(search), second(search);
  std::vector<Slot> changed;
  for (Slot slot = 0; slot < kRows; ++slot) {
    require_ok(builder->reserve(slot + 1));
    require_ok(builder->insert(rows.view(), slot, changed));
    if (slot % 7 != 0 && slot + 1 < kRows) continue;
    require_ok(graph.publish(*builder, rows.view(), changed));
    changed.clear();
  }
  done = true;
  first.join();
  second.join();
  REQUIRE(most_found == 10);
  std::size_t right = 0;
  SlotOrder judge;
  for (int i = 0; i < 50; ++i) {
    const auto query = random_vector(random, 16);
    right += common(walk_all(graph, rows.view(), query, {.ef = 96}), rows.exact(Metric::cosine, query, 10, judge));
  }
  REQUIRE(right >= 475);
}

TEST_CASE("graph walk: a row that is left out is neither returned nor walked through") {
  std::mt19937_64 random(31);
  test::GraphRows rows(16, 600);
  for (int i = 0; i < 600; ++i) rows.add(test::random_vector(random, 16));
  const test::BuiltGraph built(rows, {.metric = Metric::cosine, .dimension = 16});
  const std::vector<std::uint64_t> all(10, ~std::uint64_t{0});
  for (Slot slot = 0; slot < 600; slot += 7) {
    for (const bool filtered : {false, true}) {
      WalkOptions options{.k = 5, .ef = 40, .leave_out = slot};
      if (filtered) options.filter = all;
      const auto hits = test::walk_all(*built.graph, rows.view(), rows.vector(slot), options);
      REQUIRE(hits.size() == 5);
      REQUIRE(std::ranges::none_of(hits, [&](const Hit& hit) { return hit.slot == slot; }));
    }
  }
}
