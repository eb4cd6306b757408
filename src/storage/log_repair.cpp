// Copy, sync, cut, sync; and write again what may not be on the disk.

#include "storage/log_repair.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/boundary.hpp"

namespace scaup::inline v0 {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kCopyBytes = std::uint64_t{1} << 20U;
constexpr int kMostCopies = 1'000;  // of one tail, each left by an interrupted repair

Status make_folder(FileSystem& files, const fs::path& folder) {
  Status status = files.create_directory(folder);
  if (!status && status.error().code() != ErrorCode::already_exists) return status;
  return files.sync_directory(folder.parent_path());
}

struct NewFile {
  fs::path path;
  std::unique_ptr<WritableFile> file;
};

// A file with a name that was free.
Result<NewFile> create_copy(FileSystem& files, const fs::path& folder, const std::string& name) {
  for (int i = 0;; ++i) {
    fs::path path = folder / (i == 0 ? name : name + "." + std::to_string(i));
    auto file = files.open_for_write(path, OpenMode::create_new);
    if (file) return NewFile{std::move(path), *std::move(file)};
    if (file.error().code() != ErrorCode::already_exists || i == kMostCopies) return std::move(file).error();
  }
}

// To the place `to_begin` of another file, or of the same.
Status copy_bytes(const ReadableFile& from, std::uint64_t begin, std::uint64_t size, WritableFile& to,
                  std::uint64_t to_begin) {
  std::vector<std::byte> buffer(static_cast<std::size_t>(std::min(size, kCopyBytes)));
  for (std::uint64_t done = 0; done < size;) {
    const std::uint64_t wanted = std::min<std::uint64_t>(size - done, buffer.size());
    const auto got = from.read_at(begin + done, std::span(buffer).first(static_cast<std::size_t>(wanted)));
    if (!got) return got.error();
    if (*got == 0) return {};  // shorter than it was when it was read: there is nothing more to keep
    if (Status status = to.write_at(to_begin + done, std::span(buffer).first(*got)); !status) return status;
    done += *got;
  }
  return {};
}

Result<fs::path> keep_tail(FileSystem& files, const fs::path& log, const LogEnd& end, const fs::path& quarantine) {
  if (Status status = make_folder(files, quarantine); !status) return std::move(status).error();
  const auto source = files.open_for_read(log);
  if (!source) return source.error();
  auto copy = create_copy(files, quarantine, log.filename().native() + ".tail-" + std::to_string(end.end_offset));
  if (!copy) return std::move(copy).error();
  if (Status status = copy_bytes(**source, end.end_offset, end.dropped_bytes, *copy->file, 0); !status)
    return std::move(status).error();
  if (Status status = copy->file->sync(); !status) return std::move(status).error();
  if (Status status = files.sync_directory(quarantine); !status) return std::move(status).error();
  return std::move(copy->path);
}

Status cut(FileSystem& files, const fs::path& log, std::uint64_t size) {
  const auto file = files.open_for_write(log, OpenMode::open_existing);
  if (!file) return file.error();
  if (Status status = (*file)->truncate(size); !status) return status;
  return (*file)->sync();
}

}  // namespace

Result<std::optional<fs::path>> cut_log_tail(FileSystem& files, const fs::path& log, const LogEnd& end,
                                             const fs::path& quarantine) {
  return guarded([&]() -> Result<std::optional<fs::path>> {
    if (end.dropped_bytes == 0) return std::optional<fs::path>();
    auto kept = keep_tail(files, log, end, quarantine);
    if (!kept) return std::move(kept).error();
    if (Status status = cut(files, log, end.end_offset); !status) return std::move(status).error();
    return std::optional<fs::path>(*std::move(kept));
  });
}

Status rewrite_unsynced(FileSystem& files, const fs::path& log, const LogEnd& end) {
  return guarded([&]() -> Status {
    if (end.synced_offset >= end.end_offset) return {};
    const auto from = files.open_for_read(log);
    if (!from) return from.error();
    const auto to = files.open_for_write(log, OpenMode::open_existing);
    if (!to) return to.error();
    return copy_bytes(**from, end.synced_offset, end.end_offset - end.synced_offset, **to, end.synced_offset);
  });
}

}  // namespace scaup::inline v0
