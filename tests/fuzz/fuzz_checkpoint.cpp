// Fuzz target: edits of the sections of a valid checkpoint, in a file with right hashes around them. What is read as a
// store answers every question with a value or with `corruption`. The input says how it is read, and what is asked.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/checkpoint.hpp"
#include "fuzz.hpp"
#include "hash_repair.hpp"
#include "storage/section_format.hpp"
#include "store_samples.hpp"
#include "support/temp_folder.hpp"

using namespace scaup;
using scaup::fuzz::require;

namespace {

constexpr StoreFileKind kKind = StoreFileKind::checkpoint;
using Sections = std::map<std::uint32_t, std::vector<std::byte>>;

// The sections of a checkpoint of a small store.
Sections make_valid_sections() {
  const test::TempFolder folder;
  const auto files = posix_file_system();
  LocalStore store({.metric = Metric::l2}, {.graph = false}, system_clock());
  fuzz::fill(store);
  {
    auto writer = SectionFileWriter::create(*files, folder / "checkpoint", fuzz::identity_of(kKind));
    require(writer && write_checkpoint(*store.snapshot(), "fuzzed", **writer, {}) && (*writer)->finish());
  }
  const auto file =
      SectionFile::open(*files, folder / "checkpoint", fuzz::identity_of(kKind), std::nullopt, Loading::copy);
  require(file.has_value());
  Sections sections;
  for (const auto& section : (*file)->sections()) {
    sections[section->tag()].assign(section->bytes().begin(), section->bytes().end());
  }
  return sections;
}

// One edit, as the input says: bytes put in place, another length, or other bytes altogether.
void edit(Sections& sections, fuzz::Choices& choices) {
  const std::uint64_t what = choices.number(1);
  std::vector<std::byte>& bytes = sections[static_cast<std::uint32_t>(what % 16)];
  const auto place = static_cast<std::size_t>(choices.number(2));
  const auto piece = choices.piece(static_cast<std::size_t>(choices.number(1) % 16));
  switch (what / 16 % 4) {
    case 0:
    case 1:
      for (std::size_t i = 0; i < piece.size() && !bytes.empty(); ++i) bytes[(place + i) % bytes.size()] = piece[i];
      break;
    case 2: bytes.resize(place % 2048); break;
    default: bytes.assign(piece.begin(), piece.end());
  }
}

// A section file at an address such as a mapping has.
class BuiltFile {
 public:
  explicit BuiltFile(const Sections& sections) {
    std::vector<std::byte> bytes = fuzz::header_bytes(kKind);
    const std::uint64_t seed = scaup::seed(fuzz::identity_of(kKind));
    std::vector<SectionEntry> entries;
    for (const auto& [tag, body] : sections) {
      bytes.resize((bytes.size() + kSectionAlignment - 1) / kSectionAlignment * kSectionAlignment);
      entries.push_back({.tag = tag, .offset = bytes.size(), .size = body.size()});
      if (!body.empty()) entries.back().chunk_hashes = {section_chunk_hash(seed, tag, 0, body)};
      fuzz::append(bytes, body);
    }
    bytes.resize((bytes.size() + kTableAlignment - 1) / kTableAlignment * kTableAlignment);
    const auto table = encode_section_table(entries);
    const SectionFooter footer{
        .table_offset = bytes.size(), .table_size = table.size(), .table_hash = section_table_hash(seed, table)};
    fuzz::append(bytes, table);
    fuzz::append(bytes, encode_section_footer(seed, footer));
    memory_.resize(bytes.size() + kSectionAlignment);
    const auto address = reinterpret_cast<std::uintptr_t>(memory_.data());
    const std::size_t offset = (kSectionAlignment - address % kSectionAlignment) % kSectionAlignment;
    std::ranges::copy(bytes, memory_.begin() + static_cast<std::ptrdiff_t>(offset));
    bytes_ = std::span(memory_).subspan(offset, bytes.size());
  }
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return bytes_; }

 private:
  std::vector<std::byte> memory_;
  std::span<const std::byte> bytes_;
};

void check(const Sections& sections, std::uint64_t how) {
  const BuiltFile built(sections);
  const auto file = SectionFile::parse(built.bytes(), "file", fuzz::identity_of(kKind), std::nullopt);
  require(file.has_value());
  auto state = read_checkpoint(*file, static_cast<VerifyLevel>(how % 3));
  if (!state) return require(state.error().code() == ErrorCode::corruption);
  LocalStore store(*std::move(state), {.graph = false}, system_clock());
  if (how / 3 % 8 == 0) store.start_filter_index();
  if (how / 24 % 3 != 0) fuzz::read_everything(store);
  if (how / 24 % 3 != 1) fuzz::change(store);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Sections valid = make_valid_sections();
  fuzz::Choices choices(std::as_bytes(std::span(data, size)));
  const std::uint64_t how = choices.number(1);
  Sections sections = valid;
  while (!choices.empty()) edit(sections, choices);
  check(sections, how);
  return 0;
}
