// Writing a graph, with the rows that are kept numbered anew. Reading is in graph_read.cpp.

#include "index/graph_codec.hpp"

#include <algorithm>
#include <bit>

#include "base/boundary.hpp"
#include "base/bytes.hpp"
#include "index/graph_format.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::size_t kPiece = std::size_t{64} << 10U;
// Dropped rows whose neighbours are asked for one list: the list's own ones, and then theirs where whole regions are
// dropped.
constexpr std::size_t kMostAsked = 64;

// Gathers bytes into pieces for the sink.
class Pieces {
 public:
  explicit Pieces(const GraphSink& sink) : sink_(sink) { bytes_.reserve(2 * kPiece); }

  [[nodiscard]] ByteWriter writer() noexcept { return ByteWriter(bytes_); }
  [[nodiscard]] Status flush_if_full() { return bytes_.size() < kPiece ? Status() : flush(); }
  [[nodiscard]] Status flush() {
    Status done = bytes_.empty() ? Status() : sink_(bytes_);
    bytes_.clear();
    return done;
  }

 private:
  const GraphSink& sink_;
  std::vector<std::byte> bytes_;
};

// What is written of one graph. Rows that the publisher adds meanwhile have no new number, like dropped ones.
class GraphWriter {
 public:
  GraphWriter(const Graph& graph, const KeptRows& rows);

  [[nodiscard]] const GraphHead& head() const noexcept { return head_; }
  [[nodiscard]] Status write(const GraphSink& sink);

 private:
  struct Node {
    Slot slot = 0;
    std::uint32_t number = 0;
  };

  [[nodiscard]] bool holds(Slot slot) const noexcept { return slot < links_to_.size() && links_to_[slot] != 0; }
  void number_rows();
  void choose_entry();
  [[nodiscard]] std::vector<Node> kept_nodes() const;
  void write_head(ByteWriter out) const;
  [[nodiscard]] Status write_levels(Pieces& pieces) const;
  [[nodiscard]] Status write_rows(Pieces& pieces);
  [[nodiscard]] Status write_nodes(Pieces& pieces);

  void write_list(Slot slot, std::uint32_t number, std::size_t level, ByteWriter out);
  void collect(std::uint32_t number, std::size_t level, std::size_t most);
  [[nodiscard]] std::size_t capacity(std::size_t level) const noexcept {
    return level == 0 ? graph_.links_per_row() : graph_.links_per_node();
  }
  [[nodiscard]] Slot slot_of(std::uint32_t number, std::size_t level) const noexcept {
    return level == 0 ? number : graph_.slot_of_node(number);
  }

  const Graph& graph_;
  std::span<const Slot> kept_;           // below the end
  std::vector<std::uint32_t> links_to_;  // by old slot, the link to the new one; 0: dropped, or not in the graph
  GraphHead head_;

  // Of the list being written.
  std::uint32_t number_ = 0;         // counts lists
  std::vector<std::uint32_t> seen_;  // by old slot, the number of the last list that has it
  std::vector<std::uint32_t> list_;
  std::vector<std::uint32_t> asked_;  // dropped rows, by slot on level 0 and by node above
};

GraphWriter::GraphWriter(const Graph& graph, const KeptRows& rows) : graph_(graph) {
  const auto end = std::ranges::lower_bound(rows.kept, rows.end);
  kept_ = rows.kept.first(static_cast<std::size_t>(end - rows.kept.begin()));
  links_to_.resize(std::min<std::size_t>(rows.end, graph.slots()));
  const GraphOptions& options = graph.options();
  head_ = {.metric = static_cast<std::uint8_t>(options.metric),
           .links = static_cast<std::uint16_t>(options.links),
           .dimension = static_cast<std::uint32_t>(options.dimension),
           .ef_construction = static_cast<std::uint32_t>(options.ef_construction),
           .end = static_cast<std::uint32_t>(kept_.size())};
  number_rows();
  choose_entry();
}

void GraphWriter::number_rows() {
  for (std::size_t i = 0; i < kept_.size(); ++i) {
    const Slot slot = kept_[i];
    if (slot >= links_to_.size() || !graph_.contains(slot)) continue;
    links_to_[slot] = static_cast<std::uint32_t>(i + 1);
    head_.records += static_cast<std::uint32_t>(graph_.level(slot));
    ++head_.rows;
  }
  for (Slot slot = 0; slot < links_to_.size(); ++slot) {
    if (graph_.contains(slot) && !holds(slot)) ++head_.dropped;
  }
}

