#pragma once
// The 64 bytes that every file of a store begins with, and who a file is.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// What a file of a store holds; the numbers are stored on disk, do not change them.
enum class StoreFileKind : std::uint8_t { catalog = 1, manifest = 2, log = 3, checkpoint = 4, graph = 5, words = 6 };

/// The word for a kind in messages, for example "checkpoint". Never empty.
[[nodiscard]] std::string_view to_string(StoreFileKind kind) noexcept;

/// 16 random bytes that tell one database from every other.
using StoreUuid = std::array<std::byte, 16>;

/// Random bytes from the system's generator.
[[nodiscard]] Result<StoreUuid> make_store_uuid();

/// Which file of which collection of which database. `collection` is 0 for the files of the database itself.
struct FileIdentity {
  StoreUuid uuid = {};
  std::uint32_t collection = 0;
  StoreFileKind kind = StoreFileKind::catalog;
  std::uint64_t number = 0;

  friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

/// The seed of all hashes in the file: what belongs to another file, collection or database never verifies.
[[nodiscard]] std::uint64_t seed(const FileIdentity& identity) noexcept;

inline constexpr std::size_t kFileHeaderBytes = 64;
inline constexpr std::uint16_t kFormatMajor = 1;
inline constexpr std::uint16_t kFormatMinor = 0;
// Bits of `FileFeatures` that this version knows.
inline constexpr std::uint32_t kKnownIncompatible = 0;
inline constexpr std::uint32_t kKnownReadOnlyCompatible = 0;

/// Bits for what later versions add, in the way of ext4's feature sets.
struct FileFeatures {
  std::uint32_t incompatible = 0;          ///< who does not know one must not read the file
  std::uint32_t read_only_compatible = 0;  ///< who does not know one may read, but must not write
  std::uint32_t compatible = 0;            ///< who does not know one may ignore it

  friend bool operator==(const FileFeatures&, const FileFeatures&) = default;
};

struct FileHeader {
  FileIdentity identity = {};
  FileFeatures features = {};
  std::uint16_t major = kFormatMajor;
  std::uint16_t minor = kFormatMinor;

  /// Whether the file has features that forbid writing to it by this version.
  [[nodiscard]] bool is_read_only() const noexcept {
    return (features.read_only_compatible & ~kKnownReadOnlyCompatible) != 0;
  }
};

using FileHeaderBytes = std::array<std::byte, kFileHeaderBytes>;

[[nodiscard]] FileHeaderBytes encode_file_header(const FileHeader& header) noexcept;

/// Reads the header at the begin of a file; `name` begins the messages. Length, magic, byte order and hash stay where
/// they are in all versions, so that damage and a newer version are told apart.
///
/// Errors: `corruption` for a file that is too short, is no file of a store, or whose header is damaged;
/// `unsupported_format` for another major version, an unknown incompatible feature, or the other byte order.
[[nodiscard]] Result<FileHeader> decode_file_header(std::span<const std::byte> file, std::string_view name);

/// The same, and the header must name `expected`.
///
/// Errors: also `corruption` naming both where they differ.
[[nodiscard]] Result<FileHeader> check_file_header(std::span<const std::byte> file, const FileIdentity& expected,
                                                   std::string_view name);

}  // namespace scaup::inline v0
