#include "engine/graph_file.hpp"

#include "index/graph_codec.hpp"

namespace scaup::inline v0 {
namespace {

// The sections of a graph file; the numbers are stored on disk, do not change them.
constexpr std::uint32_t kLinks = 1;
constexpr std::uint32_t kRecall = 2;

std::vector<Slot> visible_slots(const Snapshot& snapshot) {
  std::vector<Slot> slots;
  slots.reserve(snapshot.documents);
  for (std::size_t row = 0; row < snapshot.rows; ++row) {
    if (snapshot.visible(static_cast<Slot>(row))) slots.push_back(static_cast<Slot>(row));
  }
  return slots;
}

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

Result<std::span<const std::byte>> verified_section(const SectionFile& file, std::uint32_t tag) {
  const Section* const section = file.section(tag);
  if (section == nullptr) return Error(ErrorCode::corruption, std::string(file.name()) + ": a section is missing");
  if (Status right = section->verify(0, section->bytes().size()); !right) return std::move(right).error();
  return section->bytes();
}

Result<GraphKeeper::Saved> load_graph(const CollectionFiles& files, const SectionFileReference& reference,
                                      const RowsView& rows, const GraphOptions& options) {
  const auto file = files.open_sections(StoreFileKind::graph, reference);
  if (!file) return file.error();
  const auto links = verified_section(**file, kLinks);
  if (!links) return links.error();
  auto graph = read_graph(*links, rows, options);
  if (!graph) return std::move(graph).error();
  GraphKeeper::Saved saved{.graph = std::move(graph->graph),
                           .table = {},
                           .end = graph->end,
                           .dropped = graph->dropped,
                           .measured_changes = 0};
  const auto recall = verified_section(**file, kRecall);
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
  const std::vector<Slot> kept = visible_slots(snapshot);
  const auto recall = write_recall_table(*graph.table, graph.measured_changes);
  const KeptRows rows{.kept = kept, .end = graph.end};
  if (Status written = write_sections(**file, *graph.graph, rows, recall); !written) return std::move(written).error();
  auto seal = (*file)->finish();
  if (!seal) return std::move(seal).error();
  return SectionFileReference{.number = number, .size = seal->size, .footer_hash = seal->footer_hash};
}

void start_with_saved_graph(LocalStore& store, const CollectionFiles& files, const SectionFileReference& graph) {
  const auto load = [files, graph](const RowsView& rows, const GraphOptions& options) {
    return load_graph(files, graph, rows, options);
  };
  store.graph_keeper().start_with(*store.snapshot(), load);
}

}  // namespace scaup::inline v0
