#pragma once
// Answers the vector queries of one call over one snapshot: plans each, walks the graph for those that gain by it,
// scans for the others in a shared pass.

#include <span>
#include <stop_token>
#include <vector>

#include "engine/graph_keeper.hpp"
#include "engine/selection.hpp"
#include "engine/table.hpp"
#include "index/row_judge.hpp"
#include "scaup/vector_store.hpp"

namespace scaup::inline v0 {

struct VectorAnswer {
  std::vector<Hit> hits = {};  ///< best first
  QueryStats stats = {};
};

/// One answer for each query of the mode dense; `selections` are those of their filters. `graph` was taken before the
/// snapshot. Errors: `dimension_mismatch`, `cancelled`.
[[nodiscard]] Result<std::vector<VectorAnswer>> run_vector_queries(const Snapshot& snapshot,
                                                                   const GraphKeeper::Published& graph,
                                                                   std::span<const VectorQuery> queries,
                                                                   std::span<const Selection* const> selections,
                                                                   const std::stop_token& stop);

/// The answer with its documents.
[[nodiscard]] QueryResult to_result(const Snapshot& snapshot, const VectorAnswer& answer, const QueryOptions& options);

/// Copies of the documents of hits, in their order.
[[nodiscard]] std::vector<Match> to_matches(const Snapshot& snapshot, std::span<const Hit> hits, bool with_embeddings);

}  // namespace scaup::inline v0
