// Text files of a folder as documents. Every file is read through FileSystem without following links.

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/boundary.hpp"
#include "base/read_file.hpp"
#include "base/utf8.hpp"
#include "scaup/loader.hpp"

namespace scaup::inline v0 {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kDeepestFolder = 1000;  // a tree deeper than this is reported, not walked

Error cancelled() {
  return {ErrorCode::cancelled, "load folder: cancelled through the stop token"};
}

std::string lower_extension(const fs::path& path) {
  std::string extension = path.extension().string();
  for (char& c : extension) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return extension;
}

// A file or folder that is still to be looked at.
struct Found {
  fs::path relative = {};
  std::size_t depth = 0;
};

// Walks a folder. The order of the walk does not matter: documents and skipped files are sorted at the end.
class Walk {
 public:
  Walk(const FileSystem& files, const fs::path& root, const LoadOptions& options)
      : files_(files), root_(root), options_(options) {}

  // The files to load; folders that cannot be read go to `skipped`, but for the root.
  Result<std::vector<fs::path>> run(std::vector<SkippedFile>& skipped, const std::stop_token& stop) {
    std::vector<Found> folders = {{}};
    while (!folders.empty()) {
      if (stop.stop_requested()) return cancelled();
      const Found folder = std::move(folders.back());
      folders.pop_back();
      auto entries = list(folder);
      if (!entries && folder.depth == 0) return std::move(entries).error();
      if (entries) {
        for (const DirectoryEntry& entry : *entries) take(folder, entry, folders);
      } else {
        skipped.push_back({folder.relative, std::move(entries).error()});
      }
    }
    std::ranges::sort(found_, {}, [](const fs::path& path) { return path.generic_string(); });
    return std::move(found_);
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
    } else if (entry.kind != FileKind::link && is_wanted(entry.name)) {
      found_.push_back(std::move(relative));
    }
  }

  bool is_wanted(const fs::path& name) const {
    return std::ranges::find(options_.extensions, lower_extension(name)) != options_.extensions.end();
  }

  const FileSystem& files_;
  const fs::path& root_;
  const LoadOptions& options_;
  std::vector<fs::path> found_;
};

Error bad_file(const fs::path& relative, std::string_view problem, std::size_t at) {
  return {ErrorCode::invalid_argument,
          "load \"" + relative.generic_string() + "\": " + std::string(problem) + " at byte " + std::to_string(at)};
}

// The text of a file. Offsets in messages count from the beginning of the file, byte order mark included.
Result<std::string> to_text(std::span<const std::byte> bytes, const fs::path& relative) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (const auto at = find_invalid_utf8(text)) return bad_file(relative, "not UTF-8", *at);
  const std::size_t nul = text.find('\0');
  if (nul != std::string_view::npos) return bad_file(relative, "binary, not text: a zero", nul);
  return std::string(text.starts_with(kByteOrderMark) ? text.substr(kByteOrderMark.size()) : text);
}

Result<Document> load_file(const FileSystem& files, const fs::path& root, const fs::path& relative,
                           const LoadOptions& options) {
  const std::string id = relative.generic_string();
  if (const auto at = find_invalid_utf8(id)) return bad_file(relative, "the name is not UTF-8", *at);
  const auto bytes = read_whole_file(files, root / relative, options.max_file_bytes, Links::refuse);
  if (!bytes) return bytes.error();
  auto text = to_text(*bytes, relative);
  if (!text) return std::move(text).error();
  const std::string extension = lower_extension(relative);
  const char* format = extension == ".md" || extension == ".markdown" ? "markdown" : "text";
  return Document{.id = id, .text = *std::move(text), .metadata = {{"path", id}, {"format", format}}};
}

Result<LoadReport> load(const fs::path& root, const LoadOptions& options, const std::stop_token& stop) {
  const std::shared_ptr<const FileSystem> files = options.file_system ? options.file_system : posix_file_system();
  LoadReport report;
  const auto found = Walk(*files, root, options).run(report.skipped, stop);
  if (!found) return found.error();
  for (std::size_t i = 0; i < found->size(); ++i) {
    if (stop.stop_requested()) return cancelled();
    const fs::path& relative = (*found)[i];
    auto document = load_file(*files, root, relative, options);
    if (document) {
      report.documents.push_back(*std::move(document));
    } else {
      report.skipped.push_back({relative, std::move(document).error()});
    }
    if (options.on_progress) options.on_progress({.files_done = i + 1, .files_total = found->size(), .file = relative});
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
