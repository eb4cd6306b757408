// Filtered searches through the graph against exact search over the rows that match.

#include <cmath>
#include <functional>
#include <numeric>

#include "index/graph_rows.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

/// A filter in the forms that walk() and exact search take.
struct Keeping {
  std::vector<Slot> slots;  // ascending
  std::vector<std::uint64_t> words;
  double share = 1;

  Keeping(std::vector<Slot> kept, std::size_t rows) : slots(std::move(kept)), words((rows + 63) / 64) {
    std::ranges::sort(slots);
    for (const Slot slot : slots) words[slot / 64] |= std::uint64_t{1} << (slot % 64);
    share = std::max(1.0, static_cast<double>(slots.size())) / static_cast<double>(rows);
  }
  [[nodiscard]] bool keeps(Slot slot) const { return ((words[slot / 64] >> (slot % 64)) & 1U) != 0; }
};

struct Found {
  std::vector<Hit> hits;
  bool doubtful = false;
};

Found walk_kept(const Graph& graph, const RowsView& view, const std::vector<float>& query, const Keeping& kept,
                std::size_t ef = 64, std::size_t k = 10) {
  SlotOrder judge;
  WalkCounters counters;
  const WalkOptions options{.k = k, .ef = ef, .filter = kept.words, .share = kept.share};
  auto hits = require_ok(walk(graph, view, query, options, judge, counters, {}));
  for (const Hit& hit : hits) REQUIRE(kept.keeps(hit.slot));
  return {std::move(hits), counters.doubtful};
}

std::vector<Hit> exact_kept(const RowsView& view, const std::vector<float>& query, const Keeping& kept) {
  SlotOrder judge;
  const std::vector<ExactQuery> queries = {{.vector = query, .k = 10, .judge = &judge, .only = &kept.slots}};
  return require_ok(exact_search(view, Metric::cosine, queries, 1, {})).front().hits;
}

/// Slots by nearness to a query, nearest first.
std::vector<Slot> ranking(const GraphRows& rows, const std::vector<float>& query) {
  SlotOrder judge;
  std::vector<Slot> order;
  for (const Hit& hit : rows.exact(Metric::cosine, query, rows.count(), judge)) order.push_back(hit.slot);
  return order;
}

std::vector<Slot> part(const std::vector<Slot>& order, std::size_t first, std::size_t count) {
  const auto from = order.begin() + static_cast<std::ptrdiff_t>(first);
  return {from, from + static_cast<std::ptrdiff_t>(count)};
}

class Searches {
 public:
  static constexpr std::size_t kRows = 8000;

  explicit Searches(std::uint64_t seed)
      : random_(seed), rows_(clustered_rows(random_, kRows, 24, 40)), built_(rows_, {.dimension = 24}, 2) {}

  struct Outcome {
    std::size_t right = 0, expected = 0, doubtful = 0;
    [[nodiscard]] double recall() const { return static_cast<double>(right) / static_cast<double>(expected); }
  };

  /// 40 queries, each with the filter that `keep` makes of the rows by nearness to the query.
  Outcome run(const std::function<std::vector<Slot>(std::vector<Slot>)>& keep, std::size_t ef = 64) {
    Outcome outcome;
    for (int i = 0; i < 40; ++i) {
      auto query = rows_.vector(static_cast<Slot>(random_() % kRows));
      for (float& x : query) x += 0.2F * std::normal_distribution<float>()(random_);
      const Keeping kept(keep(ranking(rows_, query)), kRows);
      const Found found = walk_kept(*built_.graph, rows_.view(), query, kept, ef);
      const auto exact = exact_kept(rows_.view(), query, kept);
      outcome.right += common(found.hits, exact);
      outcome.expected += exact.size();
      outcome.doubtful += found.doubtful ? 1 : 0;
    }
    return outcome;
  }

