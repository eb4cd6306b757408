#pragma once
// The manifest of a collection: which of the files in its folder make up its state.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "scaup/file_system.hpp"
#include "scaup/result.hpp"
#include "storage/file_header.hpp"

namespace scaup::inline v0 {

/// A checkpoint, graph or words file, and what only this very file has.
struct SectionFileReference {
  std::uint64_t number = 0;  ///< at least 1
  std::uint64_t size = 0;
  std::uint64_t footer_hash = 0;

  friend bool operator==(const SectionFileReference&, const SectionFileReference&) = default;
};

struct LogReference {
  std::uint64_t number = 0;       ///< at least 1
  std::uint64_t first_frame = 0;  ///< at least 1

  friend bool operator==(const LogReference&, const LogReference&) = default;
};

/// Written when a collection is closed in order: where its last log ends, all of it synced.
struct CleanClose {
  std::uint64_t log_end = 0;     ///< offset in the last log
  std::uint64_t next_frame = 0;  ///< number of the frame that comes next

  friend bool operator==(const CleanClose&, const CleanClose&) = default;
};

struct CollectionManifest {
  std::optional<SectionFileReference> checkpoint = {};
  std::optional<SectionFileReference> graph = {};
  std::optional<SectionFileReference> words = {};
  std::vector<LogReference> logs = {};  ///< in ascending order of number and of first frame
  std::optional<CleanClose> clean = {};

  friend bool operator==(const CollectionManifest&, const CollectionManifest&) = default;
};

/// Errors: `corruption` for what no writer makes; `name` begins the message.
[[nodiscard]] Status check_manifest(const CollectionManifest& manifest, std::string_view name);

[[nodiscard]] std::vector<std::byte> encode_manifest(const CollectionManifest& manifest);
/// Errors: `corruption`, also where `check_manifest` finds something.
[[nodiscard]] Result<CollectionManifest> decode_manifest(std::span<const std::byte> body, std::string_view name);

/// The identity of a collection's manifest.
[[nodiscard]] FileIdentity manifest_identity(const StoreUuid& uuid, std::uint32_t collection) noexcept;

/// Errors: those of `read_small_file` and `decode_manifest`.
[[nodiscard]] Result<CollectionManifest> read_manifest(const FileSystem& files, const std::filesystem::path& path,
                                                       const FileIdentity& identity);
/// Errors: those of `replace_small_file`; `internal` for a manifest that could not be read back.
[[nodiscard]] Status replace_manifest(FileSystem& files, const std::filesystem::path& path,
                                      const FileIdentity& identity, const CollectionManifest& manifest);

}  // namespace scaup::inline v0
