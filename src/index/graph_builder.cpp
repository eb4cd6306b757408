// The only file that includes hnswlib. Of it are used the memory of links, the choice of neighbours and the making
// of links (mutuallyConnectNewElement); the search for candidates is our own, because hnswlib's insertion draws levels
// from a generator and reads the entry point without a lock.
//
// Insertions on several threads are safe because no list is reachable before it is written: a row is linked on level 0
// first and then upwards, and a search comes down to a level only through links on that level or above. Every list
// that is reachable is read and changed under hnswlib's lock of that row; no two locks are held together.

#include "index/graph_builder.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <mutex>
#include <queue>
#include <utility>

#include "base/aligned_memory.hpp"
#include "base/boundary.hpp"
#include "base/parallel.hpp"
#include "index/graph.hpp"
#include "index/row_distance.hpp"
#include "index/walk_scratch.hpp"
#include "simd/kernels.hpp"

// Its SIMD part defines global functions, and its classes would meet another version of hnswlib in the user's
// program under the same names.
#ifndef NO_MANUAL_VECTORIZATION
#define NO_MANUAL_VECTORIZATION
#endif
#define hnswlib scaup_hnswlib  // NOLINT(readability-identifier-naming): the name is hnswlib's
#include <hnswlib/hnswalg.h>
#undef hnswlib

namespace scaup::inline v0 {
namespace {

using Hnsw = scaup_hnswlib::HierarchicalNSW<float>;
using Candidate = std::pair<float, scaup_hnswlib::tableint>;
using Candidates = std::priority_queue<Candidate, std::vector<Candidate>, Hnsw::CompareByFirst>;

constexpr std::size_t kMostLinks = 64;

// What hnswlib keeps of a row: where its codes are, and its weights.
struct RowData {
  const std::int8_t* codes = nullptr;
  RowWeights weights = {};
};

struct DistanceParameters {
  std::int32_t (*dot)(const std::int8_t*, const std::int8_t*, std::size_t) noexcept = nullptr;
  std::size_t stride = 0;
  float factor = 1.0F;
};

float row_distance(const RowData& a, const RowData& b, std::int32_t dot, float factor) noexcept {
  const float product = static_cast<float>(dot) * factor * a.weights.multiplier * b.weights.multiplier;
  return ordered_distance(a.weights.addend + b.weights.addend - product);
}

float hnswlib_distance(const void* a, const void* b, const void* parameters) {
  RowData left;
  RowData right;
  std::memcpy(&left, a, sizeof left);  // hnswlib aligns its elements to four bytes only
  std::memcpy(&right, b, sizeof right);
  const auto& p = *static_cast<const DistanceParameters*>(parameters);
  return row_distance(left, right, p.dot(left.codes, right.codes, p.stride), p.factor);
}

class CodeSpace final : public scaup_hnswlib::SpaceInterface<float> {
 public:
  explicit CodeSpace(const GraphOptions& options)
      : parameters_{kernels().dot_int8, code_stride(options.dimension), dot_factor(options.metric)} {}

  size_t get_data_size() override { return sizeof(RowData); }
  scaup_hnswlib::DISTFUNC<float> get_dist_func() override { return hnswlib_distance; }
  void* get_dist_func_param() override { return &parameters_; }
  [[nodiscard]] const DistanceParameters& parameters() const noexcept { return parameters_; }

 private:
  DistanceParameters parameters_;
};

// A uniform number from a seed and a slot (the finaliser of SplitMix64, Steele et al. 2014).
double uniform(std::uint64_t seed, Slot slot) noexcept {
  std::uint64_t x = seed + (std::uint64_t{slot} + 1) * 0x9E37'79B9'7F4A'7C15U;
  x = (x ^ (x >> 30U)) * 0xBF58'476D'1CE4'E5B9U;
  x = (x ^ (x >> 27U)) * 0x94D0'49BB'1331'11EBU;
  x ^= x >> 31U;
  return (static_cast<double>(x >> 11U) + 1.0) * 0x1p-53;
}

void ask_for_huge_pages(char* memory, std::size_t bytes) noexcept {
#ifdef MADV_HUGEPAGE
  void* place = memory;
  std::size_t space = bytes;
  if (std::align(kHugePage, kHugePage, place, space) == nullptr) return;
  ::madvise(place, space / kHugePage * kHugePage, MADV_HUGEPAGE);
#else
  (void)memory, (void)bytes;
#endif
}

// hnswlib 0.6 deletes its pool, which is not used here, twice where memory for a larger one runs out.
void forget(scaup_hnswlib::VisitedListPool*& pool) noexcept {
  delete std::exchange(pool, nullptr);
}
[[maybe_unused]] void forget(std::unique_ptr<scaup_hnswlib::VisitedListPool>& pool) noexcept {
  pool.reset();
}

}  // namespace

GraphOptions clamped(GraphOptions options) noexcept {
  options.links = std::clamp<std::size_t>(options.links, 4, kMostLinks);
  options.ef_construction = std::clamp<std::size_t>(options.ef_construction, 8, 4096);
  return options;
}

struct GraphBuilder::State {
  State(const GraphOptions& wanted, std::size_t room)
      : options(wanted), space(wanted), index(&space, room, wanted.links, wanted.ef_construction), inserted(room) {
    ask_for_huge_pages(index.data_level0_memory_, room * index.size_data_per_element_);
  }