// The graph's own entry point, or else the first of the highest rows.
void GraphWriter::choose_entry() {
  Graph::Entry own;
  bool found = graph_.entry(own) && holds(own.slot);
  Slot best = found ? own.slot : 0;
  for (const Slot slot : kept_) {
    if (!holds(slot) || (found && graph_.level(slot) <= graph_.level(best))) continue;
    best = slot;
    found = true;
  }
  if (found) head_.entry = links_to_[best] - 1;
}

void GraphWriter::write_head(ByteWriter out) const {
  out.u8(kGraphFormat);
  out.u8(head_.metric);
  out.u16(head_.links);
  out.u32(head_.dimension);
  out.u32(head_.ef_construction);
  out.u32(head_.end);
  out.u32(head_.rows);
  out.u32(head_.records);
  out.u32(head_.entry);
  out.u32(head_.dropped);
}

Status GraphWriter::write_levels(Pieces& pieces) const {
  for (const Slot slot : kept_) {
    pieces.writer().u8(holds(slot) ? static_cast<std::uint8_t>(graph_.level(slot) + 1) : std::uint8_t{0});
    if (Status done = pieces.flush_if_full(); !done) return done;
  }
  return {};
}

Status GraphWriter::write_rows(Pieces& pieces) {
  for (const Slot slot : kept_) {
    if (!holds(slot)) continue;
    write_list(slot, slot, 0, pieces.writer());
    if (Status done = pieces.flush_if_full(); !done) return done;
  }
  return {};
}

// The graph numbers nodes in the order in which rows came in, which need not be that of slots.
std::vector<GraphWriter::Node> GraphWriter::kept_nodes() const {
  std::vector<Node> nodes;
  const std::uint32_t end = graph_.node_records();
  for (std::uint32_t node = 0; node < end;) {
    const Slot slot = graph_.slot_of_node(node);
    if (holds(slot)) nodes.push_back({slot, node});
    node += static_cast<std::uint32_t>(graph_.level(slot));
  }
  std::ranges::sort(nodes, {}, &Node::slot);
  return nodes;
}

Status GraphWriter::write_nodes(Pieces& pieces) {
  for (const Node& node : kept_nodes()) {
    for (std::size_t level = 1; level <= graph_.level(node.slot); ++level) {
      write_list(node.slot, node.number, level, pieces.writer());
      if (Status done = pieces.flush_if_full(); !done) return done;
    }
  }
  return {};
}

// A row's kept neighbours in their order, and in free places those of the dropped ones, in equal parts. What the
// publisher changes meanwhile may show a row twice; it is taken once.
void GraphWriter::write_list(Slot slot, std::uint32_t number, std::size_t level, ByteWriter out) {
  const std::size_t room = capacity(level);
  seen_[slot] = ++number_;
  list_.clear();
  asked_.clear();
  collect(number, level, room);
  const std::size_t direct = asked_.size();
  for (std::size_t i = 0; i < asked_.size() && list_.size() < room; ++i) {
    const std::size_t free = room - list_.size();
    collect(asked_[i], level, i < direct ? (free + direct - i - 1) / (direct - i) : free);
  }
  list_.resize(room);
  if constexpr (std::endian::native == std::endian::big) {
    for (std::uint32_t& link : list_) link = detail::to_little_endian(link);
  }
  out.bytes(std::as_bytes(std::span(list_)));
}

// Adds up to `most` of a row's kept neighbours to the list, and its dropped ones to those that are asked.
void GraphWriter::collect(std::uint32_t number, std::size_t level, std::size_t most) {
  const Graph::Link* const links = level == 0 ? graph_.row_links(number) : graph_.node_links(number, level);
  for (std::size_t i = 0; i < capacity(level); ++i) {
    const std::uint32_t link = links[i].load(std::memory_order_acquire);
    if (link == 0) continue;
    const Slot slot = slot_of(link - 1, level);
    if (holds(slot)) {
      if (most == 0 || seen_[slot] == number_) continue;
      seen_[slot] = number_;
      list_.push_back(links_to_[slot]);
      --most;
    } else if (asked_.size() < kMostAsked && std::ranges::find(asked_, link - 1) == asked_.end()) {
      asked_.push_back(link - 1);
    }
  }
}

