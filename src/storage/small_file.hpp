#pragma once
// Small files that are read and replaced whole: the catalog and the manifests.
//
// header | u64 length of the body | body | u64 hash of length and body, seeded with the file's identity

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "scaup/file_system.hpp"
#include "scaup/result.hpp"
#include "storage/file_header.hpp"

namespace scaup::inline v0 {

inline constexpr std::uint64_t kMaxSmallFileBody = std::uint64_t{16} << 20U;

struct SmallFile {
  FileHeader header = {};
  std::vector<std::byte> body = {};
};

/// Checks the bytes of a file whose identity is not known before; `name` begins the messages.
/// Errors: those of `decode_file_header`; `corruption`.
[[nodiscard]] Result<SmallFile> decode_small_file(std::span<const std::byte> file, StoreFileKind kind,
                                                  std::string_view name);
/// The bytes of a file. The body has at most kMaxSmallFileBody bytes.
[[nodiscard]] std::vector<std::byte> encode_small_file(const FileHeader& header, std::span<const std::byte> body);

/// Reads a file of this kind, whoever's it is; compare `header.identity`.
/// Errors: `not_found`, `io`; those of `decode_small_file`.
[[nodiscard]] Result<SmallFile> read_small_file(const FileSystem& files, const std::filesystem::path& path,
                                                StoreFileKind kind);
/// The same, and its identity must be `expected`.
[[nodiscard]] Result<SmallFile> read_small_file(const FileSystem& files, const std::filesystem::path& path,
                                                const FileIdentity& expected);

/// Puts a new file in place of the old one, if there is one: written beside it as `path` + ".tmp", synced, renamed, and
/// the folder synced. What an earlier attempt left under that name is overwritten.
///
/// Errors: `io`, `invalid_argument` for a body beyond the limit; the old file is still there. Only if the folder's sync
/// failed, the new file is in place and a power cut may bring the old one back: keep what either of them names.
[[nodiscard]] Status replace_small_file(FileSystem& files, const std::filesystem::path& path, const FileHeader& header,
                                        std::span<const std::byte> body);

}  // namespace scaup::inline v0