  ~State() {
    // hnswlib frees the lists of the rows it counts; a row whose insertion failed may lie behind them.
    for (std::size_t slot = index.cur_element_count; slot < index.element_levels_.size(); ++slot) {
      if (index.element_levels_[slot] > 0) std::free(index.linkLists_[slot]);
    }
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  // One row on its way into the graph.
  struct Insertion {
    Slot slot = 0;
    std::size_t level = 0;
    RowData data = {};
    WalkScratch* scratch = nullptr;
    std::array<Candidates, kMaxGraphLevel + 1> candidates = {};  // for each level it gets links on
  };
  struct Entry {
    Slot slot = 0;
    std::size_t level = 0;
    bool exists = false;
  };

  [[nodiscard]] std::size_t draw_level(Slot slot) const noexcept {
    const double level = -std::log(uniform(options.seed, slot)) / std::log(static_cast<double>(options.links));
    return static_cast<std::size_t>(std::min(level, static_cast<double>(kMaxGraphLevel)));
  }
  [[nodiscard]] RowData data_of(const RowCodesView& rows, Slot slot) const noexcept {
    const std::int8_t* codes = rows.codes(slot);
    const std::int32_t square = space.parameters().dot(codes, codes, space.parameters().stride);
    return {codes, row_weights(options.metric, rows.factors(slot), rows.norm(slot), square)};
  }
  [[nodiscard]] RowData data_in_index(Slot slot) const noexcept {
    RowData data;
    std::memcpy(&data, index.getDataByInternalId(slot), sizeof data);
    return data;
  }

  // Fills the memory of a row that nothing links to yet.
  void place(Slot slot, const RowData& data, std::size_t level) {
    std::memset(index.data_level0_memory_ + slot * index.size_data_per_element_, 0, index.size_data_per_element_);
    std::memcpy(index.getDataByInternalId(slot), &data, sizeof data);
    if (level > 0) {
      const std::size_t bytes = index.size_links_per_element_ * level + 1;
      auto* lists = static_cast<char*>(std::calloc(1, bytes));  // hnswlib frees it
      if (lists == nullptr) throw std::bad_alloc();
      index.linkLists_[slot] = lists;
    }
    index.element_levels_[slot] = static_cast<int>(level);
  }

  // A copy of a list, so that its lock is held for no distance.
  std::size_t copy_links(Slot slot, std::size_t level, std::array<Slot, 2 * kMostLinks>& out) {
    const std::lock_guard lock(index.link_list_locks_[slot]);
    auto* list = index.get_linklist_at_level(slot, static_cast<int>(level));
    const std::size_t count = index.getListCount(list);
    std::memcpy(out.data(), list + 1, count * sizeof(Slot));
    return count;
  }

  void prefetch(Slot slot) const noexcept { __builtin_prefetch(index.getDataByInternalId(slot)); }

  // Offers rows to the beam, four at a time.
  void offer_all(const Insertion& row, const Slot* slots, std::size_t count) {
    const DistanceParameters& p = space.parameters();
    const std::int16_t* query = row.scratch->query.data();
    for (std::size_t i = 0; i < count; ++i) prefetch(slots[i]);
    for (std::size_t i = 0; i < count; i += 4) {
      const std::size_t lanes = std::min<std::size_t>(4, count - i);
      std::array<RowData, 4> data;
      for (std::size_t lane = 0; lane < 4; ++lane) data[lane] = data_in_index(slots[i + std::min(lane, lanes - 1)]);
      const std::int8_t* const codes[4] = {data[0].codes, data[1].codes, data[2].codes, data[3].codes};
      std::int32_t dots[4];
      kernel_table.dot_int16_int8_4_rows(query, codes, p.stride, dots);
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        row.scratch->beam.offer(row_distance(row.data, data[lane], dots[lane], p.factor), slots[i + lane]);
      }
    }
  }

