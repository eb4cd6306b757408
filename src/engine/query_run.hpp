#pragma once
// Answers the vector queries of one call over one snapshot: plans each, walks the graph for those that gain by it,
// scans for the others in a shared pass.

#include <span>
#include <stop_token>
#include <vector>

#include "engine/graph_keeper.hpp"
#include "engine/selection.hpp"
#include "engine/table.hpp"
#include "scaup/vector_store.hpp"

namespace scaup::inline v0 {

/// One result for each query; `selections` are those of their filters. `graph` was taken before the snapshot.
/// Errors: `dimension_mismatch`, `cancelled`.
[[nodiscard]] Result<std::vector<QueryResult>> run_queries(const Snapshot& snapshot,
                                                           const GraphKeeper::Published& graph,
                                                           std::span<const VectorQuery> queries,
                                                           std::span<const Selection> selections,
                                                           const std::stop_token& stop);

}  // namespace scaup::inline v0
