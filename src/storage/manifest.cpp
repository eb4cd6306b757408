// The manifest as fields, and what must hold in it.

#include "storage/manifest.hpp"

#include <string>
#include <utility>

#include "base/boundary.hpp"
#include "storage/fields.hpp"
#include "storage/small_file.hpp"

namespace scaup::inline v0 {
namespace {

// Tags are stored on disk: never change one, never use one again.
struct ManifestTag {
  enum : std::uint32_t { checkpoint = 1, graph = 2, log = 3, clean = 4, words = 5 };
};
struct FileTag {
  enum : std::uint32_t { number = 1, size = 2, footer_hash = 3 };
};
struct LogTag {
  enum : std::uint32_t { number = 1, first_frame = 2 };
};
struct CleanTag {
  enum : std::uint32_t { log_end = 1, next_frame = 2 };
};

Error corrupt(std::string_view name, const std::string& what) {
  return {ErrorCode::corruption, std::string(name) + ": " + what};
}

void write_file(FieldWriter& out, std::uint32_t tag, const std::optional<SectionFileReference>& file) {
  if (!file) return;
  out.message(tag, [&](FieldWriter& inner) {
    inner.number(FileTag::number, file->number);
    inner.number(FileTag::size, file->size);
    inner.hash(FileTag::footer_hash, file->footer_hash);
  });
}

SectionFileReference read_file(FieldReader& reader) {
  SectionFileReference file;
  FieldReader inner = reader.message();
  while (inner.next()) {
    switch (inner.tag()) {
      case FileTag::number: file.number = inner.number(); break;
      case FileTag::size: file.size = inner.number(); break;
      case FileTag::footer_hash: file.footer_hash = inner.hash(); break;
      default: break;
    }
  }
  reader.join(inner);
  return file;
}

LogReference read_log_reference(FieldReader& reader) {
  LogReference log;
  FieldReader inner = reader.message();
  while (inner.next()) {
    switch (inner.tag()) {
      case LogTag::number: log.number = inner.number(); break;
      case LogTag::first_frame: log.first_frame = inner.number(); break;
      default: break;
    }
  }
  reader.join(inner);
  return log;
}

CleanClose read_clean(FieldReader& reader) {
  CleanClose clean;
  FieldReader inner = reader.message();
  while (inner.next()) {
    switch (inner.tag()) {
      case CleanTag::log_end: clean.log_end = inner.number(); break;
      case CleanTag::next_frame: clean.next_frame = inner.number(); break;
      default: break;
    }
  }
  reader.join(inner);
  return clean;
}

Status check_logs(const std::vector<LogReference>& logs, std::string_view name) {
  LogReference before;
  for (const LogReference& log : logs) {
    const bool in_order = log.number > before.number && log.first_frame >= before.first_frame && log.first_frame > 0;
    if (!in_order) {
      return corrupt(name, "log " + std::to_string(log.number) + " with first frame " +
                               std::to_string(log.first_frame) + " is out of order");
    }
    before = log;
  }
  return {};
}

Status check_clean(const CollectionManifest& manifest, std::string_view name) {
  if (!manifest.clean) return {};
  if (manifest.logs.empty()) return corrupt(name, "closed in order, but without a log");
  const CleanClose& clean = *manifest.clean;
  if (clean.log_end >= kFileHeaderBytes && clean.next_frame >= manifest.logs.back().first_frame) return {};
  return corrupt(name, "closed in order at offset " + std::to_string(clean.log_end) + " before frame " +
                           std::to_string(clean.next_frame) + ", which is before the last log begins");
}

}  // namespace

Status check_manifest(const CollectionManifest& manifest, std::string_view name) {
  if (manifest.checkpoint && manifest.checkpoint->number == 0) return corrupt(name, "the checkpoint has the number 0");
  if (manifest.graph && manifest.graph->number == 0) return corrupt(name, "the graph file has the number 0");
  if (manifest.words && manifest.words->number == 0) return corrupt(name, "the words file has the number 0");
  if (Status status = check_logs(manifest.logs, name); !status) return status;
  return check_clean(manifest, name);
}

std::vector<std::byte> encode_manifest(const CollectionManifest& manifest) {
  std::vector<std::byte> out;
  FieldWriter writer(out);
  write_file(writer, ManifestTag::checkpoint, manifest.checkpoint);
  write_file(writer, ManifestTag::graph, manifest.graph);
  write_file(writer, ManifestTag::words, manifest.words);
  for (const LogReference& log : manifest.logs) {
    writer.message(ManifestTag::log, [&](FieldWriter& inner) {
      inner.number(LogTag::number, log.number);
      inner.number(LogTag::first_frame, log.first_frame);
    });
  }
  if (!manifest.clean) return out;
  writer.message(ManifestTag::clean, [&](FieldWriter& inner) {
    inner.number(CleanTag::log_end, manifest.clean->log_end);
    inner.number(CleanTag::next_frame, manifest.clean->next_frame);
  });
  return out;
}

Result<CollectionManifest> decode_manifest(std::span<const std::byte> body, std::string_view name) {
  CollectionManifest manifest;
  FieldReader reader(body, name);
  while (reader.next()) {
    switch (reader.tag()) {
      case ManifestTag::checkpoint: manifest.checkpoint = read_file(reader); break;
      case ManifestTag::graph: manifest.graph = read_file(reader); break;
      case ManifestTag::words: manifest.words = read_file(reader); break;
      case ManifestTag::log: manifest.logs.push_back(read_log_reference(reader)); break;
      case ManifestTag::clean: manifest.clean = read_clean(reader); break;
      default: break;
    }
  }
  if (Status status = reader.status(); !status) return std::move(status).error();
  if (Status status = check_manifest(manifest, name); !status) return std::move(status).error();
  return manifest;
}

FileIdentity manifest_identity(const StoreUuid& uuid, std::uint32_t collection) noexcept {
  return {.uuid = uuid, .collection = collection, .kind = StoreFileKind::manifest, .number = 0};
}

Result<CollectionManifest> read_manifest(const FileSystem& files, const std::filesystem::path& path,
                                         const FileIdentity& identity) {
  return guarded([&]() -> Result<CollectionManifest> {
    const auto file = read_small_file(files, path, identity);
    if (!file) return file.error();
    return decode_manifest(file->body, path.native());
  });
}

Status replace_manifest(FileSystem& files, const std::filesystem::path& path, const FileIdentity& identity,
                        const CollectionManifest& manifest) {
  return guarded([&]() -> Status {
    if (Status status = check_manifest(manifest, path.native()); !status)
      return Error(ErrorCode::internal, status.error().message());
    return replace_small_file(files, path, {.identity = identity, .features = {}}, encode_manifest(manifest));
  });
}

}  // namespace scaup::inline v0
