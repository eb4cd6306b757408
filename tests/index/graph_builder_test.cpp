// The structure of the graph: links, levels, reachability, and building it in several ways.

#include <set>

#include "index/graph_fill.hpp"
#include "index/graph_rows.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

// Every list of every row: links to rows of the graph that have the level, none to itself, none twice.
void require_valid_links(const Graph& graph) {
  for (Slot slot = 0; slot < graph.slots(); ++slot) {
    if (!graph.contains(slot)) continue;
    for (std::size_t level = 0; level <= graph.level(slot); ++level) {
      const auto links = graph.links(slot, level);
      const std::set<Slot> distinct(links.begin(), links.end());
      const bool valid =
          distinct.size() == links.size() && !distinct.contains(slot) &&
          std::ranges::all_of(links, [&](Slot link) { return graph.contains(link) && graph.level(link) >= level; });
      if (!valid) FAIL("row " << slot << " on level " << level << " has a wrong link");
    }
  }
}

std::size_t count_reachable(const Graph& graph) {
  std::set<Slot> seen = {graph.entry()};
  std::vector<Slot> queue = {graph.entry()};
  for (std::size_t i = 0; i < queue.size(); ++i) {
    for (const Slot link : graph.links(queue[i], 0)) {
      if (seen.insert(link).second) queue.push_back(link);
    }
  }
  return queue.size();
}

bool same_links(const Graph& a, const Graph& b) {
  for (Slot slot = 0; slot < a.slots(); ++slot) {
    if (a.contains(slot) != b.contains(slot)) return false;
    if (a.contains(slot) && a.links(slot, 0) != b.links(slot, 0)) return false;
  }
  return a.slots() == b.slots() && a.entry() == b.entry();
}

GraphRows rows_with_duplicates(std::mt19937_64& random, std::size_t count, std::size_t copies) {
  GraphRows rows(8, count);
  std::vector<float> vector;
  for (std::size_t i = 0; i < count; ++i) {
    if (i % copies == 0) vector = random_vector(random, 8);
    rows.add(vector);
  }
  return rows;
}

}  // namespace

TEST_CASE("graph: links are valid and every row can be reached from the entry point") {
  std::mt19937_64 random(21);
  for (const std::size_t threads : {1U, 2U}) {
    for (const Metric metric : {Metric::cosine, Metric::inner_product, Metric::l2}) {
      const GraphRows rows = clustered_rows(random, 2000, 12, 15);
      const BuiltGraph built(rows, {.metric = metric, .dimension = 12, .ef_construction = 60}, threads);
      require_valid_links(*built.graph);
      REQUIRE(built.graph->rows() == 2000);
      REQUIRE(count_reachable(*built.graph) == 2000);
    }
  }
}

TEST_CASE("graph: every row can be reached where each vector is there fifty times, or all are the same") {
  std::mt19937_64 random(22);
  for (const std::size_t copies : {50U, 1000U}) {
    const GraphRows rows = rows_with_duplicates(random, 1000, copies);
    const BuiltGraph built(rows, {.dimension = 8});
    require_valid_links(*built.graph);
    REQUIRE(count_reachable(*built.graph) == 1000);
  }
}

TEST_CASE("graph: the fill leaves no list short where there are rows enough") {
  std::mt19937_64 random(23);
  const GraphRows rows = clustered_rows(random, 2000, 12, 0);
  const BuiltGraph built(rows, {.dimension = 12});
  for (Slot slot = 0; slot < 2000; ++slot) REQUIRE(built.graph->links(slot, 0).size() == built.graph->links_per_row());
}

TEST_CASE("graph: one thread builds the same graph twice") {
  std::mt19937_64 random(24);
  const GraphRows rows = clustered_rows(random, 1000, 12, 10);
  const BuiltGraph first(rows, {.dimension = 12});
  const BuiltGraph second(rows, {.dimension = 12});
  const BuiltGraph other(rows, {.dimension = 12, .seed = 7});
  REQUIRE(same_links(*first.graph, *second.graph));
  REQUIRE_FALSE(same_links(*first.graph, *other.graph));
}

TEST_CASE("graph: numbers out of range are moved into it") {
  std::mt19937_64 random(25);
  const GraphRows rows = clustered_rows(random, 400, 8, 0);
  const std::size_t links = GENERATE(std::size_t{0}, std::size_t{5}, std::size_t{1'000'000});
  const BuiltGraph built(rows, {.dimension = 8, .links = links, .ef_construction = 0});
  require_valid_links(*built.graph);
  REQUIRE(built.graph->links_per_node() >= 4);
  REQUIRE(built.graph->links_per_node() <= 64);
  REQUIRE(walk_all(*built.graph, rows.view(), rows.vector(7), {.k = 1}).front().slot == 7);
}

TEST_CASE("graph: rows that differ by many orders of magnitude are all in it") {
  std::mt19937_64 random(26);
  GraphRows rows(8, 600);
  for (int i = 0; i < 600; ++i) {
    auto vector = random_vector(random, 8);
    const float scale = i % 3 == 0 ? 1e30F : i % 3 == 1 ? 1.0F : 1e-40F;
    for (float& x : vector) x *= scale;
    rows.add(std::move(vector));
  }
  for (const Metric metric : {Metric::cosine, Metric::inner_product, Metric::l2}) {
    const BuiltGraph built(rows, {.metric = metric, .dimension = 8});
    require_valid_links(*built.graph);
    REQUIRE(count_reachable(*built.graph) == 600);
    REQUIRE_FALSE(walk_all(*built.graph, rows.view(), rows.vector(3), {}).empty());
  }
}

TEST_CASE("graph: a restored builder continues a published graph") {
  std::mt19937_64 random(27);
  const GraphRows rows = clustered_rows(random, 3000, 16, 20);
  const GraphOptions options{.dimension = 16};
  auto builder = require_ok(GraphBuilder::create(options, 2000));
  Graph graph(options);
  require_ok(builder->insert_range(rows.view(), 0, 2000, 1, {}));
  require_ok(graph.publish_all(*builder, rows.view(), 1));
  builder = require_ok(GraphBuilder::restore(graph, rows.view(), options, 3000));
  REQUIRE(builder->rows() == 2000);
  for (Slot slot = 2000; slot < 3000; ++slot) {
    std::vector<Slot> changed;
    require_ok(builder->insert(rows.view(), slot, changed));
    require_ok(graph.publish(*builder, rows.view(), changed));
  }
  require_valid_links(graph);
  REQUIRE(graph.rows() == 3000);
  REQUIRE(count_reachable(graph) >= 2990);
  std::size_t right = 0;
  SlotOrder judge;
  for (int i = 0; i < 50; ++i) {
    const auto query = random_vector(random, 16);
    right += common(walk_all(graph, rows.view(), query, {.ef = 64}), rows.exact(Metric::cosine, query, 10, judge));
  }
  REQUIRE(right >= 475);
}

TEST_CASE("graph: a stopped build keeps what it has") {
  std::mt19937_64 random(28);
  const GraphRows rows = clustered_rows(random, 100, 8, 0);
  const auto builder = require_ok(GraphBuilder::create({.dimension = 8}, 100));
  std::stop_source source;
  source.request_stop();
  require_error(builder->insert_range(rows.view(), 0, 100, 1, source.get_token()), ErrorCode::cancelled);
  REQUIRE(builder->rows() == 0);
}
