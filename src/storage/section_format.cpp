// Hashes, table and footer of section files.

#include "storage/section_format.hpp"

#include <algorithm>
#include <cstring>

#include "base/bytes.hpp"
#include "base/hash.hpp"
#include "storage/fields.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::uint64_t kFooterMagic = 0x646E655075616353;  // "ScauPend"
constexpr std::uint64_t kTableSeed = 0x656C626174;          // "table"
constexpr std::size_t kHashedFooterBytes = kSectionFooterBytes - sizeof(std::uint64_t);

template <typename... T>
auto little_endian_bytes(T... values) noexcept {
  std::array<std::byte, (sizeof(T) + ...)> bytes;
  std::size_t at = 0;
  const auto put = [&](auto value) {
    const auto little = detail::to_little_endian(value);
    std::memcpy(bytes.data() + at, &little, sizeof(little));
    at += sizeof(little);
  };
  (put(values), ...);
  return bytes;
}

}  // namespace

std::uint64_t section_chunk_hash(std::uint64_t seed, std::uint32_t tag, std::uint64_t chunk,
                                 std::span<const std::byte> bytes) noexcept {
  return hash64(bytes, hash64(little_endian_bytes(tag, chunk), seed));
}

std::uint64_t section_table_hash(std::uint64_t seed, std::span<const std::byte> table) noexcept {
  return hash64(table, seed ^ kTableSeed);
}

std::vector<std::byte> encode_section_table(std::span<const SectionEntry> entries) {
  std::vector<std::byte> out;
  FieldWriter writer(out);
  for (const SectionEntry& entry : entries) {
    writer.message(SectionTableTag::section, [&](FieldWriter& inner) {
      inner.number(SectionTableTag::tag, entry.tag);
      inner.number(SectionTableTag::offset, entry.offset);
      inner.number(SectionTableTag::size, entry.size);
      inner.packed(SectionTableTag::chunk_hashes, [&](ByteWriter& hashes) {
        for (const std::uint64_t hash : entry.chunk_hashes) hashes.u64(hash);
      });
    });
  }
  return out;
}

SectionEntry read_section_entry(FieldReader& reader) {
  SectionEntry entry;
  FieldReader inner = reader.message();
  while (inner.next()) {
    switch (inner.tag()) {
      case SectionTableTag::tag: entry.tag = static_cast<std::uint32_t>(inner.number_up_to(UINT32_MAX)); break;
      case SectionTableTag::offset: entry.offset = inner.number(); break;
      case SectionTableTag::size: entry.size = inner.number(); break;
      case SectionTableTag::chunk_hashes: {
        ByteReader hashes = inner.packed();
        entry.chunk_hashes.clear();
        entry.chunk_hashes.reserve(hashes.remaining() / sizeof(std::uint64_t));
        while (hashes.remaining() >= sizeof(std::uint64_t)) entry.chunk_hashes.push_back(hashes.u64());
        if (hashes.remaining() != 0) inner.fail("is a list that ends in the middle of an element");
        break;
      }
      default: break;
    }
  }
  reader.join(inner);
  return entry;
}

std::array<std::byte, kSectionFooterBytes> encode_section_footer(std::uint64_t seed,
                                                                 const SectionFooter& footer) noexcept {
  const auto hashed = little_endian_bytes(kFooterMagic, footer.table_offset, footer.table_size, footer.table_hash);
  static_assert(sizeof(hashed) == kHashedFooterBytes);
  std::array<std::byte, kSectionFooterBytes> bytes;
  const auto hash = little_endian_bytes(hash64(hashed, seed));
  std::ranges::copy(hash, std::ranges::copy(hashed, bytes.begin()).out);
  return bytes;
}

std::uint64_t footer_hash_of(std::span<const std::byte> footer) noexcept {
  return ByteReader(footer.subspan(kHashedFooterBytes)).u64();
}

std::optional<SectionFooter> decode_section_footer(std::uint64_t seed, std::span<const std::byte> bytes) noexcept {
  ByteReader reader(bytes);
  const std::uint64_t magic = reader.u64();
  SectionFooter footer;
  footer.table_offset = reader.u64();
  footer.table_size = reader.u64();
  footer.table_hash = reader.u64();
  if (magic != kFooterMagic || reader.u64() != hash64(bytes.first(kHashedFooterBytes), seed)) return std::nullopt;
  return footer;
}

}  // namespace scaup::inline v0
