// Fuzz target: any bytes as a saved graph over a few rows, and walks through what comes out. Bytes are an edit of a
// valid graph more often than not, since few others pass the checks of sizes.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <span>
#include <vector>

#include "fuzz.hpp"
#include "index/graph_codec.hpp"
#include "index/graph_walk.hpp"

namespace {

using namespace scaup;

constexpr std::size_t kRows = 48;
constexpr std::size_t kDimension = 4;
constexpr GraphOptions kOptions{.metric = Metric::l2, .dimension = kDimension, .links = 4, .ef_construction = 16};

class AnyRow final : public RowJudge {
 public:
  bool accepts(Slot) const override { return true; }
  bool id_precedes(Slot a, Slot b) const override { return a < b; }
};

// Rows on a lattice, a valid graph over them, and its bytes.
struct World {
  World() : segment(64, kDimension) {
    for (std::size_t i = 0; i < kRows; ++i) {
      const std::vector<float> row = {static_cast<float>(i % 4), static_cast<float>(i / 4 % 4),
                                      static_cast<float>(i / 16), 1};
      segment.write(i, i % 13 == 5 ? std::span<const float>() : std::span<const float>(row));
    }
    const auto builder = GraphBuilder::create(kOptions, kRows);
    fuzz::require(builder && (*builder)->insert_range(view(), 0, kRows, 1, {}));
    Graph graph(kOptions);
    fuzz::require(graph.publish_all(**builder, view(), 1).has_value());
    std::vector<Slot> kept(kRows);
    std::iota(kept.begin(), kept.end(), Slot{0});
    const auto keep = [this](std::span<const std::byte> piece) -> Status {
      valid.insert(valid.end(), piece.begin(), piece.end());
      return {};
    };
    fuzz::require(write_graph(graph, {kept, kRows}, keep).has_value());
  }
  [[nodiscard]] RowsView view() const { return {std::span(&first, 1), kRows, 64, kDimension, 1}; }

  RowSegment segment;
  const RowSegment* first = &segment;
  std::vector<std::byte> valid;
};

// The input itself, or a valid graph with four bytes put at places that the input names.
std::vector<std::byte> bytes_of(const World& world, std::span<const std::byte> input) {
  if (input.empty() || (std::to_integer<unsigned>(input[0]) & 1U) == 0) {
    return {input.begin() + (input.empty() ? 0 : 1), input.end()};
  }
  std::vector<std::byte> bytes = world.valid;
  for (std::size_t at = 1; at + 3 <= input.size(); at += 3) {
    const std::size_t place =
        std::to_integer<std::size_t>(input[at]) * 256 + std::to_integer<std::size_t>(input[at + 1]);
    bytes[place % bytes.size()] = input[at + 2];
  }
  return bytes;
}

void walk_through(const World& world, const LoadedGraph& loaded) {
  const AnyRow judge;
  const std::vector<std::uint64_t> filter = {0x5A5A'1234'8765'0F0FU};
  for (const float x : {0.0F, 1.5F, 9.0F}) {
    const std::vector<float> query = {x, 1, x, 1};
    for (const bool filtered : {false, true}) {
      WalkOptions options{.k = 5, .ef = 16, .share = filtered ? 0.5 : 1.0};
      if (filtered) options.filter = filter;
      WalkCounters counters;
      const auto hits = walk(*loaded.graph, world.view(), query, options, judge, counters, {});
      fuzz::require(hits.has_value());
      for (const Hit& hit : *hits) fuzz::require(loaded.graph->contains(hit.slot));
      if (!filtered && loaded.graph->rows() > 0) fuzz::require(!hits->empty());
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const World world;
  const std::vector<std::byte> bytes = bytes_of(world, std::as_bytes(std::span(data, size)));
  static_cast<void>(read_recall_table(bytes));
  const auto loaded = read_graph(bytes, world.view(), kOptions);
  if (!loaded) {
    fuzz::require(loaded.error().code() == ErrorCode::corruption);
    return 0;
  }
  walk_through(world, *loaded);
  // One in four: hnswlib makes 65,536 mutexes each time, which takes longer than all else here.
  if (size % 4 != 0) return 0;
  const auto builder = GraphBuilder::restore(*loaded->graph, world.view(), kOptions, kRows);
  fuzz::require(builder.has_value());
  return 0;
}
