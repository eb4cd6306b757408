// A graph as bytes: what comes back is the same graph, or one of the rows that were kept; and no bytes do harm.

#include "index/graph_codec.hpp"

#include <array>
#include <atomic>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <set>
#include <thread>

#include "index/graph_rows.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

using Bytes = std::vector<std::byte>;

constexpr std::size_t kHead = 32;

Bytes encode(const Graph& graph, const KeptRows& kept) {
  Bytes bytes;
  require_ok(write_graph(graph, kept, [&](std::span<const std::byte> piece) -> Status {
    bytes.insert(bytes.end(), piece.begin(), piece.end());
    return {};
  }));
  REQUIRE(bytes.size() == require_ok(graph_size(graph, kept)));
  return bytes;
}

std::vector<Slot> all_slots(std::size_t count) {
  std::vector<Slot> slots(count);
  std::iota(slots.begin(), slots.end(), Slot{0});
  return slots;
}

// All but the dropped share of slots.
std::vector<Slot> some_slots(std::mt19937_64& random, std::size_t count, double dropped) {
  std::vector<Slot> slots = all_slots(count);
  std::bernoulli_distribution drop(dropped);
  std::erase_if(slots, [&](Slot) { return drop(random); });
  return slots;
}

// All but about a fifth of the rows that lies on one side.
std::vector<Slot> slots_outside_region(const GraphRows& rows) {
  std::vector<float> places;
  for (Slot slot = 0; slot < rows.count(); ++slot) places.push_back(rows.vector(slot)[0]);
  const auto border = places.begin() + static_cast<std::ptrdiff_t>(places.size() * 4 / 5);
  std::ranges::nth_element(places, border);
  std::vector<Slot> slots = all_slots(rows.count());
  std::erase_if(slots, [&](Slot slot) { return rows.vector(slot)[0] >= *border; });
  return slots;
}

