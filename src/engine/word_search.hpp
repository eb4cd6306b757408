#pragma once
// Answers the queries of one call that ask for words, alone or together with vectors.

#include <span>
#include <stop_token>
#include <vector>

#include "engine/graph_keeper.hpp"
#include "engine/selection.hpp"
#include "engine/text_state.hpp"
#include "scaup/vector_store.hpp"

namespace scaup::inline v0 {

/// What the queries of a call have in common.
struct SearchState {
  const TextState& words;               ///< and the snapshot
  const GraphKeeper::Published& graph;  ///< taken before the snapshot
};

/// Whether the scores of such a query are summed, with what neighbours got.
[[nodiscard]] bool uses_neighbours(const QueryOptions& options, const Snapshot& snapshot) noexcept;

/// One result for each query, of any mode; `selections` are those of their filters.
/// Errors: `dimension_mismatch`, `cancelled`, `corruption`; `invalid_argument` for weights out of range.
[[nodiscard]] Result<std::vector<QueryResult>> run_queries(const SearchState& state,
                                                           std::span<const VectorQuery> queries,
                                                           std::span<const Selection> selections,
                                                           const std::stop_token& stop);

}  // namespace scaup::inline v0
