#include "engine/verify_database.hpp"

#include <algorithm>

#include "engine/checkpoint.hpp"
#include "engine/database_folder.hpp"
#include "engine/durable_collection.hpp"

namespace scaup::inline v0 {
namespace {

/// Checks one collection after the other.
class Verifier {
 public:
  Verifier(std::shared_ptr<const StoreContext> context, const std::stop_token& stop)
      : context_(std::move(context)), stop_(stop) {}

  Status collection(std::uint32_t number) {
    CollectionFiles files(context_, number);
    if (Status loaded = files.load_manifest(); !loaded) {
      note(files.folder() / "MANIFEST", 0, 0, loaded.error().message());
      return {};
    }
    ++report_.files;
    const std::size_t before = report_.damage.size();
    const CollectionManifest& manifest = files.manifest();
    if (manifest.checkpoint) sections(files, StoreFileKind::checkpoint, *manifest.checkpoint);
    if (manifest.graph) sections(files, StoreFileKind::graph, *manifest.graph);
    if (manifest.words) sections(files, StoreFileKind::words, *manifest.words);
    for (const LogReference& one : manifest.logs) log(files, one);
    if (report_.damage.size() == before && !stop_.stop_requested()) contents(number, files.folder());
    // Last, so that nobody takes what was looked at until then for all.
    if (stop_.stop_requested()) return Error(ErrorCode::cancelled, "verify: cancelled");
    return {};
  }
  [[nodiscard]] VerifyReport take() { return std::move(report_); }

 private:
  void note(const std::filesystem::path& path, std::uint64_t begin, std::uint64_t end, std::string reason) {
    report_.damage.push_back({.file = path.lexically_relative(context_->folder).native(),
                              .begin = begin,
                              .end = end,
                              .reason = std::move(reason)});
  }

  void sections(const CollectionFiles& files, StoreFileKind kind, const SectionFileReference& reference) {
    const std::filesystem::path path = files.path_of(kind, reference.number);
    const auto file = files.open_sections(kind, reference);
    if (!file) return note(path, 0, reference.size, file.error().message());
    count(**file);
    bool damaged = false;
    for (const auto& section : (*file)->sections()) {
      for (std::uint64_t chunk = 0; chunk < section->chunks() && !stop_.stop_requested(); ++chunk) {
        const Status right = section->verify_chunk(chunk);
        if (right) continue;
        damaged = true;
        const std::uint64_t begin = section->offset() + chunk * kSectionChunkBytes;
        const std::uint64_t end = std::min(begin + kSectionChunkBytes, section->offset() + section->bytes().size());
        note(path, begin, end, right.error().message());
      }
    }
    if (damaged) return;
    if (const Status right = (*file)->verify_all(1); !right) note(path, 0, reference.size, right.error().message());
  }

  void count(const SectionFile& file) {
    ++report_.files;
    report_.bytes += file.size();
  }

  void log(const CollectionFiles& files, const LogReference& reference) {
    const std::filesystem::path path = files.path_of(StoreFileKind::log, reference.number);
    auto opened = context_->files().open_for_read(path, Links::refuse);
    if (!opened) return note(path, 0, 0, opened.error().message());
    const auto mapped = (*opened)->map();
    if (!mapped) return note(path, 0, 0, mapped.error().message());
    ++report_.files;
    report_.bytes += (*mapped)->size();
    const bool last = reference == files.manifest().logs.back();
    const auto& clean = files.manifest().clean;
    const LogToRead to_read{.file = **mapped,
                            .name = path.native(),
                            .identity = files.identity_of(StoreFileKind::log, reference.number),
                            .first_number = reference.first_frame,
                            .synced_end = last && clean ? std::optional(clean->log_end) : std::nullopt};
    const auto read = read_log(to_read, [](const LogFrame&) { return Status(); });
    if (read) return;
    const std::size_t before = report_.damage.size();
    const auto salvaged = salvage_log(to_read, [](const LogFrame&) { return Status(); });
    if (salvaged) {
      for (const LostBytes& lost : salvaged->lost_bytes) note(path, lost.begin, lost.end, read.error().message());
    }
    if (report_.damage.size() == before) note(path, 0, (*mapped)->size(), read.error().message());
  }

  // What the hashes cannot tell: that the bytes mean something, and the files belong together.
  void contents(std::uint32_t number, const std::filesystem::path& folder) {
    CollectionRecovery recovery;
    auto collection = DurableCollection::open(context_, {.number = number, .name = {}}, {.graph = false}, recovery);
    if (!collection) return note(folder, 0, 0, collection.error().message());
    const auto snapshot = (*collection)->store().snapshot();
    for (std::size_t row = 0; row < snapshot->rows && !stop_.stop_requested(); ++row) {
      const auto slot = static_cast<Slot>(row);
      if (!snapshot->visible(slot)) continue;
      const DocumentView document = snapshot->document(slot);
      static_cast<void>(document.metadata());
      static_cast<void>(document.origin());
    }
    if (const Status intact = snapshot->intact(); !intact) note(folder, 0, 0, intact.error().message());
  }

  const std::shared_ptr<const StoreContext> context_;
  const std::stop_token& stop_;
  VerifyReport report_;
};

}  // namespace

Result<VerifyReport> verify_database(const std::filesystem::path& folder, const DatabaseOptions& options,
                                     const std::stop_token& stop) {
  DatabaseOptions reading = options;
  reading.access = Access::read_only;
  reading.verify = VerifyLevel::full;
  reading.recovery = Recovery::refuse;
  auto opened = DatabaseFolder::open(folder, std::move(reading));
  if (!opened) return std::move(opened).error();
  Verifier verifier((*opened)->context(), stop);
  for (const CatalogEntry& entry : (*opened)->collections()) {
    if (Status done = verifier.collection(entry.number); !done) return std::move(done).error();
  }
  return verifier.take();
}

}  // namespace scaup::inline v0
