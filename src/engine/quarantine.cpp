#include "engine/quarantine.hpp"

#include <algorithm>

namespace scaup::inline v0 {
namespace {

namespace fs = std::filesystem;

constexpr int kMostCopies = 10'000;  // of files of one name

using Bytes = std::shared_ptr<const std::span<const std::byte>>;

Result<Bytes> map_file(const FileSystem& files, const fs::path& path) {
  auto file = files.open_for_read(path, Links::refuse);
  if (!file) return std::move(file).error();
  return (*file)->map();
}

Status make_folder(FileSystem& files, const fs::path& folder) {
  Status made = files.create_directory(folder);
  if (!made && made.error().code() != ErrorCode::already_exists) return made;
  return files.sync_directory(folder.parent_path());
}

Status write_copy(WritableFile& copy, std::span<const std::byte> bytes) {
  Status done = copy.write_at(0, bytes);
  if (done) done = copy.sync();
  return done ? copy.close() : done;
}

// Whether the file is there with these bytes; one that cannot be read is another.
bool has_bytes(const FileSystem& files, const fs::path& path, std::span<const std::byte> bytes) {
  const auto mapped = map_file(files, path);
  return mapped && std::ranges::equal(**mapped, bytes);
}

}  // namespace

Result<std::string> keep_in_quarantine(const StoreContext& context, const fs::path& file, const std::string& name) {
  FileSystem& files = context.files();
  const fs::path folder = context.folder / "quarantine";
  if (Status made = make_folder(files, folder); !made) return std::move(made).error();
  const auto source = map_file(files, file);
  if (!source) return source.error();
  for (int i = 0;; ++i) {
    const std::string unique = i == 0 ? name : name + "." + std::to_string(i);
    auto copy = files.open_for_write(folder / unique, OpenMode::create_new);
    const bool is_taken = !copy && copy.error().code() == ErrorCode::already_exists && i < kMostCopies;
    if (is_taken && !has_bytes(files, folder / unique, **source)) continue;
    if (!copy && !is_taken) return std::move(copy).error();
    Status kept = copy ? write_copy(**copy, **source) : Status();
    if (kept) kept = files.sync_directory(folder);
    if (!kept) return std::move(kept).error();
    return "quarantine/" + unique;
  }
}

}  // namespace scaup::inline v0
