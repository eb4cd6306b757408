// Reading a graph. Nothing in the bytes is believed: a walk reads links without a check, so each is checked here once.

#include <algorithm>
#include <cfloat>
#include <cstring>
#include <optional>
#include <string>

#include "base/boundary.hpp"
#include "base/bytes.hpp"
#include "index/graph_codec.hpp"
#include "index/graph_format.hpp"
#include "index/row_distance.hpp"
#include "index/walk_steps.hpp"
#include "simd/kernels.hpp"

namespace scaup::inline v0 {
namespace {

// Rows of a sample that one row is compared with which has no neighbour that can be reached.
constexpr std::size_t kSample = 1024;
// One row in so many, and a few in any case, may be out of reach. Publishing leaves next to none so.
constexpr std::size_t kLostShare = 64;
constexpr std::size_t kFewLost = 64;
// Lists fetched ahead of the one whose rows are reached.
constexpr std::size_t kListsAhead = 6;

constexpr std::uint32_t kNone = ~std::uint32_t{0};

Error wrong(const std::string& what) {
  return {ErrorCode::corruption, "graph file: " + what + "; the graph is built again"};
}

Error wrong_number(const char* name, std::uint64_t found, const char* range, std::uint64_t limit) {
  return wrong(std::string(name) + " is " + std::to_string(found) + ", accepted is " + range + std::to_string(limit));
}

std::uint32_t load_u32(const std::byte* from) noexcept {
  std::uint32_t value = 0;
  std::memcpy(&value, from, sizeof value);
  return detail::to_little_endian(value);
}

}  // namespace

/// Reads one graph; the friend of Graph that fills it. Single-threaded.
class GraphReader {
 public:
  GraphReader(std::span<const std::byte> bytes, const RowsView& view, const GraphOptions& expected)
      : bytes_(bytes), view_(view), rows_(view_), expected_(clamped(expected)) {}

  Result<LoadedGraph> read();

 private:
  using Link = Graph::Link;

  [[nodiscard]] Status read_head();
  [[nodiscard]] Status check_options() const;
  [[nodiscard]] Status check_counts(std::size_t left) const;
  [[nodiscard]] Status read_levels();
  [[nodiscard]] Status check_presence(Slot slot, std::size_t level_plus_1) const;
  void add_rows();
  void add_row(Slot slot);
  [[nodiscard]] Status read_rows();
  [[nodiscard]] bool take_row(Slot slot);
  [[nodiscard]] Status read_nodes();
  [[nodiscard]] bool take_node(std::uint32_t node, std::size_t level);
  [[nodiscard]] Status check_entry() const;
  void publish_entry();

  void reach_from(Slot slot, Slot parent);
  [[nodiscard]] Status link_lost_rows();
  void link_lost_row(Slot slot);
  [[nodiscard]] Slot nearest_reached(Slot slot) const;
  [[nodiscard]] Link* spare_place(Slot slot) const;
  [[nodiscard]] float distance(Slot a, Slot b) const;

  [[nodiscard]] std::size_t level_plus_1(Slot slot) const noexcept {
    return std::to_integer<std::size_t>(levels_[slot]);
  }
  [[nodiscard]] bool contains(Slot slot) const noexcept { return level_plus_1(slot) != 0; }
  // The next bytes; read_head has checked that all are there.
  const std::byte* take(std::size_t bytes) noexcept { return bytes_.data() + std::exchange(at_, at_ + bytes); }

