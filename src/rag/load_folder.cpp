// All files of a folder as documents, one after another.

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "base/boundary.hpp"
#include "scaup/loader.hpp"

namespace scaup::inline v0 {
namespace {

namespace fs = std::filesystem;

Error cancelled() {
  return {ErrorCode::cancelled, "load folder: cancelled through the stop token"};
}

void add(LoadReport& report, const fs::path& path, Result<std::vector<Document>> loaded) {
  if (!loaded) return report.skipped.push_back({path, std::move(loaded).error()});
  std::ranges::move(*loaded, std::back_inserter(report.documents));
}

Result<LoadReport> load(const fs::path& folder, const LoadOptions& options, const std::stop_token& stop) {
  auto list = list_files(folder, options, stop);
  if (!list) return std::move(list).error();
  LoadReport report = {.documents = {}, .skipped = std::move(list->skipped)};
  for (std::size_t i = 0; i < list->files.size(); ++i) {
    if (stop.stop_requested()) return cancelled();
    const fs::path& path = list->files[i].path;
    auto loaded = load_file(folder, path, options, stop);
    if (!loaded && loaded.error().code() == ErrorCode::cancelled) return cancelled();
    add(report, path, std::move(loaded));
    if (options.on_progress) {
      options.on_progress({.files_done = i + 1, .files_total = list->files.size(), .file = path});
    }
  }
  if (stop.stop_requested()) return cancelled();
  std::ranges::sort(report.skipped, {}, [](const SkippedFile& skipped) { return skipped.path.generic_string(); });
  return report;
}

}  // namespace

Result<LoadReport> load_folder(const fs::path& folder, const LoadOptions& options, std::stop_token stop) {
  return guarded([&] { return load(folder, options, stop); });
}

}  // namespace scaup::inline v0
