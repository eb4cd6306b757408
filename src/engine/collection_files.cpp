#include "engine/collection_files.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace scaup::inline v0 {
namespace {

constexpr std::string_view kManifest = "MANIFEST";

std::uint64_t highest_number(const CollectionManifest& manifest) {
  std::uint64_t highest = 0;
  if (manifest.checkpoint) highest = std::max(highest, manifest.checkpoint->number);
  if (manifest.graph) highest = std::max(highest, manifest.graph->number);
  if (manifest.words) highest = std::max(highest, manifest.words->number);
  for (const LogReference& log : manifest.logs) highest = std::max(highest, log.number);
  return highest;
}

// The number in a name such as "log-12"; 0: there is none.
std::uint64_t number_in(std::string_view name) noexcept {
  const std::size_t dash = name.find('-');
  std::uint64_t number = 0;
  if (dash == std::string_view::npos) return 0;
  const auto read = std::from_chars(name.data() + dash + 1, name.data() + name.size(), number);
  constexpr std::uint64_t kFar = std::uint64_t{1} << 62U;  // nobody counted so far: a name from elsewhere
  return read.ec == std::errc() && number < kFar ? number : 0;
}

// Makes a folder unless it is there, and its entry safe.
Status make_folder(FileSystem& files, const std::filesystem::path& folder) {
  Status made = files.create_directory(folder);
  if (!made && made.error().code() != ErrorCode::already_exists) return made;
  return files.sync_directory(folder.parent_path());
}

}  // namespace

Status CollectionFiles::make_folders() {
  if (Status made = make_folder(context_->files(), folder_.parent_path()); !made) return made;
  return make_folder(context_->files(), folder_);
}

Status CollectionFiles::load_manifest() {
  const std::filesystem::path path = folder_ / kManifest;
  auto manifest = read_manifest(context_->files(), path, manifest_identity(context_->uuid, collection_));
  if (!manifest && manifest.error().code() == ErrorCode::not_found) {
    return Error(ErrorCode::corruption, path.native() + ": is missing, though the catalog names the collection");
  }
  if (!manifest) return std::move(manifest).error();
  manifest_ = *std::move(manifest);
  last_number_ = std::max(last_number_, highest_number(manifest_));
  return note_numbers();
}

Status CollectionFiles::note_numbers() {
  const auto entries = context_->files().list(folder_);
  if (!entries) return entries.error();
  for (const DirectoryEntry& entry : *entries) last_number_ = std::max(last_number_, number_in(entry.name.native()));
  return {};
}

Status CollectionFiles::replace_manifest(CollectionManifest next) {
  const FileIdentity identity = manifest_identity(context_->uuid, collection_);
  Status replaced = scaup::replace_manifest(context_->files(), folder_ / kManifest, identity, next);
  if (replaced) manifest_ = std::move(next);
  return replaced;
}

std::filesystem::path CollectionFiles::path_of(StoreFileKind kind, std::uint64_t number) const {
  return folder_ / (std::string(to_string(kind)) + "-" + std::to_string(number));
}

FileIdentity CollectionFiles::identity_of(StoreFileKind kind, std::uint64_t number) const noexcept {
  return {.uuid = context_->uuid, .collection = collection_, .kind = kind, .number = number};
}

Result<std::unique_ptr<SectionFileWriter>> CollectionFiles::write_sections(StoreFileKind kind,
                                                                           std::uint64_t number) const {
  return SectionFileWriter::create(context_->files(), path_of(kind, number), identity_of(kind, number));
}

Status CollectionFiles::check_size(const std::filesystem::path& path) const {
  const auto info = context_->files().info(path, Links::refuse);
  const std::uint64_t most = context_->options.max_file_bytes;
  if (!info || info->size <= most) return {};  // what is wrong with it otherwise, opening it tells
  return Error(ErrorCode::invalid_argument, path.native() + ": has " + std::to_string(info->size) +
                                                " bytes, more than max_file_bytes allows (" + std::to_string(most) +
                                                ")");
}

Result<std::shared_ptr<const SectionFile>> CollectionFiles::open_sections(StoreFileKind kind,
                                                                          const SectionFileReference& file) const {
  if (Status small = check_size(path_of(kind, file.number)); !small) return std::move(small).error();
  const SectionFileSeal seal{.size = file.size, .footer_hash = file.footer_hash};
  auto opened = SectionFile::open(context_->files(), path_of(kind, file.number), identity_of(kind, file.number), seal,
                                  Loading::map);
  if (opened || opened.error().code() != ErrorCode::not_found) return opened;
  return Error(ErrorCode::corruption,
               path_of(kind, file.number).native() + ": is missing, though the manifest names it");
}

Result<LogWriter> CollectionFiles::create_log(std::uint64_t number, std::uint64_t first_frame) const {
  auto writer = LogWriter::create(context_->files(), path_of(StoreFileKind::log, number),
                                  identity_of(StoreFileKind::log, number), first_frame);
  if (!writer) return writer;
  if (Status synced = context_->files().sync_directory(folder_); !synced) return std::move(synced).error();
  return writer;
}

Result<LogWriter> CollectionFiles::resume_log(const LogReference& log, const LogEnd& end) const {
  return LogWriter::resume(context_->files(), path_of(StoreFileKind::log, log.number),
                           identity_of(StoreFileKind::log, log.number), end.end_offset, end.next_number);
}

bool CollectionFiles::is_named(const std::filesystem::path& name) const {
  const auto is = [&](StoreFileKind kind, std::uint64_t number) { return path_of(kind, number).filename() == name; };
  if (name == kManifest) return true;
  if (manifest_.checkpoint && is(StoreFileKind::checkpoint, manifest_.checkpoint->number)) return true;
  if (manifest_.graph && is(StoreFileKind::graph, manifest_.graph->number)) return true;
  if (manifest_.words && is(StoreFileKind::words, manifest_.words->number)) return true;
  return std::ranges::any_of(manifest_.logs,
                             [&](const LogReference& log) { return is(StoreFileKind::log, log.number); });
}

void CollectionFiles::remove_unnamed() const noexcept {
  try {
    const auto entries = context_->files().list(folder_);
    if (!entries) return;
    for (const DirectoryEntry& entry : *entries) {
      if (entry.kind != FileKind::regular || is_named(entry.name)) continue;
      static_cast<void>(context_->files().remove(folder_ / entry.name));
    }
  } catch (const std::bad_alloc&) {
    // The next opening tries again.
  }
}

Result<SectionFileReference> finish_sections(SectionFileWriter& file, std::uint64_t number) {
  auto seal = file.finish();
  if (!seal) return std::move(seal).error();
  return SectionFileReference{.number = number, .size = seal->size, .footer_hash = seal->footer_hash};
}

}  // namespace scaup::inline v0