  std::mt19937_64& random() { return random_; }
  GraphRows& rows() { return rows_; }
  [[nodiscard]] const Graph& graph() const { return *built_.graph; }

 private:
  std::mt19937_64 random_;
  GraphRows rows_;
  BuiltGraph built_;
};

std::size_t rows_of(double share) {
  return static_cast<std::size_t>(share * static_cast<double>(Searches::kRows));
}

}  // namespace

TEST_CASE("filtered walk: finds 95 of 100 nearest rows that a random filter keeps") {
  Searches searches(41);
  for (const double share : {0.9, 0.5, 0.2, 0.1, 0.05}) {
    const auto outcome = searches.run([&](std::vector<Slot> order) {
      std::ranges::shuffle(order, searches.random());
      return part(order, 0, rows_of(share));
    });
    INFO("share " << share << ", recall " << outcome.recall() << ", doubtful " << outcome.doubtful);
    REQUIRE(outcome.recall() >= 0.95);
    REQUIRE((share < 0.1 || outcome.doubtful <= 6));
  }
}

TEST_CASE("filtered walk: finds 95 of 100 nearest rows where those around the query match") {
  Searches searches(42);
  for (const double share : {0.5, 0.1, 0.02}) {
    const auto outcome = searches.run([&](const std::vector<Slot>& order) { return part(order, 0, rows_of(share)); });
    INFO("share " << share << ", recall " << outcome.recall() << ", doubtful " << outcome.doubtful);
    REQUIRE(outcome.recall() >= 0.95);
    REQUIRE((share < 0.1 || outcome.doubtful <= 6));
  }
}

TEST_CASE("filtered walk: says that it is doubtful where only rows far from the query match") {
  Searches searches(43);
  for (const double share : {0.5, 0.2, 0.1, 0.02}) {
    const auto farthest = [&](const std::vector<Slot>& order) {
      return part(order, order.size() - rows_of(share), rows_of(share));
    };
    for (const std::size_t ef : {10U, 64U}) {
      const auto outcome = searches.run(farthest, ef);
      INFO("share " << share << ", ef " << ef << ", recall " << outcome.recall());
      REQUIRE(outcome.doubtful >= 38);
    }
  }
}

TEST_CASE("filtered walk: finds the way around rows near the query that do not match") {
  Searches searches(44);
  const auto outcome = searches.run([](const std::vector<Slot>& order) { return part(order, 30, order.size() - 30); });
  INFO("recall " << outcome.recall() << ", doubtful " << outcome.doubtful);
  REQUIRE(outcome.recall() >= 0.95);
  REQUIRE(outcome.doubtful <= 2);
}

TEST_CASE("filtered walk: dead rows that match the filter are walked through and never returned") {
  Searches searches(45);
  for (Slot slot = 0; slot < Searches::kRows; ++slot) {
    if (slot % 5 == 0) searches.rows().remove(slot);
  }
  for (const double share : {0.5, 0.1}) {
    std::vector<Slot> order(Searches::kRows);
    std::iota(order.begin(), order.end(), Slot{0});
    std::ranges::shuffle(order, searches.random());
    Keeping kept(part(order, 0, rows_of(share)), Searches::kRows);
    kept.share *= 0.8;
    std::size_t right = 0;
    for (int i = 0; i < 40; ++i) {
      const auto& query = searches.rows().vector(static_cast<Slot>(searches.random()() % Searches::kRows));
      const Found found = walk_kept(searches.graph(), searches.rows().view(), query, kept);
      for (const Hit& hit : found.hits) REQUIRE(hit.slot % 5 != 0);
      right += common(found.hits, exact_kept(searches.rows().view(), query, kept));
    }
    INFO("share " << share << ": " << right << " of 400");
    REQUIRE(right >= 380);
  }
}