GraphRows rows_of(const GraphRows& rows, std::size_t dimension, const std::vector<Slot>& kept, std::size_t room) {
  GraphRows result(dimension, room);
  for (const Slot slot : kept) result.add(rows.vector(slot));
  return result;
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

// Every list: rows of the graph that have the level, no row itself, none twice.
bool links_are_valid(const Graph& graph) {
  for (Slot slot = 0; slot < graph.slots(); ++slot) {
    for (std::size_t level = 0; graph.contains(slot) && level <= graph.level(slot); ++level) {
      const auto links = graph.links(slot, level);
      const std::set<Slot> distinct(links.begin(), links.end());
      const auto fits = [&](Slot link) { return graph.contains(link) && graph.level(link) >= level; };
      if (distinct.size() != links.size() || distinct.contains(slot) || !std::ranges::all_of(links, fits)) return false;
    }
  }
  return true;
}

// The share of places on level 0 that have a link.
double share_of_links(const Graph& graph) {
  std::size_t links = 0;
  for (Slot slot = 0; slot < graph.slots(); ++slot) {
    if (graph.contains(slot)) links += graph.links(slot, 0).size();
  }
  return static_cast<double>(links) / static_cast<double>(graph.rows() * graph.links_per_row());
}

bool same_graph(const Graph& a, const Graph& b) {
  if (a.slots() != b.slots() || a.entry() != b.entry() || a.rows() != b.rows()) return false;
  for (Slot slot = 0; slot < a.slots(); ++slot) {
    if (a.contains(slot) != b.contains(slot)) return false;
    if (!a.contains(slot)) continue;
    if (a.level(slot) != b.level(slot)) return false;
    for (std::size_t level = 0; level <= a.level(slot); ++level) {
      if (a.links(slot, level) != b.links(slot, level)) return false;
    }
  }
  return true;
}

double recall_of(const Graph& graph, const GraphRows& rows, Metric metric,
                 const std::vector<std::vector<float>>& queries, std::size_t ef) {
  SlotOrder judge;
  std::size_t right = 0;
  for (const auto& query : queries) {
    right += common(walk_all(graph, rows.view(), query, {.ef = ef}), rows.exact(metric, query, 10, judge));
  }
  return static_cast<double>(right) / (10.0 * static_cast<double>(queries.size()));
}

std::vector<std::vector<float>> queries_near(std::mt19937_64& random, const GraphRows& rows, std::size_t count) {
  std::vector<std::vector<float>> queries;
  for (std::size_t i = 0; i < count; ++i) {
    auto query = rows.vector(static_cast<Slot>(random() % rows.count()));
    const auto noise = random_vector(random, query.size());
    for (std::size_t j = 0; j < query.size(); ++j) query[j] += 0.3F * noise[j];
    queries.push_back(std::move(query));
  }
  return queries;
}

// Walks in all ways; for the sanitizers.
void walk_about(const Graph& graph, const GraphRows& rows) {
  const std::vector<std::uint64_t> filter((rows.count() + 63) / 64, 0x1111'1111'1111'1111U);
  for (const Slot slot : {Slot{0}, static_cast<Slot>(rows.count() / 2)}) {
    const auto hits = walk_all(graph, rows.view(), rows.vector(slot), {.ef = 32});
    for (const Hit& hit : hits) REQUIRE(graph.contains(hit.slot));
    walk_all(graph, rows.view(), rows.vector(slot), {.ef = 32, .filter = filter, .share = 0.25});
  }
}

// What must hold of any bytes: an error, or a graph that is safe.
void require_safe(const Bytes& bytes, const GraphRows& rows, const GraphOptions& options) {
  const auto loaded = read_graph(bytes, rows.view(), options);
  if (!loaded) {
    REQUIRE(loaded.error().code() == ErrorCode::corruption);
    return;
  }
  REQUIRE(links_are_valid(*loaded->graph));
  REQUIRE(count_reachable(*loaded->graph) == loaded->graph->rows());
  walk_about(*loaded->graph, rows);
}

struct SmallGraph {
  explicit SmallGraph(std::uint64_t seed) : random(seed), rows(clustered_rows(random, 90, 8, 4)), built(rows, options) {
    kept = all_slots(90);
    bytes = encode(*built.graph, {kept, 90});
  }
  GraphOptions options{.metric = Metric::l2, .dimension = 8, .links = 4, .ef_construction = 20};
  std::mt19937_64 random;
  GraphRows rows;
  BuiltGraph built;
  std::vector<Slot> kept;
  Bytes bytes;
};

void set_u32(Bytes& bytes, std::size_t at, std::uint32_t value) {
  for (std::size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<std::byte>(value >> (8 * i));
}

}  // namespace

TEST_CASE("graph codec: what is read has the links, the weights and the answers of what was written") {
  std::mt19937_64 random(41);
  for (const Metric metric : {Metric::cosine, Metric::inner_product, Metric::l2}) {
    const GraphRows rows = clustered_rows(random, 2000, 12, 15);
    const GraphOptions options{.metric = metric, .dimension = 12};
    const BuiltGraph built(rows, options);
    const auto loaded = require_ok(read_graph(encode(*built.graph, {all_slots(2000), 2000}), rows.view(), options));
    REQUIRE(loaded.end == 2000);
    REQUIRE(loaded.dropped == 0);
    REQUIRE(loaded.relinked == 0);
    REQUIRE(same_graph(*built.graph, *loaded.graph));
    REQUIRE(loaded.graph->largest_norm() == built.graph->largest_norm());
    for (Slot slot = 0; slot < 2000; ++slot) {
      REQUIRE(loaded.graph->weights(slot)->multiplier == built.graph->weights(slot)->multiplier);
      REQUIRE(loaded.graph->weights(slot)->addend == built.graph->weights(slot)->addend);
    }
    for (const auto& query : queries_near(random, rows, 20)) {
      const auto before = walk_all(*built.graph, rows.view(), query, {.ef = 30});
      const auto after = walk_all(*loaded.graph, rows.view(), query, {.ef = 30});
      REQUIRE(common(before, after) == before.size());
    }
  }
}

TEST_CASE("graph codec: with rows dropped, recall is that of a new graph and every row can be reached") {
  // Rows here and there, or one region of the space.
  const auto dropped = GENERATE(0.0, 0.05, 0.2, std::numeric_limits<double>::infinity());
  constexpr std::size_t kQueries = 200;
  constexpr int kSeeds = 4;
  std::array<double, 2> now = {};
  std::array<double, 2> wanted = {};
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    std::mt19937_64 random(seed);
    const GraphRows rows = clustered_rows(random, 3000, 24, 40);
    const GraphOptions options{.dimension = 24, .links = 8, .ef_construction = 80};
    const BuiltGraph built(rows, options);
    const auto kept = std::isfinite(dropped) ? some_slots(random, rows.count(), dropped) : slots_outside_region(rows);
    const GraphRows left = rows_of(rows, 24, kept, kept.size());
    const auto loaded = require_ok(read_graph(encode(*built.graph, {kept, rows.count()}), left.view(), options));
    REQUIRE(loaded.dropped == rows.count() - kept.size());
    REQUIRE(loaded.graph->rows() == kept.size());
    REQUIRE(links_are_valid(*loaded.graph));
    REQUIRE(count_reachable(*loaded.graph) == kept.size());
    CHECK(share_of_links(*loaded.graph) > 0.98);  // the places of dropped rows are filled
    const BuiltGraph fresh(left, options);
    const auto queries = queries_near(random, left, kQueries);
    for (const std::size_t wide : {0U, 1U}) {
      const std::size_t ef = wide == 0 ? 16 : 48;
      now[wide] += recall_of(*loaded.graph, left, options.metric, queries, ef) / kSeeds;
      wanted[wide] += recall_of(*fresh.graph, left, options.metric, queries, ef) / kSeeds;
    }
  }
  // Two graphs over the same rows differ by as much for a single seed.
  CHECK(now[0] >= wanted[0] - 0.01);
  CHECK(now[1] >= wanted[1] - 0.01);
}

TEST_CASE("graph codec: the entry point may be dropped, and all but a few rows, and all") {
  SmallGraph small(5);
  const Slot entry = small.built.graph->entry();
  std::vector<Slot> kept = all_slots(90);
  SECTION("the entry point") {
    std::erase(kept, entry);
  }
  SECTION("all rows with upper levels") {
    std::erase_if(kept, [&](Slot slot) { return small.built.graph->level(slot) > 0; });
  }
  SECTION("all but three rows") {
    kept = {3, 40, 77};
  }
  SECTION("all but one row") {
    kept = {62};
  }
  SECTION("all rows") {
    kept = {};
  }
  const GraphRows left = rows_of(small.rows, 8, kept, 100);
  const auto loaded = require_ok(read_graph(encode(*small.built.graph, {kept, 90}), left.view(), small.options));
  REQUIRE(loaded.end == kept.size());
  REQUIRE(loaded.dropped == 90 - kept.size());
  REQUIRE(loaded.graph->rows() == kept.size());
  Graph::Entry found;
  REQUIRE(loaded.graph->entry(found) == !kept.empty());
  if (kept.empty()) return;
  REQUIRE(count_reachable(*loaded.graph) == kept.size());
  for (Slot slot = 0; slot < kept.size(); ++slot) REQUIRE(loaded.graph->level(slot) <= found.level);
  walk_about(*loaded.graph, left);
}

TEST_CASE("graph codec: rows without a vector and rows behind the end are not in the graph") {
  std::mt19937_64 random(42);
  GraphRows rows(8, 500);
  for (int i = 0; i < 500; ++i) rows.add(i % 7 == 0 ? std::vector<float>{} : random_vector(random, 8));
  const GraphOptions options{.dimension = 8};
  auto builder = require_ok(GraphBuilder::create(options, 500));
  Graph graph(options);
  require_ok(builder->insert_range(rows.view(), 0, 400, 1, {}));
  require_ok(graph.publish_all(*builder, rows.view(), 1));
  const auto loaded = require_ok(read_graph(encode(graph, {all_slots(500), 400}), rows.view(), options));
  REQUIRE(loaded.end == 400);
  for (Slot slot = 0; slot < 500; ++slot) REQUIRE(loaded.graph->contains(slot) == (slot < 400 && slot % 7 != 0));
  // The same for rows that the graph holds and the caller does not count yet.
  const auto shorter = require_ok(read_graph(encode(graph, {all_slots(500), 300}), rows.view(), options));
  REQUIRE(shorter.end == 300);
  REQUIRE(shorter.graph->slots() <= 300);
  REQUIRE(links_are_valid(*shorter.graph));
  REQUIRE(count_reachable(*shorter.graph) == shorter.graph->rows());
}

TEST_CASE("graph codec: rows are inserted and published after loading as before") {
  std::mt19937_64 random(43);
  const GraphRows rows = clustered_rows(random, 3000, 16, 20);
  const GraphOptions options{.dimension = 16};
  auto builder = require_ok(GraphBuilder::create(options, 2500));
  Graph graph(options);
  require_ok(builder->insert_range(rows.view(), 0, 2500, 1, {}));
  require_ok(graph.publish_all(*builder, rows.view(), 1));
  std::vector<Slot> kept = some_slots(random, 2500, 0.1);
  const std::size_t before = kept.size();
  const Bytes bytes = encode(graph, {kept, 2500});
  for (Slot slot = 2500; slot < 3000; ++slot) kept.push_back(slot);
  const GraphRows left = rows_of(rows, 16, kept, kept.size());
  const auto loaded = require_ok(read_graph(bytes, left.view(), options));
  REQUIRE(loaded.end == before);
  builder = require_ok(GraphBuilder::restore(*loaded.graph, left.view(), options, left.count()));
  for (Slot slot = static_cast<Slot>(before); slot < left.count(); ++slot) {
    std::vector<Slot> changed;
    require_ok(builder->insert(left.view(), slot, changed));
    require_ok(loaded.graph->publish(*builder, left.view(), changed));
  }
  REQUIRE(loaded.graph->rows() == left.count());
  REQUIRE(links_are_valid(*loaded.graph));
  REQUIRE(recall_of(*loaded.graph, left, options.metric, queries_near(random, left, 50), 64) >= 0.95);
}

TEST_CASE("graph codec: writing beside a publisher gives a whole graph of the rows there were") {
  std::mt19937_64 random(44);
  const GraphRows rows = clustered_rows(random, 2400, 12, 10);
  const GraphOptions options{.dimension = 12, .links = 6, .ef_construction = 40};
  auto builder = require_ok(GraphBuilder::create(options, rows.count()));
  Graph graph(options);
  require_ok(builder->insert_range(rows.view(), 0, 1000, 1, {}));
  require_ok(graph.publish_all(*builder, rows.view(), 1));
  std::atomic<std::size_t> end = 1000;
  Status published;
  std::thread publisher([&] {
    for (Slot slot = 1000; slot < rows.count() && published; slot += 20) {
      std::vector<Slot> changed;
      for (Slot i = slot; i < slot + 20 && published; ++i) published = builder->insert(rows.view(), i, changed);
      if (published) published = graph.publish(*builder, rows.view(), changed);
      end.store(slot + 20);
    }
  });
  std::vector<std::pair<Bytes, std::vector<Slot>>> files;
  while (end.load() < rows.count()) {
    const std::size_t now = end.load();
    auto kept = some_slots(random, now, 0.1);
    Bytes bytes = encode(graph, {kept, now});
    files.emplace_back(std::move(bytes), std::move(kept));
    if (files.size() > 40) break;
  }
  publisher.join();
  require_ok(published);
  for (const auto& [bytes, kept] : files) {
    const GraphRows left = rows_of(rows, 12, kept, kept.size());
    const auto loaded = require_ok(read_graph(bytes, left.view(), options));
    REQUIRE(loaded.graph->rows() == kept.size());
    REQUIRE(count_reachable(*loaded.graph) == kept.size());
  }
}

TEST_CASE("graph codec: every truncation is an error") {
  const SmallGraph small(6);
  for (std::size_t size = 0; size < small.bytes.size(); ++size) {
    // A copy, so that the sanitizers see a read past its end.
    const Bytes cut(small.bytes.begin(), small.bytes.begin() + static_cast<std::ptrdiff_t>(size));
    require_error(read_graph(cut, small.rows.view(), small.options), ErrorCode::corruption);
  }
  Bytes longer = small.bytes;
  longer.push_back({});
  require_error(read_graph(longer, small.rows.view(), small.options), ErrorCode::corruption);
}

TEST_CASE("graph codec: a changed byte is an error, or leaves a graph that is safe to walk") {
  const SmallGraph small(7);
  for (std::size_t at = 0; at < small.bytes.size(); ++at) {
    for (const unsigned change : {0x01U, 0x80U, 0xFFU}) {
      Bytes changed = small.bytes;
      changed[at] ^= static_cast<std::byte>(change);
      require_safe(changed, small.rows, small.options);
    }
  }
}

TEST_CASE("graph codec: links at random are an error, or leave a graph that is safe to walk") {
  SmallGraph small(8);
  for (int round = 0; round < 300; ++round) {
    Bytes changed = small.bytes;
    for (int i = 0; i < 20; ++i) {
      const std::size_t place = small.random() % ((changed.size() - kHead - 90) / 4);
      set_u32(changed, kHead + 90 + 4 * place, static_cast<std::uint32_t>(small.random() % 91));
    }
    require_safe(changed, small.rows, small.options);
  }
}

TEST_CASE("graph codec: rows that no link leads to are linked to near ones") {
  SmallGraph small(9);
  // Row 5 disappears from all lists of level 0; what followed moves up.
  for (std::size_t row = 0; row < 90; ++row) {
    std::vector<std::uint32_t> list(8);
    std::memcpy(list.data(), small.bytes.data() + kHead + 90 + row * 32, 32);
    std::erase(list, 6U);
    list.resize(8);
    std::memcpy(small.bytes.data() + kHead + 90 + row * 32, list.data(), 32);
  }
  const auto loaded = require_ok(read_graph(small.bytes, small.rows.view(), small.options));
  REQUIRE(loaded.relinked == 1);
  REQUIRE(links_are_valid(*loaded.graph));
  REQUIRE(count_reachable(*loaded.graph) == 90);
}

TEST_CASE("graph codec: a graph of other options, of more rows or with a head that lies is refused") {
  const SmallGraph small(10);
  const auto refused = [&](const Bytes& bytes, const RowsView& view, const GraphOptions& options) {
    require_error(read_graph(bytes, view, options), ErrorCode::corruption);
  };
  GraphOptions other = small.options;
  SECTION("another metric") {
    other.metric = Metric::cosine;
    refused(small.bytes, small.rows.view(), other);
  }
  SECTION("another dimension") {
    other.dimension = 9;
    refused(small.bytes, small.rows.view(), other);
  }
  SECTION("another number of links") {
    other.links = 5;
    refused(small.bytes, small.rows.view(), other);
  }
  SECTION("fewer rows in the table") {
    refused(small.bytes, small.rows.view(89), small.options);
  }
  SECTION("any number of the head") {
    for (std::size_t at = 8; at < kHead; at += 4) {
      for (const std::uint32_t value : {0xFFFF'FFFFU, 0x8000'0000U, 0x7FFF'FFFFU, 91U, 89U}) {
        Bytes changed = small.bytes;
        set_u32(changed, at, value);
        require_safe(changed, small.rows, small.options);
        if (at >= 12 && at <= 20) refused(changed, small.rows.view(), small.options);
      }
    }
  }
  SECTION("an entry point that is not on the highest level, or not in the graph") {
    const auto low = std::ranges::find_if(small.kept, [&](Slot slot) { return small.built.graph->level(slot) == 0; });
    for (const std::uint32_t entry : {*low, Slot{90}, ~Slot{0}}) {
      Bytes changed = small.bytes;
      set_u32(changed, 24, entry);
      refused(changed, small.rows.view(), small.options);
    }
  }
  SECTION("a visible row is left out") {
    GraphRows more = rows_of(small.rows, 8, small.kept, 100);
    Bytes changed = small.bytes;
    set_u32(changed, 12, 91);
    changed.insert(changed.begin() + kHead + 90, std::byte{0});
    more.add({1, 2, 3, 4, 5, 6, 7, 8});
    refused(changed, more.view(), small.options);
    more.remove(90);
    REQUIRE(require_ok(read_graph(changed, more.view(), small.options)).end == 91);
  }
  SECTION("other values of ef_construction and seed are those of further insertions") {
    other.ef_construction = 77;
    other.seed = 5;
    REQUIRE(require_ok(read_graph(small.bytes, small.rows.view(), other)).graph->options().ef_construction == 77);
  }
}

TEST_CASE("graph codec: an error of the sink ends the writing, and rows to keep must ascend") {
  const SmallGraph small(11);
  int calls = 0;
  const auto full = [&](std::span<const std::byte>) -> Status {
    ++calls;
    return Error(ErrorCode::io, "disk full");
  };
  require_error(write_graph(*small.built.graph, {small.kept, 90}, full), ErrorCode::io);
  REQUIRE(calls == 1);
  const std::vector<Slot> twice = {1, 2, 2};
  require_error(write_graph(*small.built.graph, {twice, 90}, full), ErrorCode::invalid_argument);
}

TEST_CASE("recall table codec: what is read is what was written, and damage is an error or a valid table") {
  const RecallTable table({{10, 0.5, 200.25}, {20, 0.75, 300}, {40, 0.75, 290}, {80, 0.9995, 1200}});
  const Bytes bytes = write_recall_table(table, 12345);
  const auto same = [&](const RecallTable& other) {
    return std::ranges::equal(table.points(), other.points(), [](const auto& a, const auto& b) {
      return a.ef == b.ef && a.recall == b.recall && a.codes_compared == b.codes_compared;
    });
  };
  const auto loaded = require_ok(read_recall_table(bytes));
  REQUIRE(loaded.measured_changes == 12345);
  REQUIRE(same(loaded.table));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const Bytes cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    require_error(read_recall_table(cut), ErrorCode::corruption);
  }
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    Bytes changed = bytes;
    changed[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    const auto other = read_recall_table(changed);
    if (!other) continue;
    double before = 0;
    for (const RecallTable::Point& point : other->table.points()) {
      REQUIRE((point.recall >= before && point.recall <= 1));
      REQUIRE((point.ef > 0 && std::isfinite(point.codes_compared)));
      before = point.recall;
    }
  }
}
