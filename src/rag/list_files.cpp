// Walks a folder through FileSystem without following links.

#include <algorithm>
#include <string>
#include <utility>

#include "base/boundary.hpp"
#include "rag/file_format.hpp"
#include "scaup/loader.hpp"

namespace scaup::inline v0 {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kDeepestFolder = 1000;  // a tree deeper than this is reported, not walked

// A folder that is still to be looked at.
struct Found {
  fs::path relative = {};
  std::size_t depth = 0;
};

template <typename File>
std::string sort_key(const File& file) {
  return file.path.generic_string();
}

// The order of the walk does not matter: files are sorted at the end.
class Walk {
 public:
  Walk(const FileSystem& files, const fs::path& root, const LoadOptions& options)
      : files_(files), root_(root), options_(options) {}

  Result<FileList> run(const std::stop_token& stop) {
    std::vector<Found> folders = {{}};
    while (!folders.empty()) {
      if (stop.stop_requested()) return Error(ErrorCode::cancelled, "list files: cancelled through the stop token");
      const Found folder = std::move(folders.back());
      folders.pop_back();
      auto entries = list(folder);
      if (!entries && folder.depth == 0) return std::move(entries).error();
      if (entries) {
        for (const DirectoryEntry& entry : *entries) take(folder, entry, folders);
      } else {
        list_.skipped.push_back({folder.relative, std::move(entries).error()});
      }
    }
    std::ranges::sort(list_.files, {}, sort_key<FoundFile>);
    std::ranges::sort(list_.skipped, {}, sort_key<SkippedFile>);
    return std::move(list_);
  }

 private:
  Result<std::vector<DirectoryEntry>> list(const Found& folder) const {
    if (folder.depth <= kDeepestFolder) return files_.list(folder.depth == 0 ? root_ : root_ / folder.relative);
    return Error(ErrorCode::io, "list \"" + folder.relative.string() + "\": deeper than " +
                                    std::to_string(kDeepestFolder) + " folders");
  }

  void take(const Found& folder, const DirectoryEntry& entry, std::vector<Found>& folders) {
    if (entry.name.native().starts_with('.')) return;
    fs::path relative = folder.relative / entry.name;
    if (entry.kind == FileKind::directory) {
      folders.push_back({std::move(relative), folder.depth + 1});
    } else if (entry.kind != FileKind::link && is_wanted(entry.name, options_)) {
      take_file(std::move(relative));
    }
  }

  void take_file(fs::path relative) {
    auto info = files_.info(root_ / relative, Links::refuse);
    if (info) {
      list_.files.push_back({std::move(relative), info->size, info->modified});
    } else if (info.error().code() != ErrorCode::not_found) {  // one that has just gone is no longer there
      list_.skipped.push_back({std::move(relative), std::move(info).error()});
    }
  }

  const FileSystem& files_;
  const fs::path& root_;
  const LoadOptions& options_;
  FileList list_;
};

}  // namespace

Result<FileList> list_files(const fs::path& folder, const LoadOptions& options, std::stop_token stop) {
  return guarded([&] {
    const std::shared_ptr<const FileSystem> files = options.file_system ? options.file_system : posix_file_system();
    return Walk(*files, folder, options).run(stop);
  });
}

}  // namespace scaup::inline v0
