#pragma once
// Short names for what tests do with whole files of a FileSystem.

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/read_file.hpp"
#include "scaup/file_system.hpp"
#include "support/catch.hpp"
#include "support/memory_file_system.hpp"

namespace scaup::test {

inline std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

inline std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline std::string read(const FileSystem& files, const std::filesystem::path& path) {
  return text_of(require_ok(read_whole_file(files, path, std::uint64_t{64} << 20U)));
}

// The text of a file; "-" if there is none.
inline std::string read_or_dash(const FileSystem& files, const std::filesystem::path& path) {
  return files.info(path) ? read(files, path) : "-";
}

inline void write(FileSystem& files, const std::filesystem::path& path, std::string_view text) {
  require_ok(require_ok(files.open_for_write(path, OpenMode::create_new))->write_at(0, bytes_of(text)));
}

// A file that is durable with its name.
inline std::unique_ptr<WritableFile> durable_file(MemoryFileSystem& files, const std::filesystem::path& path,
                                                  std::string_view text) {
  auto file = require_ok(files.open_for_write(path, OpenMode::create_new));
  require_ok(file->write_at(0, bytes_of(text)));
  require_ok(file->sync());
  require_ok(files.sync_directory(path.parent_path()));
  return file;
}

inline std::string names_in(const FileSystem& files, const std::filesystem::path& folder) {
  std::string names;
  for (const DirectoryEntry& entry : require_ok(files.list(folder))) {
    names += entry.name.string() + (entry.kind == FileKind::directory ? "/ " : " ");
  }
  return names;
}

}  // namespace scaup::test
