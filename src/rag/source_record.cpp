// Records of sources to metadata and back.

#include "rag/source_record.hpp"

#include <array>

#include "base/metadata_value.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::string_view kHash = "content_hash";
constexpr std::string_view kChunks = "chunks";
constexpr std::string_view kVersion = "version";
constexpr std::string_view kFolder = "sync_folder";
constexpr std::string_view kFile = "sync_file";
constexpr std::string_view kSize = "sync_size";
constexpr std::string_view kModified = "sync_modified";
constexpr std::string_view kSources = "sync_sources";
constexpr std::array kOwn = {kHash, kChunks, kVersion, kFolder, kFile, kSize, kModified, kSources};

void set(Metadata& metadata, std::string_view key, Value value) {
  metadata.insert_or_assign(std::string(key), std::move(value));
}

// 0 where it is absent or negative: whoever else writes into the collection may have put anything there.
std::int64_t count_of(const Metadata& metadata, std::string_view key) {
  const auto* number = metadata_value<std::int64_t>(metadata, key);
  return number == nullptr || *number < 0 ? 0 : *number;
}

std::optional<SourceFile> file_of(const Metadata& metadata) {
  const auto* folder = metadata_value<std::string>(metadata, kFolder);
  const auto* file = metadata_value<std::string>(metadata, kFile);
  if (folder == nullptr || file == nullptr) return std::nullopt;
  return SourceFile{.folder = *folder,
                    .file = *file,
                    .size = static_cast<std::uint64_t>(count_of(metadata, kSize)),
                    .modified = count_of(metadata, kModified),
                    .sources = static_cast<std::size_t>(count_of(metadata, kSources))};
}

}  // namespace

Filter is_ingested() {
  return field(std::string(kSourceIdKey)).exists() && field(std::string(kSourceVersionKey)).exists();
}

Metadata own_metadata(const Metadata& metadata) {
  Metadata own = metadata;
  for (const std::string_view key : kOwn) {
    if (const auto found = own.find(key); found != own.end()) own.erase(found);
  }
  own.erase("modified");
  return own;
}

void put_record(const SourceRecord& record, Metadata& metadata) {
  for (const std::string_view key : kOwn) {
    if (const auto found = metadata.find(key); found != metadata.end()) metadata.erase(found);
  }
  set(metadata, kHash, record.content_hash);
  set(metadata, kChunks, static_cast<std::int64_t>(record.chunks));
  set(metadata, kVersion, record.version);
  if (!record.file) return;
  set(metadata, kFolder, record.file->folder);
  set(metadata, kFile, record.file->file);
  set(metadata, kSize, static_cast<std::int64_t>(record.file->size));
  set(metadata, kModified, record.file->modified);
  set(metadata, kSources, static_cast<std::int64_t>(record.file->sources));
}

SourceRecord record_of(const Document& stored) {
  const auto* hash = metadata_value<std::string>(stored.metadata, kHash);
  if (hash == nullptr) return {.is_whole = false};
  return {.content_hash = *hash,
          .about = own_metadata(stored.metadata),
          .chunks = static_cast<std::size_t>(count_of(stored.metadata, kChunks)),
          .version = count_of(stored.metadata, kVersion),
          .file = file_of(stored.metadata)};
}

}  // namespace scaup::inline v0
