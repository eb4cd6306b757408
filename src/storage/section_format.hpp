#pragma once
// What the writer and the reader of section files share. Byte grammar: docs/format.md.
//
// header | sections, each at a multiple of 4096 after zeros | zeros to a multiple of 8 | table of contents | footer.
// A section is hashed in chunks of 64 KiB, the table holds the chunks' hashes, the footer the table's hash: so the
// footer's own hash stands for every byte that a reader is given.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "scaup/config.hpp"
#include "storage/fields.hpp"

namespace scaup::inline v0 {

inline constexpr std::uint64_t kSectionAlignment = 4'096;
inline constexpr std::uint64_t kTableAlignment = 8;
inline constexpr std::uint64_t kSectionChunkBytes = std::uint64_t{64} << 10U;
inline constexpr std::size_t kMaxSections = 4'096;
inline constexpr std::size_t kSectionFooterBytes = 40;

/// One section as the table of contents has it.
struct SectionEntry {
  std::uint32_t tag = 0;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::vector<std::uint64_t> chunk_hashes = {};
};

struct SectionFooter {
  std::uint64_t table_offset = 0;
  std::uint64_t table_size = 0;
  std::uint64_t table_hash = 0;
};

/// Tags of the fields of the table, kept on disk: never change one.
struct SectionTableTag {
  enum : std::uint32_t { section = 1, tag = 1, offset = 2, size = 3, chunk_hashes = 4 };
};

[[nodiscard]] std::uint64_t section_chunk_hash(std::uint64_t seed, std::uint32_t tag, std::uint64_t chunk,
                                               std::span<const std::byte> bytes) noexcept;
[[nodiscard]] std::uint64_t section_table_hash(std::uint64_t seed, std::span<const std::byte> table) noexcept;

[[nodiscard]] std::vector<std::byte> encode_section_table(std::span<const SectionEntry> entries);
/// The entry of the table that is the reader's current field; the reader fails where it is none.
[[nodiscard]] SectionEntry read_section_entry(FieldReader& reader);

[[nodiscard]] std::array<std::byte, kSectionFooterBytes> encode_section_footer(std::uint64_t seed,
                                                                               const SectionFooter& footer) noexcept;
/// The hash that ends an encoded footer.
[[nodiscard]] std::uint64_t footer_hash_of(std::span<const std::byte> footer) noexcept;
/// Nothing unless magic and hash are right. `footer` has kSectionFooterBytes bytes.
[[nodiscard]] std::optional<SectionFooter> decode_section_footer(std::uint64_t seed,
                                                                 std::span<const std::byte> footer) noexcept;

}  // namespace scaup::inline v0
