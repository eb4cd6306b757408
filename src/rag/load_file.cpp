// One file as documents: reading it whole, choosing the loader, and the metadata that all files have.

#include <algorithm>
#include <span>
#include <utility>

#include "base/ascii.hpp"
#include "base/boundary.hpp"
#include "base/read_file.hpp"
#include "base/utf8.hpp"
#include "rag/dates.hpp"
#include "rag/file_format.hpp"
#include "rag/loaders.hpp"

namespace scaup::inline v0 {
namespace {

namespace fs = std::filesystem;

using Documents = Result<std::vector<Document>>;

std::string place_of(const fs::path& relative) {
  return "load \"" + relative.generic_string() + "\"";
}

Error invalid(const std::string& message) {
  return {ErrorCode::invalid_argument, message};
}

Error with_place(Error error, const std::string& place) {
  error.add_context(place);
  return error;
}

// An id for collections, and a file below the folder.
Status check_path(const fs::path& relative) {
  const std::string place = place_of(relative);
  if (const auto at = find_invalid_utf8(relative.generic_string())) {
    return invalid(place + ": the name is not UTF-8 at byte " + std::to_string(*at));
  }
  const bool leaves = relative.empty() || relative.is_absolute() || std::ranges::find(relative, "..") != relative.end();
  if (leaves) return invalid(place + ": accepted: a path inside the folder, relative to it");
  return {};
}

// The text of a file. Offsets in messages count from the beginning of the file, byte order mark included.
Result<SourceText> to_source(std::span<const std::byte> bytes, std::string id) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (const auto at = find_invalid_utf8(text)) return invalid("not UTF-8 at byte " + std::to_string(*at));
  const std::size_t zero = text.find('\0');
  if (zero != std::string_view::npos) return invalid("binary, not text: a zero at byte " + std::to_string(zero));
  const std::size_t begin = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  return SourceText{.id = std::move(id), .text = std::string(text.substr(begin)), .begin = begin};
}

// `file:` and the path, with what RFC 3986 does not leave as it is in a path percent-encoded.
std::string to_uri(const fs::path& file) {
  constexpr std::string_view kPlain = "-._~!$&'()*+,;=:@/";
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string uri = "file://";
  for (const char c : fs::absolute(file).lexically_normal().generic_string()) {
    if (is_ascii_alphanumeric(c) || kPlain.find(c) != std::string_view::npos) {
      uri += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    uri += '%';
    uri += kHex[byte >> 4U];
    uri += kHex[byte & 15U];
  }
  return uri;
}

class FileLoader {
 public:
  FileLoader(const fs::path& folder, const fs::path& relative, const LoadOptions& options, const std::stop_token& stop)
      : files_(options.file_system ? options.file_system : posix_file_system()),
        file_(folder / relative),
        id_(relative.generic_string()),
        type_(file_type(relative)),
        options_(options),
        stop_(stop) {}

  Documents load() const {
    constexpr int kAttempts = 2;
    for (int i = 0; i < kAttempts; ++i) {
      if (stop_.stop_requested()) return cancelled();
      const auto before = files_->info(file_, Links::refuse);
      if (!before) return before.error();
      Documents documents = read();
      const auto after = files_->info(file_, Links::refuse);
      if (stop_.stop_requested()) return cancelled();
      if (!after) return after.error();
      if (!is_same(*before, *after)) continue;
      if (documents) add_metadata(*documents, *after);
      return documents;
    }
    return Error(ErrorCode::unavailable, place() + ": it changes while it is read; try again");
  }

 private:
  static bool is_same(const FileInfo& a, const FileInfo& b) noexcept {
    return a.size == b.size && a.modified == b.modified && a.inode == b.inode && a.device == b.device;
  }

  std::string place() const { return place_of(id_); }
  Error cancelled() const { return {ErrorCode::cancelled, place() + ": cancelled through the stop token"}; }

  Documents read() const {
    if (type_.format == FileFormat::pdf) return one(read_pdf());
    const auto bytes = read_whole_file(*files_, file_, options_.max_file_bytes, Links::refuse);
    if (!bytes) return bytes.error();
    auto source = to_source(*bytes, id_);
    if (!source) return with_place(std::move(source).error(), place());
    return parse(*std::move(source));
  }

  Documents parse(SourceText source) const {
    switch (type_.format) {
      case FileFormat::markdown: return one(load_markdown(std::move(source)));
      case FileFormat::html: return one(load_html(std::move(source), stop_));
      case FileFormat::csv: return placed(load_csv(source, options_, stop_));
      case FileFormat::json_lines: return placed(load_json_lines(source, options_, stop_));
      default: return one(load_plain(std::move(source)));
    }
  }

  // Opened first, as every file is, so that links and what is no file are refused before a program gets the name.
  Result<Document> read_pdf() const {
    const auto open = files_->open_for_read(file_, Links::refuse);
    if (!open) return open.error();
    const auto size = (*open)->size();
    if (!size) return size.error();
    if (*size <= options_.pdf.max_file_bytes) return load_pdf(id_, file_, options_, stop_);
    return invalid(std::to_string(*size) + " bytes; accepted: at most " + std::to_string(options_.pdf.max_file_bytes));
  }

  Documents one(Result<Document> document) const {
    if (!document) return with_place(std::move(document).error(), place());
    std::vector<Document> documents;
    documents.push_back(*std::move(document));
    return documents;
  }

  Documents placed(Documents documents) const {
    if (!documents) return with_place(std::move(documents).error(), place());
    return documents;
  }

  // What the file says of itself stays, but for where it is and what it is.
  void add_metadata(std::vector<Document>& documents, const FileInfo& info) const {
    const std::string uri = to_uri(file_);
    const std::string modified = to_rfc3339(info.modified);
    for (Document& document : documents) {
      Metadata& metadata = document.metadata;
      metadata.insert_or_assign("path", id_);
      metadata.insert_or_assign("uri", uri);
      metadata.insert_or_assign("format", to_string(type_.format));
      metadata.try_emplace("modified", modified);
      if (!type_.language.empty()) metadata.insert_or_assign("language", type_.language);
    }
  }

  const std::shared_ptr<const FileSystem> files_;
  const fs::path file_;
  const std::string id_;
  const FileType type_;
  const LoadOptions& options_;
  const std::stop_token& stop_;
};

}  // namespace

Result<std::vector<Document>> load_file(const fs::path& folder, const fs::path& path, const LoadOptions& options,
                                        std::stop_token stop) {
  return guarded([&]() -> Documents {
    if (Status status = check_path(path); !status) return std::move(status).error();
    return FileLoader(folder, path, options, stop).load();
  });
}

}  // namespace scaup::inline v0