  // The rows nearest to the new one on a level, in the beam.
  void search(Insertion& row, std::size_t level, Slot from, std::size_t width) {
    row.scratch->visited.clear();
    row.scratch->beam.reset(width);
    row.scratch->visited.insert(row.slot);
    row.scratch->visited.insert(from);
    offer_all(row, &from, 1);
    std::array<Slot, 2 * kMostLinks> links;
    while (const auto next = row.scratch->beam.take_next()) {
      const std::size_t count = copy_links(*next, level, links);
      std::size_t fresh = 0;
      const auto load = [&links](std::size_t i) { return links[i] + 1; };
      const Slot* slots = row.scratch->visited.insert_links(count, static_cast<Slot>(inserted.size()), load, &fresh);
      offer_all(row, slots, fresh);
    }
  }

  static Candidates take_candidates(const Beam& beam) {
    std::vector<Candidate> all;
    all.reserve(beam.size() + 1);
    for (std::size_t i = 0; i < beam.size(); ++i) all.emplace_back(beam.distance(i), beam.slot(i));
    return Candidates(Hnsw::CompareByFirst(), std::move(all));
  }

  // From the entry down to the row's own level by the nearest row alone, then with the full width.
  void search_levels(Insertion& row, const Entry& start) {
    Slot at = start.slot;
    for (std::size_t level = start.level; level > row.level; --level) {
      search(row, level, at, 1);
      at = row.scratch->beam.slot(0);
    }
    for (std::size_t level = std::min(row.level, start.level) + 1; level-- > 0;) {
      search(row, level, at, options.ef_construction);
      at = row.scratch->beam.slot(0);
      row.candidates[level] = take_candidates(row.scratch->beam);
    }
  }

  // Upwards, see the head of this file.
  void connect(Insertion& row, const Entry& start, std::vector<Slot>& changed) {
    const RowData data = row.data;
    std::array<Slot, 2 * kMostLinks> links;
    for (std::size_t level = 0; level <= std::min(row.level, start.level); ++level) {
      index.mutuallyConnectNewElement(&data, row.slot, row.candidates[level], static_cast<int>(level), false);
      const std::size_t count = copy_links(row.slot, level, links);
      changed.insert(changed.end(), links.begin(), links.begin() + static_cast<std::ptrdiff_t>(count));
    }
  }

  Entry entry_for(const Insertion& row) {
    const std::lock_guard lock(entry_mutex);
    const Entry before = entry;
    if (!entry.exists) entry = {row.slot, row.level, true};
    return before;
  }
  void finish(const Insertion& row) {
    const std::lock_guard lock(entry_mutex);
    if (row.level > entry.level) entry = {row.slot, row.level, true};
    inserted[row.slot] = 1;
    ++row_count;
    end = std::max(end, row.slot + 1);
    index.cur_element_count = std::max<std::size_t>(index.cur_element_count, end);
  }

  void insert(const RowsView& view, Slot slot, std::vector<Slot>& changed) {
    const RowCodesView rows(view);
    if (!rows.has_vector(slot) || !rows.visible(slot) || inserted[slot] != 0) return;
    const BorrowedScratch scratch(pool);
    Insertion row{.slot = slot, .level = draw_level(slot), .data = data_of(rows, slot), .scratch = &*scratch};
    scratch->visited.reserve(inserted.size());
    scratch->query.assign(row.data.codes, row.data.codes + space.parameters().stride);
    place(slot, row.data, row.level);
    changed.push_back(slot);
    const Entry start = entry_for(row);
    if (start.exists) {
      search_levels(row, start);
      connect(row, start, changed);
    }
    finish(row);
  }

  void reserve(std::size_t room) {
    if (room <= inserted.size()) return;
    const std::size_t grown = std::max(room, inserted.size() + inserted.size() / 2);
    forget(index.visited_list_pool_);
    index.resizeIndex(grown);
    inserted.resize(grown);
    ask_for_huge_pages(index.data_level0_memory_, grown * index.size_data_per_element_);
  }

