#pragma once
// Files as sinks and sources of exports and imports.

#include <filesystem>
#include <memory>

#include "scaup/archive.hpp"
#include "scaup/file_system.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// A sink that writes `path` with ".partial" added, and gives it its name, in place of what had it, when it is finished
/// and synced: nobody sees half an export. Destroyed before, it removes what it wrote. `files` is borrowed. One sink a
/// path at a time: what an export that was killed left behind is overwritten.
///
/// Errors: those of the file system, here and on every call.
[[nodiscard]] Result<std::unique_ptr<ByteSink>> make_file_sink(FileSystem& files, const std::filesystem::path& path);

/// A source that reads `path` from the beginning. `files` is borrowed for the call.
/// Errors: those of the file system.
[[nodiscard]] Result<std::unique_ptr<ByteSource>> make_file_source(const FileSystem& files,
                                                                   const std::filesystem::path& path);

}  // namespace scaup::inline v0
