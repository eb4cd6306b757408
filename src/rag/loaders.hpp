#pragma once
// The loaders, one a format. Each sets metadata that the file states; what all files have is added in load_file.cpp.

#include <cstddef>
#include <filesystem>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "scaup/document.hpp"
#include "scaup/loader.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// The text of a file: UTF-8 without a byte order mark and without zero bytes.
struct SourceText {
  std::string id = {};  ///< the path in its folder
  std::string text = {};
  std::size_t begin = 0;  ///< where `text` begins in the file
};

/// Where a document begins in its file, if not at the beginning: kTextBeginKey and kTextLineKey.
void set_text_begin(Metadata& metadata, std::size_t begin, std::size_t line);

/// Metadata `key`, unless it is there or `text` is nothing but white space.
void set_if_absent(Metadata& metadata, std::string_view key, std::string_view text);

/// Strings as they are, numbers and booleans as JSON writes them, the elements of a list with ", " between.
[[nodiscard]] std::string text_of(const Value& value);

[[nodiscard]] Document load_plain(SourceText source);
[[nodiscard]] Document load_markdown(SourceText source);

// Messages of the errors below do not name the file, but for those of programs that were run.

/// Errors: those of extract_html.
[[nodiscard]] Result<Document> load_html(SourceText source, const std::stop_token& stop);

/// One document a record. Errors: `invalid_argument` with the line; `cancelled`.
[[nodiscard]] Result<std::vector<Document>> load_csv(const SourceText& source, const LoadOptions& options,
                                                     const std::stop_token& stop);
[[nodiscard]] Result<std::vector<Document>> load_json_lines(const SourceText& source, const LoadOptions& options,
                                                            const std::stop_token& stop);

/// `file` is the path to open, a regular file. Errors: see load_file.
[[nodiscard]] Result<Document> load_pdf(std::string id, const std::filesystem::path& file, const LoadOptions& options,
                                        const std::stop_token& stop);

}  // namespace scaup::inline v0
