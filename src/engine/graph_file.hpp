#pragma once
// The graph of a collection as a file of its own beside a checkpoint: derived, so never needed to open.

#include "engine/collection_files.hpp"
#include "engine/graph_keeper.hpp"
#include "engine/local_store.hpp"

namespace scaup::inline v0 {

/// Writes the graph that serves the snapshot, its rows numbered as in the snapshot's checkpoint.
/// Errors: `io`, `out_of_memory`.
[[nodiscard]] Result<SectionFileReference> save_graph(const CollectionFiles& files, const Snapshot& snapshot,
                                                      const GraphKeeper::Published& graph, std::uint64_t number);

/// Has the store begin with a saved graph, read on the thread that keeps its graph; where the file is missing or wrong,
/// that thread builds another. Before any write.
void start_with_saved_graph(LocalStore& store, const CollectionFiles& files, const SectionFileReference& graph);

}  // namespace scaup::inline v0
