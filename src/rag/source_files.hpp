#pragma once
// Files of a folder, found and read one by one.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <vector>

#include "scaup/loader.hpp"

namespace scaup::inline v0 {

struct FoundFile {
  std::filesystem::path path = {};
  std::uint64_t size = 0;
  std::chrono::system_clock::time_point modified = {};
};
struct FileList {
  std::vector<FoundFile> files = {};
  std::vector<SkippedFile> skipped = {};
};
Result<FileList> list_files(const std::filesystem::path& folder, const LoadOptions& options, std::stop_token stop);
Result<std::vector<Document>> load_file(const std::filesystem::path& folder, const std::filesystem::path& path,
                                        const LoadOptions& options, std::stop_token stop);

}  // namespace scaup::inline v0