  const GraphOptions options;
  CodeSpace space;
  Hnsw index;
  const Kernels& kernel_table = kernels();
  ScratchPool pool;
  std::vector<char> inserted;
  std::mutex entry_mutex;
  Entry entry;  // under entry_mutex, as all below
  std::size_t row_count = 0;
  Slot end = 0;
};

GraphBuilder::GraphBuilder(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
GraphBuilder::~GraphBuilder() = default;

Result<std::unique_ptr<GraphBuilder>> GraphBuilder::create(const GraphOptions& options, std::size_t capacity) {
  return guarded([&]() -> Result<std::unique_ptr<GraphBuilder>> {
    if (capacity > kMaxGraphRows)
      return Error(ErrorCode::invalid_argument, "graph: a graph holds at most 2147483648 rows");
    auto state = std::make_unique<State>(clamped(options), std::max<std::size_t>(capacity, 1));
    return std::unique_ptr<GraphBuilder>(new GraphBuilder(std::move(state)));
  });
}

const GraphOptions& GraphBuilder::options() const noexcept {
  return state_->options;
}
std::size_t GraphBuilder::capacity() const noexcept {
  return state_->inserted.size();
}
bool GraphBuilder::contains(Slot slot) const noexcept {
  return slot < state_->end && state_->inserted[slot] != 0;
}
Slot GraphBuilder::slots() const noexcept {
  return state_->end;
}
std::size_t GraphBuilder::rows() const noexcept {
  return state_->row_count;
}
Slot GraphBuilder::entry() const noexcept {
  return state_->entry.slot;
}

std::size_t GraphBuilder::level(Slot slot) const noexcept {
  return static_cast<std::size_t>(state_->index.element_levels_[slot]);
}

std::span<const Slot> GraphBuilder::links(Slot slot, std::size_t level) const noexcept {
  auto* list = state_->index.get_linklist_at_level(slot, static_cast<int>(level));
  return {list + 1, state_->index.getListCount(list)};
}

bool GraphBuilder::add_link(Slot from, Slot to) noexcept {
  auto* list = state_->index.get_linklist0(from);
  const unsigned short count = state_->index.getListCount(list);
  if (count >= 2 * state_->options.links) return false;
  list[1 + count] = to;
  state_->index.setListCount(list, static_cast<unsigned short>(count + 1));
  return true;
}

Status GraphBuilder::reserve(std::size_t capacity) {
  return guarded([&]() -> Status {
    if (capacity > kMaxGraphRows)
      return Error(ErrorCode::invalid_argument, "graph: a graph holds at most 2147483648 rows");
    state_->reserve(capacity);
    return {};
  });
}

Status GraphBuilder::insert(const RowsView& rows, Slot slot, std::vector<Slot>& changed) {
  return guarded([&]() -> Status {
    state_->insert(rows, slot, changed);
    return {};
  });
}

Status GraphBuilder::insert_range(const RowsView& rows, Slot first, Slot last, std::size_t threads,
                                  const std::stop_token& stop) {
  return guarded([&]() -> Status {
    constexpr Slot kBlock = 64;
    const std::size_t blocks = (last - first + kBlock - 1) / kBlock;
    return parallel_for(blocks, thread_count(threads, blocks), [&](std::size_t block) -> Status {
      if (stop.stop_requested()) return Error(ErrorCode::cancelled, "graph: cancelled while building");
      const Slot begin = first + static_cast<Slot>(block) * kBlock;
      std::vector<Slot> changed;
      for (Slot slot = begin; slot < std::min(last, begin + kBlock); ++slot) {
        changed.clear();
        state_->insert(rows, slot, changed);
      }
      return {};
    });
  });
}

Result<std::unique_ptr<GraphBuilder>> GraphBuilder::restore(const Graph& graph, const RowsView& rows,
                                                            const GraphOptions& options, std::size_t capacity) {
  auto made = create(options, std::max<std::size_t>(capacity, graph.slots()));
  if (!made) return made;
  return guarded([&]() -> Result<std::unique_ptr<GraphBuilder>> {
    State& state = *(*made)->state_;
    const RowCodesView codes(rows);
    for (Slot slot = 0; slot < graph.slots(); ++slot) {
      if (!graph.contains(slot)) continue;
      State::Insertion row{.slot = slot, .level = graph.level(slot), .data = state.data_of(codes, slot)};
      state.place(slot, row.data, row.level);
      for (std::size_t level = 0; level <= row.level; ++level) {
        const std::vector<Slot> links = graph.links(slot, level);
        auto* list = state.index.get_linklist_at_level(slot, static_cast<int>(level));
        std::ranges::copy(links, list + 1);
        state.index.setListCount(list, static_cast<unsigned short>(links.size()));
      }
      state.finish(row);
    }
    if (state.row_count > 0) state.entry = {graph.entry(), graph.level(graph.entry()), true};
    return std::move(made);
  });
}

}  // namespace scaup::inline v0