  const std::span<const std::byte> bytes_;
  const RowsView view_;
  const RowCodesView rows_;
  const GraphOptions expected_;
  GraphHead head_;
  std::size_t at_ = kGraphHeadBytes;
  const std::byte* levels_ = nullptr;  // level + 1 of each slot, in the bytes
  std::size_t top_ = 0;                // the highest level
  std::shared_ptr<Graph> graph_;
  // By slot: for rows that are not in the graph kNone; for others first the last row whose list named it, and then the
  // row from which it was reached (kNone: not yet).
  std::vector<std::uint32_t> marks_;
  std::vector<std::uint32_t> node_of_;  // by slot, of rows with upper levels
  std::vector<Slot> reached_;           // in this order
  std::size_t relinked_ = 0;
};

Status GraphReader::read_head() {
  ByteReader in(bytes_, "graph file");
  const std::uint8_t format = in.u8();
  head_.metric = in.u8();
  head_.links = in.u16();
  head_.dimension = in.u32();
  head_.ef_construction = in.u32();
  head_.end = in.u32();
  head_.rows = in.u32();
  head_.records = in.u32();
  head_.entry = in.u32();
  head_.dropped = in.u32();
  if (!in.ok()) return in.status();
  if (format != kGraphFormat) return wrong_number("the format", format, "", kGraphFormat);
  if (Status right = check_options(); !right) return right;
  return check_counts(in.remaining());
}

Status GraphReader::check_options() const {
  const auto metric = static_cast<std::uint8_t>(expected_.metric);
  if (head_.metric != metric) return wrong_number("the metric", head_.metric, "", metric);
  if (head_.links != expected_.links) return wrong_number("the number of links", head_.links, "", expected_.links);
  if (head_.dimension != expected_.dimension || view_.dimension != expected_.dimension)
    return wrong_number("the dimension", head_.dimension, "", expected_.dimension);
  const GraphOptions other = clamped({.ef_construction = head_.ef_construction});
  if (other.ef_construction != head_.ef_construction)
    return wrong_number("ef_construction", head_.ef_construction, "about ", other.ef_construction);
  return {};
}

Status GraphReader::check_counts(std::size_t left) const {
  const std::size_t slots = std::min(view_.rows, kMaxGraphRows);
  if (head_.end > slots) return wrong_number("the number of slots", head_.end, "at most ", slots);
  if (head_.rows > head_.end) return wrong_number("the number of rows", head_.rows, "at most ", head_.end);
  const std::uint64_t most = std::min<std::uint64_t>(std::uint64_t{head_.rows} * kMaxGraphLevel, kMaxGraphRows / 2);
  if (head_.records > most) return wrong_number("the number of upper lists", head_.records, "at most ", most);
  if (left != head_.body_bytes()) return wrong_number("the size after the head", left, "", head_.body_bytes());
  return {};
}

Status GraphReader::read_levels() {
  levels_ = take(head_.end);
  std::uint64_t rows = 0;
  std::uint64_t records = 0;
  for (Slot slot = 0; slot < head_.end; ++slot) {
    const std::size_t stored = level_plus_1(slot);
    if (Status right = check_presence(slot, stored); !right) return right;
    if (stored == 0) continue;
    ++rows;
    records += stored - 1;
    top_ = std::max(top_, stored - 1);
  }
  if (rows != head_.rows) return wrong_number("the number of rows with a level", rows, "", head_.rows);
  if (records != head_.records) return wrong_number("the sum of levels", records, "", head_.records);
  return {};
}

Status GraphReader::check_presence(Slot slot, std::size_t level_plus_1) const {
  const bool has_vector = rows_.has_vector(slot);
  if (level_plus_1 > kMaxGraphLevel + 1)
    return wrong("row " + std::to_string(slot) + " has level " + std::to_string(level_plus_1 - 1) +
                 ", accepted is at most " + std::to_string(kMaxGraphLevel));
  if (level_plus_1 != 0 && !has_vector) return wrong("row " + std::to_string(slot) + " has no vector");
  if (level_plus_1 == 0 && has_vector && rows_.visible(slot))
    return wrong("row " + std::to_string(slot) + " has a vector and is left out");
  return {};
}

// All but the links.
void GraphReader::add_rows() {
  Graph& graph = *graph_;
  if (head_.end == 0) return;
  graph.links_.reserve(head_.end);
  graph.levels_.make(head_.end - 1);
  graph.weights_.make(head_.end - 1);
  node_of_.resize(top_ > 0 ? head_.end : 0);
  marks_.assign(head_.end, kNone);
  for (Slot slot = 0; slot < head_.end; ++slot) {
    if (contains(slot)) add_row(slot);
  }
  graph.rows_ = head_.rows;
}

void GraphReader::add_row(Slot slot) {
  Graph& graph = *graph_;
  const std::size_t level = level_plus_1(slot) - 1;
  // Only l2 counts this product, and reading all codes would take most of the time.
  const std::int8_t* codes = rows_.codes(slot);
  const std::int32_t dot =
      expected_.metric == Metric::l2 ? kernels().dot_int8(codes, codes, code_stride(expected_.dimension)) : 0;
  const double norm = rows_.norm(slot);
  *graph.weights_.find(slot) = row_weights(expected_.metric, rows_.factors(slot), norm, dot);
  *graph.levels_.find(slot) = static_cast<std::uint8_t>(level + 1);
  if (norm > graph.largest_norm()) graph.largest_norm_.store(norm, std::memory_order_relaxed);
  graph.slots_.store(slot + 1, std::memory_order_relaxed);
  marks_[slot] = slot;
  if (level == 0) return;
  node_of_[slot] = graph.node_records();
  graph.add_node(slot, level);
}

Status GraphReader::read_rows() {
  for (Slot slot = 0; slot < head_.end; ++slot) {
    if (contains(slot) && !take_row(slot))
      return wrong("a link of row " + std::to_string(slot) +
                   " names itself, a row twice, a row that is not in the graph, or follows a free place");
  }
  return {};
}

// One list of level 0. `marks_` of a row is the list that named it last, so the second time shows.
bool GraphReader::take_row(Slot slot) {
  const std::size_t places = graph_->links_per_row();
  const std::byte* const source = take(places * sizeof(std::uint32_t));
  Link* const list = graph_->links_.find(slot);
  std::uint32_t* const marks = marks_.data();
  marks[slot] = slot;
  std::size_t i = 0;
  for (; i < places; ++i) {
    const std::uint32_t link = load_u32(source + i * sizeof(std::uint32_t));
    if (link == 0) break;
    if (link > head_.end || marks[link - 1] == slot || marks[link - 1] == kNone) return false;
    marks[link - 1] = slot;
    list[i].store(link, std::memory_order_relaxed);
  }
  for (; i < places; ++i) {
    if (load_u32(source + i * sizeof(std::uint32_t)) != 0) return false;
  }
  return true;
}

Status GraphReader::read_nodes() {
  for (std::uint32_t node = 0; node < head_.records;) {
    const Slot slot = graph_->slot_of_node(node);
    const std::size_t top = graph_->level(slot);
    for (std::size_t level = 1; level <= top; ++level) {
      if (!take_node(node, level))
        return wrong("a link of row " + std::to_string(slot) + " on level " + std::to_string(level) +
                     " names itself, a row twice, a row without this level, or follows a free place");
    }
    node += static_cast<std::uint32_t>(top);
  }
  return {};
}

bool GraphReader::take_node(std::uint32_t node, std::size_t level) {
  const std::size_t places = graph_->links_per_node();
  const std::byte* const source = take(places * sizeof(std::uint32_t));
  Link* const list = graph_->node_links_.find(node + level - 1);
  for (std::size_t i = 0; i < places; ++i) {
    const std::uint32_t link = load_u32(source + i * sizeof(std::uint32_t));
    if (link == 0) continue;
    if (link > head_.end || level_plus_1(link - 1) <= level) return false;
    const std::uint32_t other = node_of_[link - 1];
    const auto names_it = [other](const Link& l) { return l.load(std::memory_order_relaxed) == other + 1; };
    if (other == node || std::any_of(list, list + i, names_it)) return false;
    if (i > 0 && list[i - 1].load(std::memory_order_relaxed) == 0) return false;
    list[i].store(other + 1, std::memory_order_relaxed);
  }
  return true;
}

Status GraphReader::check_entry() const {
  if (head_.rows == 0) return head_.entry == 0 ? Status() : wrong_number("the entry point", head_.entry, "", 0);
  if (head_.entry >= head_.end || !contains(head_.entry))
    return wrong("the entry point, row " + std::to_string(head_.entry) + ", is not in the graph");
  const std::size_t level = level_plus_1(head_.entry) - 1;
  return level == top_ ? Status() : wrong_number("the level of the entry point", level, "", top_);
}

void GraphReader::publish_entry() {
  const std::uint64_t id = top_ == 0 ? head_.entry : node_of_[head_.entry];
  graph_->entry_.store(((id + 1) << 8U) | top_, std::memory_order_release);
}

// Marks all rows that a row leads to on level 0.
void GraphReader::reach_from(Slot slot, Slot parent) {
  std::size_t next = reached_.size();
  marks_[slot] = parent;
  reached_.push_back(slot);
  const std::size_t places = graph_->links_per_row();
  for (; next < reached_.size(); ++next) {
    if (next + kListsAhead < reached_.size()) {
      prefetch_lines(graph_->row_links(reached_[next + kListsAhead]), places * sizeof(Link));
    }
    const Slot from = reached_[next];
    const Link* const list = graph_->row_links(from);
    for (std::size_t i = 0; i < places; ++i) {
      const std::uint32_t link = list[i].load(std::memory_order_relaxed);
      if (link == 0) break;
      if (marks_[link - 1] != kNone) continue;
      marks_[link - 1] = from;
      reached_.push_back(link - 1);
    }
  }
}

Status GraphReader::link_lost_rows() {
  std::ranges::fill(marks_, kNone);
  reached_.reserve(head_.rows);
  reach_from(head_.entry, head_.entry);
  const std::size_t lost = head_.rows - reached_.size();
  if (lost > kFewLost + head_.rows / kLostShare)
    return wrong_number("the number of rows out of reach", lost, "at most ", kFewLost + head_.rows / kLostShare);
  for (Slot slot = 0; slot < head_.end && reached_.size() < head_.rows; ++slot) {
    if (contains(slot) && marks_[slot] == kNone) link_lost_row(slot);
  }
  return {};
}

// Makes a near row link to one that cannot be reached.
void GraphReader::link_lost_row(Slot slot) {
  const Slot from = nearest_reached(slot);
  spare_place(from)->store(slot + 1, std::memory_order_relaxed);
  Link& first = *graph_->links_.find(slot);  // and a way back, where there is none at all
  if (first.load(std::memory_order_relaxed) == 0) first.store(from + 1, std::memory_order_relaxed);
  reach_from(slot, from);
  ++relinked_;
}

// Of a row's neighbours, or else of a sample of all rows, the nearest that is reached and can spare a place. The row
// that was reached last can: no other was reached from it.
Slot GraphReader::nearest_reached(Slot slot) const {
  Slot best = reached_.back();
  float nearest = FLT_MAX;
  const auto consider = [&](Slot other) {
    if (marks_[other] == kNone || spare_place(other) == nullptr) return;
    const float found = distance(slot, other);
    if (found >= nearest) return;
    nearest = found;
    best = other;
  };
  const Link* const list = graph_->row_links(slot);
  for (std::size_t i = 0; i < graph_->links_per_row(); ++i) {
    const std::uint32_t link = list[i].load(std::memory_order_relaxed);
    if (link != 0) consider(link - 1);
  }
  if (nearest < FLT_MAX) return best;
  for (std::size_t i = 0; i < reached_.size(); i += reached_.size() / kSample + 1) consider(reached_[i]);
  return best;
}

// A free place in a row's list, or the last one whose row can be reached in another way; null if there is none.
Graph::Link* GraphReader::spare_place(Slot slot) const {
  Link* const list = graph_->links_.find(slot);
  Link* spare = nullptr;
  for (std::size_t i = 0; i < graph_->links_per_row(); ++i) {
    const std::uint32_t link = list[i].load(std::memory_order_relaxed);
    if (link == 0) return list + i;
    if (marks_[link - 1] != slot) spare = list + i;
  }
  return spare;
}

float GraphReader::distance(Slot a, Slot b) const {
  const std::size_t stride = code_stride(expected_.dimension);
  const auto dot = static_cast<float>(kernels().dot_int8(rows_.codes(a), rows_.codes(b), stride));
  const RowWeights& left = *graph_->weights(a);
  const RowWeights& right = *graph_->weights(b);
  return ordered_distance(left.addend + right.addend -
                          dot * dot_factor(expected_.metric) * left.multiplier * right.multiplier);
}

Result<LoadedGraph> GraphReader::read() {
  if (Status right = read_head(); !right) return std::move(right).error();
  if (Status right = read_levels(); !right) return std::move(right).error();
  if (Status right = check_entry(); !right) return std::move(right).error();
  graph_ = std::make_shared<Graph>(expected_);
  add_rows();
  if (Status right = read_rows(); !right) return std::move(right).error();
  if (Status right = read_nodes(); !right) return std::move(right).error();
  if (head_.rows > 0) {
    if (Status right = link_lost_rows(); !right) return std::move(right).error();
    publish_entry();
  }
  return LoadedGraph{graph_, head_.end, head_.dropped, relinked_};
}

Result<LoadedGraph> read_graph(std::span<const std::byte> bytes, const RowsView& rows, const GraphOptions& expected) {
  return guarded([&] { return GraphReader(bytes, rows, expected).read(); });
}

}  // namespace scaup::inline v0
