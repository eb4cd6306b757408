#pragma once
// Formats of files and programming languages, by extension.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "scaup/loader.hpp"

namespace scaup::inline v0 {

enum class FileFormat : std::uint8_t { text, markdown, html, pdf, csv, json_lines, code };

/// As metadata "format" has it.
[[nodiscard]] std::string_view to_string(FileFormat format) noexcept;

struct FileType {
  FileFormat format = FileFormat::text;
  std::string_view language = {};  ///< of code
};

[[nodiscard]] FileType file_type(const std::filesystem::path& path);

/// Whether a folder's file of this name is to be loaded.
[[nodiscard]] bool is_wanted(const std::filesystem::path& name, const LoadOptions& options);

}  // namespace scaup::inline v0