Status GraphWriter::write(const GraphSink& sink) {
  seen_.resize(links_to_.size());
  Pieces pieces(sink);
  write_head(pieces.writer());
  if (Status done = write_levels(pieces); !done) return done;
  if (Status done = write_rows(pieces); !done) return done;
  if (Status done = write_nodes(pieces); !done) return done;
  return pieces.flush();
}

// The largest number of points that a table may have; measure_recall makes fewer.
constexpr std::size_t kMostPoints = 64;
constexpr std::uint32_t kWidest = 1U << 20U;
constexpr std::uint8_t kTableFormat = 1;
constexpr std::size_t kTableHeadBytes = 10;
constexpr std::size_t kPointBytes = 20;

Error wrong_table(const std::string& what) {
  return {ErrorCode::corruption, "recall table: " + what + "; it is measured again"};
}

// A point that may follow another one.
bool follows(const RecallTable::Point& point, const RecallTable::Point& before) noexcept {
  const bool in_range = point.ef <= kWidest && point.recall <= 1.0 && point.codes_compared >= 0.0 &&
                        point.codes_compared <= static_cast<double>(kMaxGraphRows);
  return in_range && point.ef > before.ef && point.recall >= before.recall;  // false for NaN
}

}  // namespace

Result<std::uint64_t> graph_size(const Graph& graph, const KeptRows& rows) {
  return guarded(
      [&]() -> Result<std::uint64_t> { return kGraphHeadBytes + GraphWriter(graph, rows).head().body_bytes(); });
}

Status write_graph(const Graph& graph, const KeptRows& rows, const GraphSink& sink) {
  return guarded([&]() -> Status {
    if (std::ranges::adjacent_find(rows.kept, std::greater_equal<>()) != rows.kept.end())
      return Error(ErrorCode::invalid_argument, "graph: the rows to keep must be in ascending order of their slots");
    return GraphWriter(graph, rows).write(sink);
  });
}

std::vector<std::byte> write_recall_table(const RecallTable& table, std::size_t measured_changes) {
  std::vector<std::byte> bytes;
  ByteWriter out(bytes);
  out.u8(kTableFormat);
  out.u8(static_cast<std::uint8_t>(table.points().size()));
  out.u64(measured_changes);
  for (const RecallTable::Point& point : table.points()) {
    out.u32(static_cast<std::uint32_t>(point.ef));
    out.u64(std::bit_cast<std::uint64_t>(point.recall));
    out.u64(std::bit_cast<std::uint64_t>(point.codes_compared));
  }
  return bytes;
}

Result<LoadedRecallTable> read_recall_table(std::span<const std::byte> bytes) {
  return guarded([&]() -> Result<LoadedRecallTable> {
    ByteReader in(bytes, "recall table");
    const std::uint8_t format = in.u8();
    const std::size_t count = in.u8();
    const std::uint64_t changes = in.u64();
    if (!in.ok()) return in.status().error();
    if (format != kTableFormat) return wrong_table("format " + std::to_string(format) + " instead of 1");
    if (count > kMostPoints || in.remaining() != count * kPointBytes)
      return wrong_table(std::to_string(count) + " points in " + std::to_string(bytes.size()) + " bytes, at most " +
                         std::to_string(kMostPoints) + " of " + std::to_string(kPointBytes) + " bytes after " +
                         std::to_string(kTableHeadBytes) + " are accepted");
    if (changes > 2 * kMaxGraphRows) return wrong_table("measured after " + std::to_string(changes) + " changes");
    std::vector<RecallTable::Point> points;
    points.reserve(count);
    RecallTable::Point before;
    for (std::size_t i = 0; i < count; ++i) {
      RecallTable::Point point;
      point.ef = in.u32();
      point.recall = std::bit_cast<double>(in.u64());
      point.codes_compared = std::bit_cast<double>(in.u64());
      if (!follows(point, before)) return wrong_table("point " + std::to_string(i) + " does not follow the one before");
      points.push_back(before = point);
    }
    return LoadedRecallTable{RecallTable(std::move(points)), static_cast<std::size_t>(changes)};
  });
}

}  // namespace scaup::inline v0
