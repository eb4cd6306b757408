#pragma once
// Reads a whole file into memory, with a limit.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

#include "scaup/file_system.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// The bytes of `path`, at most `max_bytes`. The size is looked at before memory is taken; a file that grows
/// or shrinks meanwhile is read as far as it goes, within the limit.
/// Errors: those of the file system; `invalid_argument` for a file larger than `max_bytes`.
[[nodiscard]] Result<std::vector<std::byte>> read_whole_file(const FileSystem& files, const std::filesystem::path& path,
                                                             std::uint64_t max_bytes, Links links = Links::follow);

}  // namespace scaup::inline v0
