#pragma once
// The catalog: which database this is, and which collections it has.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "scaup/file_system.hpp"
#include "scaup/result.hpp"
#include "storage/file_header.hpp"

namespace scaup::inline v0 {

inline constexpr std::size_t kMaxCollectionNameBytes = 255;

struct CatalogEntry {
  std::uint32_t number = 0;  ///< of its folder and in the identity of its files; never used again
  std::string name = {};

  friend bool operator==(const CatalogEntry&, const CatalogEntry&) = default;
};

struct Catalog {
  StoreUuid uuid = {};                ///< kept in the file's header
  std::uint32_t next_collection = 1;  ///< greater than every number that was ever given
  std::vector<CatalogEntry> entries = {};

  friend bool operator==(const Catalog&, const Catalog&) = default;
};

/// Numbers are 1 to below `next_collection`, names 1 to 255 bytes of UTF-8, and no two of either are the same.
/// Errors: `corruption`; `name` begins the message.
[[nodiscard]] Status check_catalog(const Catalog& catalog, std::string_view name);

[[nodiscard]] std::vector<std::byte> encode_catalog(const Catalog& catalog);  ///< all but the uuid
/// Errors: `corruption`, also where `check_catalog` finds something.
[[nodiscard]] Result<Catalog> decode_catalog(const StoreUuid& uuid, std::span<const std::byte> body,
                                             std::string_view name);

/// Errors: those of `read_small_file` and `decode_catalog`.
[[nodiscard]] Result<Catalog> read_catalog(const FileSystem& files, const std::filesystem::path& path);
/// Errors: those of `replace_small_file`; `internal` for a catalog that could not be read back.
[[nodiscard]] Status replace_catalog(FileSystem& files, const std::filesystem::path& path, const Catalog& catalog);

}  // namespace scaup::inline v0
