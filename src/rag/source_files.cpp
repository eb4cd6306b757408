// Files of a folder through load_folder and the file system.

#include "rag/source_files.hpp"

#include <algorithm>

namespace scaup::inline v0 {

Result<FileList> list_files(const std::filesystem::path& folder, const LoadOptions& options, std::stop_token stop) {
  auto loaded = load_folder(folder, options, stop);
  if (!loaded) return std::move(loaded).error();
  FileList list;
  const auto files = options.file_system ? options.file_system : posix_file_system();
  for (const Document& d : loaded->documents) {
    const auto info = files->info(folder / d.id);
    if (info) list.files.push_back({d.id, info->size, info->modified});
  }
  for (const auto& s : loaded->skipped) list.skipped.push_back(s);
  return list;
}

Result<std::vector<Document>> load_file(const std::filesystem::path& folder, const std::filesystem::path& path,
                                        const LoadOptions& options, std::stop_token stop) {
  auto loaded = load_folder(folder, options, stop);
  if (!loaded) return std::move(loaded).error();
  for (Document& d : loaded->documents) {
    if (d.id == path.generic_string()) return std::vector<Document>{std::move(d)};
  }
  return Error(ErrorCode::not_found, "gone");
}

}  // namespace scaup::inline v0
