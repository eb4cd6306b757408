#pragma once
// The graph while it is built: hnswlib's, over the rows' codes and private to whoever inserts. Searches never
// read it; `Graph` holds a copy for them.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

#include "index/exact_search.hpp"
#include "scaup/metric.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

class Graph;

/// Rows have levels from 0 to this one.
inline constexpr std::size_t kMaxGraphLevel = 15;

struct GraphOptions {
  Metric metric = Metric::cosine;
  std::size_t dimension = 0;
  std::size_t links = 16;  ///< a row's links on the upper levels, and half of those on level 0; 4 to 64
  std::size_t ef_construction =
      120;  ///< candidates an insertion looks at; 8 to 4096. More than 120 gains nothing that the fill does not give
  std::uint64_t seed = 1;  ///< levels follow from it and the slot, so one thread builds the same graph twice
};

/// The options with each number moved into its range.
[[nodiscard]] GraphOptions clamped(GraphOptions options) noexcept;

/// Slots are hnswlib's internal numbers, so they are never reused and gaps cost only room. The segments of the
/// rows that were inserted must outlive the builder.
/// Thread-compatible: const members concurrently; a non-const member needs exclusive access. `insert` is the
/// exception: several threads may insert different slots at a time.
class GraphBuilder {
 public:
  /// Room for slots below `capacity`.
  /// Errors: `out_of_memory`.
  [[nodiscard]] static Result<std::unique_ptr<GraphBuilder>> create(const GraphOptions& options, std::size_t capacity);
  /// A builder that continues a published graph. `rows` shows all rows of the graph.
  [[nodiscard]] static Result<std::unique_ptr<GraphBuilder>> restore(const Graph& graph, const RowsView& rows,
                                                                     const GraphOptions& options, std::size_t capacity);
  ~GraphBuilder();
  GraphBuilder(const GraphBuilder&) = delete;
  GraphBuilder& operator=(const GraphBuilder&) = delete;

  [[nodiscard]] const GraphOptions& options() const noexcept;
  [[nodiscard]] std::size_t capacity() const noexcept;
  /// Makes room for slots below `capacity`, and for more where that spares the next growth.
  [[nodiscard]] Status reserve(std::size_t capacity);

  /// Inserts the row of `slot`, which is below the capacity and the rows of the view; a row without a vector, a dead
  /// one, and one that is in already are left as they are. Appends the rows whose links changed to `changed`, the row
  /// itself first; repetitions are possible.
  [[nodiscard]] Status insert(const RowsView& rows, Slot slot, std::vector<Slot>& changed);
  /// Inserts the slots [first, last) on `threads` threads (0: all cores).
  /// Errors: `cancelled`; the slots inserted until then stay.
  [[nodiscard]] Status insert_range(const RowsView& rows, Slot first, Slot last, std::size_t threads,
                                    const std::stop_token& stop);

  // For publishing, while nobody inserts.

  [[nodiscard]] bool contains(Slot slot) const noexcept;
  /// All slots of the graph are below this.
  [[nodiscard]] Slot slots() const noexcept;
  /// Rows inserted.
  [[nodiscard]] std::size_t rows() const noexcept;
  /// The highest level of a row that is in, from 0.
  [[nodiscard]] std::size_t level(Slot slot) const noexcept;
  /// The links of a row that is in, on a level that it has.
  [[nodiscard]] std::span<const Slot> links(Slot slot, std::size_t level) const noexcept;
  /// Where searches begin; only if `rows()` is not 0.
  [[nodiscard]] Slot entry() const noexcept;
  /// Links one row to another on level 0 if there is room; for repairs.
  bool add_link(Slot from, Slot to) noexcept;

 private:
  struct State;
  explicit GraphBuilder(std::unique_ptr<State> state) noexcept;
  std::unique_ptr<State> state_;
};

}  // namespace scaup::inline v0