TEST_CASE("filtered walk: a filter that keeps no row finds nothing") {
  std::mt19937_64 random(46);
  const GraphRows rows = clustered_rows(random, 500, 8, 0);
  const BuiltGraph built(rows, {.dimension = 8});
  const Keeping none({}, rows.count());
  REQUIRE(walk_kept(*built.graph, rows.view(), rows.vector(3), none).hits.empty());
}

TEST_CASE("filtered walk: the only row that matches is found, or the walk is doubtful") {
  std::mt19937_64 random(47);
  const GraphRows rows = clustered_rows(random, 500, 8, 0);
  const BuiltGraph built(rows, {.dimension = 8});
  std::size_t found_count = 0;
  for (Slot slot = 0; slot < 500; slot += 7) {
    const Found found = walk_kept(*built.graph, rows.view(), rows.vector(slot), Keeping({slot}, rows.count()));
    found_count += found.hits.size();
    REQUIRE((found.hits.size() == 1 || found.doubtful));
  }
  REQUIRE(found_count >= 65);
}

TEST_CASE("filtered walk: with all rows dead but a few, finds them or is doubtful") {
  std::mt19937_64 random(48);
  GraphRows rows = clustered_rows(random, 2000, 16, 20);
  const BuiltGraph built(rows, {.dimension = 16});
  for (Slot slot = 0; slot < 2000; ++slot) {
    if (slot % 400 != 7) rows.remove(slot);
  }
  std::vector<Slot> all(2000);
  std::iota(all.begin(), all.end(), Slot{0});
  Keeping kept(all, rows.count());
  kept.share = 5.0 / 2000;
  for (Slot i = 0; i < 20; ++i) {
    const Found found = walk_kept(*built.graph, rows.view(), rows.vector(i * 90), kept);
    for (const Hit& hit : found.hits) REQUIRE(hit.slot % 400 == 7);
    REQUIRE((found.hits.size() == 5 || found.doubtful));
  }
}

TEST_CASE("filtered walk: fewer rows than k match, and all of them are returned") {
  std::mt19937_64 random(49);
  const GraphRows rows = clustered_rows(random, 60, 8, 0);
  const BuiltGraph built(rows, {.dimension = 8});
  std::vector<Slot> even;
  for (Slot slot = 0; slot < 60; slot += 2) even.push_back(slot);
  const Found found = walk_kept(*built.graph, rows.view(), rows.vector(5), Keeping(even, rows.count()), 64, 50);
  REQUIRE(found.hits.size() == 30);
  REQUIRE(!found.doubtful);
}

TEST_CASE("filtered walk: rows that are newer than the view are not returned") {
  std::mt19937_64 random(50);
  const GraphRows rows = clustered_rows(random, 1000, 8, 0);
  const BuiltGraph built(rows, {.dimension = 8});
  std::vector<Slot> all(1000);
  std::iota(all.begin(), all.end(), Slot{0});
  const Keeping kept(all, rows.count());
  for (const std::size_t shown : {0U, 1U, 64U, 500U}) {
    for (const Hit& hit : walk_kept(*built.graph, rows.view(shown), random_vector(random, 8), kept, 64, 50).hits) {
      REQUIRE(hit.slot < shown);
    }
  }
}

TEST_CASE("filtered walk: slots beyond the filter's words do not match") {
  std::mt19937_64 random(51);
  const GraphRows rows = clustered_rows(random, 1000, 8, 0);
  const BuiltGraph built(rows, {.dimension = 8});
  std::vector<Slot> first(128);
  std::iota(first.begin(), first.end(), Slot{0});
  Keeping kept(first, rows.count());
  kept.words.resize(2);
  SlotOrder judge;
  WalkCounters counters;
  const WalkOptions options{.filter = kept.words, .share = kept.share};
  const auto hits = require_ok(walk(*built.graph, rows.view(), rows.vector(900), options, judge, counters, {}));
  REQUIRE((hits.size() == 10 || counters.doubtful));
  for (const Hit& hit : hits) REQUIRE(hit.slot < 128);
}
