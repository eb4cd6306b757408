#pragma once
// Loaders: from files to source documents.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
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

/// Which fields of a CSV row or a JSON Lines object become what.
struct RecordFields {
  std::string id = {};                     ///< the id of the document; empty: "<path>#<row>", rows counted from 1
  std::vector<std::string> text = {};      ///< joined by line ends; empty: every field but the id, as "name: value"
  std::string title = {};                  ///< written to metadata "title"
  std::vector<std::string> metadata = {};  ///< empty: all that are not named above
  std::vector<std::string> numbers = {};   ///< of a CSV file: its cells are strings, those of these fields numbers
};

struct PdfOptions {
  /// poppler's program, looked for in the folders of PATH unless there is a '/' in it; `pdfinfo` is taken from beside
  /// it.
  std::filesystem::path program = "pdftotext";
  std::chrono::milliseconds timeout{60'000};   ///< for one run of a program
  std::uint64_t max_file_bytes = 256U << 20U;  ///< in place of `LoadOptions::max_file_bytes`, which limits the text
};

struct LoadOptions {
  /// Lower case, with the dot.
  std::vector<std::string> extensions = {".txt", ".md", ".markdown", ".html", ".htm", ".pdf", ".csv", ".jsonl"};
  bool with_code = false;                     ///< source files too, whose extension tells their language
  std::uint64_t max_file_bytes = 16U << 20U;  ///< larger files are refused before they are read
  RecordFields fields = {};                   ///< of all CSV and JSON Lines files
  char csv_separator = ',';
  std::size_t max_records = 100'000;  ///< of one CSV or JSON Lines file: a document takes 1 kB
  PdfOptions pdf = {};
  std::function<void(const LoadProgress&)> on_progress = {};  ///< of load_folder, on the caller's thread
  std::shared_ptr<FileSystem> file_system = {};               ///< default: posix_file_system()
};

/// A file that list_files found.
struct FoundFile {
  std::filesystem::path path = {};  ///< relative to the folder
  std::uint64_t size = 0;           ///< bytes
  std::chrono::system_clock::time_point modified = {};
};

/// A file that was left out, and why.
struct SkippedFile {
  std::filesystem::path path = {};  ///< relative to the folder
  Error error{ErrorCode::internal, ""};
};

struct FileList {
  std::vector<FoundFile> files = {};      ///< ascending by path
  std::vector<SkippedFile> skipped = {};  ///< folders and files that cannot be looked at, ascending by path
};

/// The files with the wanted extensions in a folder and its subfolders. Hidden files and folders (a leading dot) and
/// symbolic links are left out without a word, so that no cycle is followed. Subfolders that cannot be read are
/// reported in `skipped`.
///
/// Errors: `not_found` or `io` for the folder itself; `cancelled`.
[[nodiscard]] SCAUP_API Result<FileList> list_files(const std::filesystem::path& folder,
                                                    const LoadOptions& options = {}, std::stop_token stop = {});

/// First byte of the file that belongs to a document, and its line from 1: what is before is not in `text`. Without
/// them: byte 0, line 1.
inline constexpr std::string_view kTextBeginKey = "text_begin";
inline constexpr std::string_view kTextLineKey = "text_line";

/// Reads one file, `path` in `folder`. Its extension tells the format, and what becomes of it:
///
/// - text (any other extension): the text.
/// - markdown (.md .markdown): the text after YAML front matter, whose fields become metadata. The title is the field
///   of this name, or the first heading.
/// - html (.html .htm .xhtml): the HTML as it is, because make_html_chunker names ranges of it; title, author, language
///   and dates from its head.
/// - pdf (.pdf): the text, with a form feed between pages as make_page_chunker wants them; title, author and dates.
/// - csv (.csv): a document for each row after the header, by RFC 4180, rows ending with CRLF or LF.
/// - jsonl (.jsonl .ndjson): a document for each line, which is a JSON object.
/// - code (see `LoadOptions::with_code`): the text; "language" is that of the program.
///
/// The id is `path` with '/' between parts. Metadata: "path" (the same), "uri", "format" and "modified"; "title",
/// "author", "created", "version" and "language" where the file says them, which may say "modified" too; dates
/// in UTC by RFC 3339. All but PDF must be UTF-8 without zero bytes; a byte order mark is dropped. For text, Markdown,
/// HTML and code, byte `i` of `text` is byte `text_begin + i` of the file (kTextBeginKey); of a record, this is where
/// it begins.
///
/// Front matter: scalars, quoted and block strings, and lists of scalars have their types; other values are kept as the
/// text they are written in, and lines that are no field go into metadata "front_matter". "title", "author", "version"
/// and "language" are strings whatever they look like; "date" counts as "created", "updated" and "lastmod" as
/// "modified".
///
/// Records: empty lines are none, an empty cell and a null are no metadata, nested JSON is kept as its text, a cell has
/// no type. Anything wrong in one record fails the file, with the number of its line.
///
/// PDF files are read by poppler's `pdftotext`, so from the operating system's files also with another `file_system`.
///
/// A file that changes meanwhile is read once more.
///
/// Errors: `not_found` for the file or, with the package to install, `pdftotext`; `io`; `invalid_argument` for a file
/// that is too large, is not UTF-8, or is broken, and for a path that leaves the folder; `unsupported_format` for a PDF
/// that is encrypted or shows no text; `unavailable` for a file that changed again, and after the timeout; `cancelled`.
/// Thread-safe.
[[nodiscard]] SCAUP_API Result<std::vector<Document>> load_file(const std::filesystem::path& folder,
                                                                const std::filesystem::path& path,
                                                                const LoadOptions& options = {},
                                                                std::stop_token stop = {});

struct LoadReport {
  std::vector<Document> documents = {};  ///< ascending by path; of one file in its order
  std::vector<SkippedFile> skipped = {};
};

/// list_files and load_file together. A file that cannot be loaded is reported in `skipped`, never fatal.
///
/// Errors: those of list_files.
[[nodiscard]] SCAUP_API Result<LoadReport> load_folder(const std::filesystem::path& folder,
                                                       const LoadOptions& options = {}, std::stop_token stop = {});

}  // namespace scaup::inline v0
