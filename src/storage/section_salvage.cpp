// Finds the table of a damaged section file, and hashes what it names.

#include "storage/section_salvage.hpp"

#include <algorithm>
#include <optional>

#include "base/checked_math.hpp"
#include "storage/section_format.hpp"

namespace scaup::inline v0 {
namespace {

// A table is looked for in so many bytes before the footer: enough for files of eight TiB.
constexpr std::uint64_t kMostTableBytes = std::uint64_t{64} << 20U;

// The entries up to the first thing that is no entry.
std::vector<SectionEntry> read_entries(std::span<const std::byte> table) {
  std::vector<SectionEntry> entries;
  FieldReader reader(table);
  while (entries.size() < kMaxSections && reader.next()) {
    if (reader.tag() != SectionTableTag::section) continue;
    SectionEntry entry = read_section_entry(reader);
    if (!reader.ok()) break;
    entries.push_back(std::move(entry));
  }
  return entries;
}

// The first section of every file begins at the same place, which tells a table from other bytes.
bool is_table(std::span<const std::byte> bytes) {
  FieldReader reader(bytes);
  if (!reader.next() || reader.tag() != SectionTableTag::section || reader.wire_type() != WireType::bytes) return false;
  const SectionEntry first = read_section_entry(reader);
  return reader.ok() && first.tag != 0 && first.offset == kSectionAlignment;
}

std::optional<std::uint64_t> find_table(std::span<const std::byte> file, std::uint64_t seed) {
  if (file.size() < kFileHeaderBytes + kSectionFooterBytes) return std::nullopt;
  const std::uint64_t end = file.size() - kSectionFooterBytes;
  const auto footer = decode_section_footer(seed, file.last(kSectionFooterBytes));
  if (footer && footer->table_offset <= end) return footer->table_offset;
  const std::uint64_t least = std::max<std::uint64_t>(kFileHeaderBytes, end - std::min(end, kMostTableBytes));
  for (std::uint64_t offset = end / kTableAlignment * kTableAlignment; offset >= least; offset -= kTableAlignment) {
    const auto begin = static_cast<std::size_t>(offset);
    if (is_table(file.subspan(begin, static_cast<std::size_t>(end) - begin))) return offset;
  }
  return std::nullopt;
}

std::optional<SalvagedSection> check_section(std::span<const std::byte> file, std::uint64_t seed,
                                             const SectionEntry& entry) {
  const auto end = checked_add(entry.offset, entry.size);
  if (!end || *end > file.size()) return std::nullopt;
  const auto bytes = file.subspan(static_cast<std::size_t>(entry.offset), static_cast<std::size_t>(entry.size));
  const std::uint64_t chunks = entry.size / kSectionChunkBytes + (entry.size % kSectionChunkBytes != 0 ? 1 : 0);
  std::vector<bool> intact(static_cast<std::size_t>(chunks));
  for (std::size_t i = 0; i < std::min(intact.size(), entry.chunk_hashes.size()); ++i) {
    const std::size_t begin = i * static_cast<std::size_t>(kSectionChunkBytes);
    const auto chunk = bytes.subspan(begin, std::min<std::size_t>(kSectionChunkBytes, bytes.size() - begin));
    intact[i] = section_chunk_hash(seed, entry.tag, i, chunk) == entry.chunk_hashes[i];
  }
  return SalvagedSection(entry.tag, entry.offset, bytes, std::move(intact));
}

}  // namespace

std::size_t SalvagedSection::damaged_chunks() const noexcept {
  return static_cast<std::size_t>(std::ranges::count(intact_, false));
}

bool SalvagedSection::intact(std::uint64_t begin, std::uint64_t end) const noexcept {
  return begin <= end && end <= bytes_.size() && (begin == end || intact_until(begin) >= end);
}

std::uint64_t SalvagedSection::intact_until(std::uint64_t begin) const noexcept {
  if (begin >= bytes_.size()) return begin;
  auto chunk = static_cast<std::size_t>(begin / kSectionChunkBytes);
  while (chunk < intact_.size() && intact_[chunk]) ++chunk;
  return std::clamp<std::uint64_t>(chunk * kSectionChunkBytes, begin, bytes_.size());
}

std::vector<SalvagedSection> salvage_sections(std::span<const std::byte> file, const FileIdentity& identity) {
  std::vector<SalvagedSection> sections;
  const std::uint64_t file_seed = seed(identity);
  const auto table = find_table(file, file_seed);
  if (!table) return sections;
  const auto begin = static_cast<std::size_t>(*table);
  for (const SectionEntry& entry : read_entries(file.subspan(begin, file.size() - kSectionFooterBytes - begin))) {
    auto section = check_section(file, file_seed, entry);
    if (section) sections.push_back(*std::move(section));
  }
  return sections;
}

}  // namespace scaup::inline v0
