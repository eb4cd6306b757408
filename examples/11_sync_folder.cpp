// Sync: a collection follows a folder. Only passages that are new are embedded, moved ones keep their vectors, and what
// is no longer in the folder goes.
//   11_sync_folder                     with a small folder of its own, which it edits twice
//   11_sync_folder FOLDER DATABASE     with yours; run it again after an edit

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <scaup/scaup.hpp>
#include <string>
#include <unistd.h>

namespace {

namespace fs = std::filesystem;

std::string progress_line(const scaup::IngestProgress& at) {
  constexpr std::size_t kWidth = 30;
  const std::size_t filled = at.files_total == 0 ? kWidth : at.files_done * kWidth / at.files_total;
  std::string line = "[" + std::string(filled, '#') + std::string(kWidth - filled, '.') + "] " +
                     std::to_string(at.files_done) + " of " + std::to_string(at.files_total) + " files, " +
                     std::to_string(at.chunks) + " chunks, " + std::to_string(at.tokens) + " tokens";
  const double seconds = std::chrono::duration<double>(at.elapsed).count();
  if (seconds > 0) line += ", " + std::to_string(static_cast<int>(static_cast<double>(at.bytes) / seconds / 1000)) + " kB/s";
  if (at.left) line += ", " + std::to_string(std::chrono::ceil<std::chrono::seconds>(*at.left).count()) + " s left";
  return line;
}

// One line that is overwritten while work goes on; only where a person is watching.
void show(const scaup::IngestProgress& at) {
  if (isatty(STDERR_FILENO) == 0) return;
  std::fprintf(stderr, "\r\x1b[K%s%s", progress_line(at).c_str(), at.files_done == at.files_total ? "\n" : "");
}

scaup::Ingestor open_ingestor(const scaup::Database& db) {
  scaup::IngestOptions options{.on_progress = show};
  options.collection.embedder = scaup::make_static_embedder().value();
  return scaup::Ingestor::open(db, "handbook", options).value();
}

void sync(scaup::Ingestor& ingestor, const fs::path& folder, const char* what) {
  const auto report = ingestor.sync(folder).value();
  std::printf("%s\n", what);
  std::printf("  files   %zu added, %zu changed, %zu unchanged, %zu removed, %zu skipped\n", report.sources_added,
              report.sources_changed, report.sources_unchanged, report.sources_removed, report.skipped.size());
  std::printf("  chunks  %zu embedded, %zu kept, %zu removed; now %zu\n", report.chunks_embedded, report.chunks_kept,
              report.chunks_removed, ingestor.chunks().count().value());
  for (const auto& skipped : report.skipped)
    std::printf("  skipped %s: %s\n", skipped.id.c_str(), skipped.error.message().c_str());
}

void write(const fs::path& file, const char* text) { std::ofstream(file) << text; }

void edit_and_sync(const fs::path& folder) {
  auto ingestor = open_ingestor(scaup::Database::in_memory());
  write(folder / "fog.md", "# Fog\n\nSlow down to 4 knots.\n\n# Horn\n\nEvery two minutes.\n");
  write(folder / "ice.md", "# Ice\n\nStay away from the northern pier.\n");
  sync(ingestor, folder, "a folder of two files");
  sync(ingestor, folder, "nothing was changed");

  write(folder / "fog.md", "# Night\n\nLights on.\n\n# Fog\n\nSlow down to 4 knots.\n\n# Horn\n\nEvery two minutes.\n");
  fs::remove(folder / "ice.md");
  sync(ingestor, folder, "a section was put before the others, and a file is gone");

  const auto best = ingestor.chunks().query("How fast may I go in fog?", {.k = 1}).value();
  const scaup::Origin& origin = *best[0].document.origin;
  const auto source = ingestor.sources().get(origin.source_id).value();
  std::printf("found in %s, lines %zu-%zu, version %d of it\n", source.id.c_str(), origin.first_line, origin.last_line,
              static_cast<int>(*source.metadata.at("version").get_if<std::int64_t>()));
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc == 3) {
    auto db = scaup::Database::open(argv[2]).value();
    auto ingestor = open_ingestor(db);
    sync(ingestor, argv[1], argv[1]);
    db.close().value();
    return 0;
  }
  std::string folder = (fs::temp_directory_path() / "scaup-11-XXXXXX").string();
  if (argc != 1 || mkdtemp(folder.data()) == nullptr) {
    std::fprintf(stderr, "usage: %s [FOLDER DATABASE]\n", argv[0]);
    return 2;
  }
  edit_and_sync(folder);
  fs::remove_all(folder);
} catch (const std::exception& exception) {
  std::fprintf(stderr, "%s\n", exception.what());
  return 1;
}
