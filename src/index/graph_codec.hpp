#pragma once
// A graph and its recall table as bytes: levels and links only, since all else follows from the rows. Whoever keeps the
// bytes guards them against chance; the readers here check all that a walk relies on, so that bytes made on purpose do
// no harm either.
//
// Layout of a graph, all integers little-endian; slots are numbered anew from 0, and a link is slot + 1, or 0 for none:
//   u8 version, u8 metric, u16 links, u32 dimension, u32 ef_construction, u32 end, u32 rows, u32 records, u32 entry,
//   u32 dropped; then u8 level + 1 of each slot below `end`, 0 for a row that is not in the graph; then, of each row in
//   the graph, 2 * links links of level 0; then, of each row with a level above 0, `links` links of level 1, 2, and so
//   on, `records` lists in all. In a list, no link comes after a 0.
// Layout of a recall table: u8 version, u8 points, u64 measured_changes; then of each point u32 ef, f64 recall,
//   f64 codes_compared.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "index/exact_search.hpp"
#include "index/graph.hpp"
#include "index/recall_table.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// Takes the next bytes, which it must not keep. An error ends the writing.
using GraphSink = std::function<Status(std::span<const std::byte>)>;

/// Which rows of a graph are written: the row of slot kept[i] is row i of the bytes.
struct KeptRows {
  std::span<const Slot> kept = {};  ///< ascending; rows that the graph does not hold may be among them
  /// Slots below this were published when the caller asked for it (GraphKeeper::Published::end). Kept rows from here on
  /// are not in the bytes.
  std::size_t end = 0;
};

/// How many bytes `write_graph` gives to its sink for the same arguments.
/// Errors: `out_of_memory`.
[[nodiscard]] Result<std::uint64_t> graph_size(const Graph& graph, const KeptRows& rows);
/// Writes the rows of the graph that are kept, in pieces of about 64 KiB. Links to other rows are replaced by the live
/// neighbours of those. One thread may publish meanwhile. Takes eight bytes of memory a row below `rows.end`.
/// Errors: the sink's; `invalid_argument` where `kept` does not ascend; `out_of_memory`.
[[nodiscard]] Status write_graph(const Graph& graph, const KeptRows& rows, const GraphSink& sink);

struct LoadedGraph {
  std::shared_ptr<Graph> graph = {};
  std::size_t end = 0;       ///< rows from here on are not in the graph
  std::size_t dropped = 0;   ///< rows that the graph lost when it was written
  std::size_t relinked = 0;  ///< rows that no path led to, so that a link to each was made here
};

/// A graph for readers, and for GraphBuilder::restore, over the first rows of the view. Every row of it can be reached
/// from its entry point. `expected` gives the options it must have been made with, but for ef_construction and seed,
/// which it is continued with. Memory is taken for no more rows than the bytes and the view both have.
/// Errors: `corruption` where the bytes are not such a graph, where they leave out a row below `end` that the view
/// shows and that has a vector, or where so many rows cannot be reached that a new graph is better; `out_of_memory`.
[[nodiscard]] Result<LoadedGraph> read_graph(std::span<const std::byte> bytes, const RowsView& rows,
                                             const GraphOptions& expected);

struct LoadedRecallTable {
  RecallTable table;
  std::size_t measured_changes = 0;  ///< as GraphKeeper::Published
};

[[nodiscard]] std::vector<std::byte> write_recall_table(const RecallTable& table, std::size_t measured_changes);
/// Errors: `corruption`; `out_of_memory`.
[[nodiscard]] Result<LoadedRecallTable> read_recall_table(std::span<const std::byte> bytes);

}  // namespace scaup::inline v0
