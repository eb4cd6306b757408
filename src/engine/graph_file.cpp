#include "engine/graph_file.hpp"

#include "index/graph_codec.hpp"

namespace scaup::inline v0 {
namespace {

// The sections of a graph file; the numbers are stored on disk, do not change them.
constexpr std::uint32_t kLinks = 1;
constexpr std::uint32_t kRecall = 2;

Status write_sections(SectionFileWriter& file, const Graph& graph, const KeptRows& rows,
                      std::span<const std::byte> recall) {
  if (Status begun = file.begin_section(kLinks); !begun) return begun;
  const auto sink = [&](std::span<const std::byte> bytes) { return file.append(bytes); };
  if (Status written = write_graph(graph, rows, sink); !written) return written;
  if (Status ended = file.end_section(); !ended) return ended;
  if (Status begun = file.begin_section(kRecall); !begun) return begun;
  if (Status written = file.append(recall); !written) return written;
  return file.end_section();
}

Result<GraphKeeper::Saved> load_graph(const CollectionFiles& files, const SectionFileReference& reference,
                                      const RowsView& rows, const GraphOptions& options) {
  const auto file = files.open_sections(StoreFileKind::graph, reference);
  if (!file) return file.error();
  const auto links = (*file)->verified_bytes(kLinks);
  if (!links) return links.error();
  auto graph = read_graph(*links, rows, options);
  if (!graph) return std::move(graph).error();
  GraphKeeper::Saved saved{.graph = std::move(graph->graph),
                           .table = {},
                           .end = graph->end,
                           .dropped = graph->dropped,
                           .measured_changes = 0};
  const auto recall = (*file)->verified_bytes(kRecall);
  if (!recall) return recall.error();
  auto table = read_recall_table(*recall);
  if (!table) return std::move(table).error();
  saved.measured_changes = table->measured_changes;
  saved.table = std::make_shared<const RecallTable>(std::move(table->table));
  return saved;
}

}  // namespace

Result<SectionFileReference> save_graph(const CollectionFiles& files, const Snapshot& snapshot,
                                        const GraphKeeper::Published& graph, std::uint64_t number) {
  auto file = files.write_sections(StoreFileKind::graph, number);
  if (!file) return std::move(file).error();
  const std::vector<Slot> kept = snapshot.visible_slots();
  const auto recall = write_recall_table(*graph.table, graph.measured_changes);
  const KeptRows rows{.kept = kept, .end = graph.end};
  if (Status written = write_sections(**file, *graph.graph, rows, recall); !written) return std::move(written).error();
  return finish_sections(**file, number);
}

void start_with_saved_graph(LocalStore& store, const CollectionFiles& files, const SectionFileReference& graph) {
  const auto load = [files, graph](const RowsView& rows, const GraphOptions& options) {
    return load_graph(files, graph, rows, options);
  };
  store.graph_keeper().start_with(*store.snapshot(), load);
}

}  // namespace scaup::inline v0
