// PDF by poppler's programs: pdftotext for the text, pdfinfo for title, author and dates.

#include <algorithm>
#include <utility>

#include "base/ascii.hpp"
#include "base/child_process.hpp"
#include "base/in_quotes.hpp"
#include "base/utf8.hpp"
#include "rag/dates.hpp"
#include "rag/loaders.hpp"

namespace scaup::inline v0 {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPageEnd = "\f";

Error unsupported(std::string message) {
  return {ErrorCode::unsupported_format, std::move(message)};
}

Result<fs::path> find_pdftotext(const fs::path& program) {
  auto found = find_program(program);
  if (found) return found;
  Error error = std::move(found).error();
  error.add_context("reading PDF needs pdftotext (Debian package poppler-utils)");
  return error;
}

// What pdftotext said, on one line. It names the file, and may repeat bytes of it.
std::string words_of(const ChildResult& result) {
  std::string line;
  for (const char c : result.errors) line += c == '\n' ? ' ' : c;
  while (line.ends_with(' ')) line.pop_back();
  return line.empty() ? "and no reason" : in_quotes(line);
}

// pdftotext ends with 1 for a file that it cannot open, 3 for one whose author forbids to copy text.
Error failure_of(const ChildResult& result) {
  constexpr int kForbidden = 3;
  const std::string says = "pdftotext ends with " + std::to_string(result.exit_code) + ": " + words_of(result);
  if (result.exit_code == kForbidden) return unsupported("its text may not be copied; " + says);
  if (result.errors.find("ncorrect password") != std::string::npos) return unsupported("it is encrypted; " + says);
  return {ErrorCode::invalid_argument, "it is not a sound PDF file; " + says};
}

// Each page ends with a form feed: the last one's is dropped, so that they stand between pages.
Result<std::string> to_pages(std::string text) {
  if (const auto at = find_invalid_utf8(text)) {
    return Error(ErrorCode::invalid_argument, "its text is not UTF-8 at byte " + std::to_string(*at));
  }
  if (text.find('\0') != std::string::npos) {
    return Error(ErrorCode::invalid_argument, "its text has a zero at byte " + std::to_string(text.find('\0')));
  }
  if (is_blank(text, " \t\r\n\f")) {
    return unsupported("no text on its " + std::to_string(std::ranges::count(text, '\f')) +
                       " pages; if they are pictures, recognise the text first");
  }
  if (text.ends_with(kPageEnd)) text.pop_back();
  return text;
}

// The value of a line `name:   value` of pdfinfo; empty if there is none.
std::string_view info_line(std::string_view info, std::string_view name) noexcept {
  for (std::size_t at = 0; at < info.size();) {
    const std::size_t end = std::min(info.find('\n', at), info.size());
    const std::string_view line = info.substr(at, end - at);
    if (line.starts_with(name) && line.substr(name.size()).starts_with(':')) return line.substr(name.size() + 1);
    at = end + 1;
  }
  return {};
}

void set_date(Metadata& metadata, std::string_view key, std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(' '), text.size());
  if (const auto date = to_rfc3339(text.substr(begin))) set_if_absent(metadata, key, *date);
}

// Without pdfinfo, or where it fails, there is no metadata: the text is what counts.
Metadata metadata_of(const fs::path& pdftotext, const std::string& file, const ChildLimits& limits,
                     const std::stop_token& stop) {
  Metadata metadata;
  const auto program = find_program(pdftotext.parent_path() / "pdfinfo");
  if (!program) return metadata;
  const auto info = run_child(*program, {"-enc", "UTF-8", "-isodates", "--", file}, limits, stop);
  if (!info || info->exit_code != 0 || find_invalid_utf8(info->output)) return metadata;
  set_if_absent(metadata, "title", info_line(info->output, "Title"));
  set_if_absent(metadata, "author", info_line(info->output, "Author"));
  set_date(metadata, "created", info_line(info->output, "CreationDate"));
  set_date(metadata, "modified", info_line(info->output, "ModDate"));
  return metadata;
}

}  // namespace

Result<Document> load_pdf(std::string id, const fs::path& file, const LoadOptions& options,
                          const std::stop_token& stop) {
  const auto program = find_pdftotext(options.pdf.program);
  if (!program) return program.error();
  const ChildLimits limits = {.timeout = options.pdf.timeout,
                              .max_output_bytes = static_cast<std::size_t>(options.max_file_bytes)};
  const std::string path = fs::absolute(file).string();  // never looks like an option
  auto result = run_child(*program, {"-enc", "UTF-8", "-eol", "unix", "--", path, "-"}, limits, stop);
  if (!result) return std::move(result).error();
  if (result->exit_code != 0) return failure_of(*result);
  auto pages = to_pages(std::move(result->output));
  if (!pages) return std::move(pages).error();
  Document document = {.id = std::move(id), .text = *std::move(pages)};
  document.metadata = metadata_of(*program, path, limits, stop);
  return document;
}

}  // namespace scaup::inline v0
