// Fuzz target: section files with any table of contents, right hashes around it, and right or wrong chunk hashes.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "fuzz.hpp"
#include "hash_repair.hpp"
#include "storage/section_file.hpp"
#include "storage/section_format.hpp"

using namespace scaup;
using scaup::fuzz::require;

namespace {

constexpr StoreFileKind kKind = StoreFileKind::checkpoint;

// Sections in their places, unless the fuzzer moves one.
SectionEntry make_entry(std::vector<std::byte>& file, fuzz::Choices& choices, std::uint64_t seed) {
  file.resize((file.size() + kSectionAlignment - 1) / kSectionAlignment * kSectionAlignment);
  const std::uint64_t lie = choices.number(1);
  const auto body = choices.piece(static_cast<std::size_t>(choices.number(1)));
  SectionEntry entry{
      .tag = static_cast<std::uint32_t>(choices.number(1) % 8), .offset = file.size(), .size = body.size()};
  if (!body.empty()) entry.chunk_hashes.push_back(section_chunk_hash(seed, entry.tag, 0, body));
  fuzz::append(file, body);
  if (lie % 8 == 1) entry.offset = choices.number(8);
  if (lie % 8 == 2) entry.size = choices.number(8);
  if (lie % 8 == 3) entry.chunk_hashes.push_back(choices.number(8));
  return entry;
}

void append_end(std::vector<std::byte>& file, std::span<const std::byte> table, std::uint64_t offset) {
  const std::uint64_t seed = scaup::seed(fuzz::identity_of(kKind));
  const SectionFooter footer{
      .table_offset = offset, .table_size = table.size(), .table_hash = section_table_hash(seed, table)};
  fuzz::append(file, table);
  fuzz::append(file, encode_section_footer(seed, footer));
}

void check(const std::vector<std::byte>& bytes) {
  const auto file = SectionFile::parse(bytes, "file", fuzz::identity_of(kKind), std::nullopt);
  if (!file) return;
  std::uint64_t sum = 0;
  bool is_good = true;
  for (const auto& section : (*file)->sections()) {
    for (const std::byte byte : section->bytes()) sum += std::to_integer<std::uint64_t>(byte);
    is_good = section->verify(0, section->bytes().size()).has_value() && is_good;
  }
  require(sum <= bytes.size() * 255);
  if ((*file)->verify_all(1)) require(is_good);
  require((*file)->damage().has_value() || is_good);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  const std::uint64_t seed = scaup::seed(fuzz::identity_of(kKind));

  std::vector<std::byte> built = fuzz::header_bytes(kKind);
  std::vector<SectionEntry> entries;
  for (fuzz::Choices choices(bytes); !choices.empty() && entries.size() < 8;)
    entries.push_back(make_entry(built, choices, seed));
  built.resize((built.size() + kTableAlignment - 1) / kTableAlignment * kTableAlignment);
  append_end(built, encode_section_table(entries), built.size());
  check(built);

  std::vector<std::byte> any_table = fuzz::header_bytes(kKind);
  any_table.resize(kSectionAlignment);
  append_end(any_table, bytes, any_table.size());
  check(any_table);
  return 0;
}
