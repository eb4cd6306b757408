#include "rag/file_format.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/ascii.hpp"

namespace scaup::inline v0 {
namespace {

using Named = std::pair<std::string_view, std::string_view>;

// Sorted by extension.
constexpr std::array kLanguages = {Named{".bash", "shell"},
                                   Named{".c", "c"},
                                   Named{".cc", "cpp"},
                                   Named{".coffee", "coffeescript"},
                                   Named{".cpp", "cpp"},
                                   Named{".cs", "csharp"},
                                   Named{".css", "css"},
                                   Named{".cxx", "cpp"},
                                   Named{".go", "go"},
                                   Named{".h", "c"},
                                   Named{".hh", "cpp"},
                                   Named{".hpp", "cpp"},
                                   Named{".hs", "haskell"},
                                   Named{".hxx", "cpp"},
                                   Named{".java", "java"},
                                   Named{".jl", "julia"},
                                   Named{".js", "javascript"},
                                   Named{".jsx", "javascript"},
                                   Named{".kt", "kotlin"},
                                   Named{".lua", "lua"},
                                   Named{".m", "objective-c"},
                                   Named{".mjs", "javascript"},
                                   Named{".nim", "nim"},
                                   Named{".php", "php"},
                                   Named{".pl", "perl"},
                                   Named{".py", "python"},
                                   Named{".pyi", "python"},
                                   Named{".pyx", "cython"},
                                   Named{".r", "r"},
                                   Named{".rb", "ruby"},
                                   Named{".rs", "rust"},
                                   Named{".scala", "scala"},
                                   Named{".sh", "shell"},
                                   Named{".sql", "sql"},
                                   Named{".swift", "swift"},
                                   Named{".ts", "typescript"},
                                   Named{".tsx", "typescript"},
                                   Named{".zig", "zig"}};
static_assert(std::ranges::is_sorted(kLanguages, {}, &Named::first));

constexpr std::array<std::pair<std::string_view, FileFormat>, 9> kFormats = {{{".md", FileFormat::markdown},
                                                                              {".markdown", FileFormat::markdown},
                                                                              {".html", FileFormat::html},
                                                                              {".htm", FileFormat::html},
                                                                              {".xhtml", FileFormat::html},
                                                                              {".pdf", FileFormat::pdf},
                                                                              {".csv", FileFormat::csv},
                                                                              {".jsonl", FileFormat::json_lines},
                                                                              {".ndjson", FileFormat::json_lines}}};

std::string lower_extension(const std::filesystem::path& path) {
  return ascii_lower_case(path.extension().string());
}

std::string_view language_of(std::string_view extension) noexcept {
  const auto* const found = std::ranges::lower_bound(kLanguages, extension, {}, &Named::first);
  return found != kLanguages.end() && found->first == extension ? found->second : std::string_view();
}

}  // namespace

std::string_view to_string(FileFormat format) noexcept {
  switch (format) {
    case FileFormat::markdown: return "markdown";
    case FileFormat::html: return "html";
    case FileFormat::pdf: return "pdf";
    case FileFormat::csv: return "csv";
    case FileFormat::json_lines: return "jsonl";
    case FileFormat::code: return "code";
    case FileFormat::text: break;
  }
  return "text";
}

FileType file_type(const std::filesystem::path& path) {
  const std::string extension = lower_extension(path);
  for (const auto& [name, format] : kFormats) {
    if (name == extension) return {format, {}};
  }
  const std::string_view language = language_of(extension);
  return {language.empty() ? FileFormat::text : FileFormat::code, language};
}

bool is_wanted(const std::filesystem::path& name, const LoadOptions& options) {
  const std::string extension = lower_extension(name);
  if (options.with_code && !language_of(extension).empty()) return true;
  return std::ranges::find(options.extensions, extension) != options.extensions.end();
}

}  // namespace scaup::inline v0
