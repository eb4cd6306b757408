#pragma once
// Loaders: from files to documents.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "scaup/config.hpp"
#include "scaup/document.hpp"
#include "scaup/file_system.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// How far a load has come; given to `LoadOptions::on_progress` after each file.
struct LoadProgress {
  std::size_t files_done = 0;       ///< loaded or skipped
  std::size_t files_total = 0;      ///< found in the folder
  std::filesystem::path file = {};  ///< the one just done, relative to the folder
};

struct LoadOptions {
  std::vector<std::string> extensions = {".txt", ".md", ".markdown"};  ///< lower case, with the dot
  std::uint64_t max_file_bytes = 16u << 20;                            ///< larger files are skipped and reported
  std::function<void(const LoadProgress&)> on_progress = {};           ///< called on the caller's thread
  std::shared_ptr<FileSystem> file_system = {};                        ///< default: posix_file_system()
};

/// A file that was left out, and why.
struct SkippedFile {
  std::filesystem::path path = {};  ///< relative to the folder
  Error error{ErrorCode::internal, ""};
};

struct LoadReport {
  std::vector<Document> documents = {};  ///< ascending by id
  std::vector<SkippedFile> skipped = {};
};

/// Reads a folder and its subfolders. Each file becomes a document: its id is the path relative to
/// `folder` with '/' between parts, metadata "path" the same, "format" is "text" or "markdown". Hidden files
/// and folders (a leading dot) and symbolic links are left out without a word; a file that cannot be
/// read, is too large, or is not UTF-8 is reported in `skipped`, never fatal. A byte order mark is dropped.
///
/// Errors: `not_found` or `io` for the folder itself; `cancelled`.
[[nodiscard]] SCAUP_API Result<LoadReport> load_folder(const std::filesystem::path& folder,
                                                       const LoadOptions& options = {}, std::stop_token stop = {});

}  // namespace scaup::inline v0
