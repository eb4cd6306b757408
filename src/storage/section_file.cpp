// Opening and verifying section files. Nothing in the file is believed before it is checked.

#include "storage/section_file.hpp"

#include <algorithm>
#include <utility>

#include "base/boundary.hpp"
#include "base/checked_math.hpp"
#include "base/parallel.hpp"
#include "storage/fields.hpp"

namespace scaup::inline v0 {
namespace {

// `value` rounded up, or nothing where that does not fit.
std::optional<std::uint64_t> rounded_up(std::uint64_t value, std::uint64_t alignment) {
  const auto sum = checked_add(value, alignment - 1);
  if (!sum) return std::nullopt;
  return *sum / alignment * alignment;
}

std::string range_text(std::uint64_t begin, std::uint64_t end) {
  return "bytes " + std::to_string(begin) + " to " + std::to_string(end);
}

}  // namespace

Section::Section(const SectionFile& file, SectionEntry entry, std::span<const std::byte> bytes)
    : file_(file),
      entry_(std::move(entry)),
      bytes_(bytes),
      states_(std::make_unique<std::atomic<State>[]>(entry_.chunk_hashes.size())) {}

Status Section::verify_chunk(std::uint64_t chunk) const {
  return guarded([&]() -> Status {
    if (chunk >= chunks()) {
      return Error(ErrorCode::internal, file_.name_ + ": section " + std::to_string(tag()) + " has " +
                                            std::to_string(chunks()) + " chunks, not " + std::to_string(chunk));
    }
    const auto begin = static_cast<std::size_t>(chunk * kSectionChunkBytes);
    const auto bytes = bytes_.subspan(begin, std::min<std::size_t>(kSectionChunkBytes, bytes_.size() - begin));
    std::atomic<State>& state = states_[chunk];
    const bool is_good = state.load(std::memory_order_acquire) == State::unknown &&
                         section_chunk_hash(file_.seed_, tag(), chunk, bytes) == entry_.chunk_hashes[chunk];
    // A chunk once bad stays bad, whatever a second reading would bring.
    State expected = State::unknown;
    state.compare_exchange_strong(expected, is_good ? State::good : State::bad, std::memory_order_acq_rel);
    if (state.load(std::memory_order_acquire) == State::good) return {};
    Error error = damage_at(chunk, bytes);
    file_.note_damage(error);
    return error;
  });
}

Error Section::damage_at(std::uint64_t chunk, std::span<const std::byte> bytes) const {
  const std::uint64_t begin = entry_.offset + chunk * kSectionChunkBytes;
  return file_.corrupt("section " + std::to_string(tag()) + ", chunk " + std::to_string(chunk) + " (" +
                       range_text(begin, begin + bytes.size()) + "): the hash does not match");
}

Result<std::shared_ptr<const SectionFile>> SectionFile::open(const FileSystem& files, const std::filesystem::path& path,
                                                             const FileIdentity& identity,
                                                             const std::optional<SectionFileSeal>& seal,
                                                             Loading loading) {
  return guarded([&]() -> Result<std::shared_ptr<const SectionFile>> {
    std::shared_ptr<SectionFile> file(new SectionFile(path.native()));
    if (Status status = file->load(files, path, loading); !status) return std::move(status).error();
    if (Status status = file->read_structure(identity, seal); !status) return std::move(status).error();
    return file;
  });
}

Result<std::shared_ptr<const SectionFile>> SectionFile::parse(std::span<const std::byte> bytes, std::string_view name,
                                                              const FileIdentity& identity,
                                                              const std::optional<SectionFileSeal>& seal) {
  return guarded([&]() -> Result<std::shared_ptr<const SectionFile>> {
    std::shared_ptr<SectionFile> file(new SectionFile(std::string(name)));
    file->bytes_ = bytes;
    if (Status status = file->read_structure(identity, seal); !status) return std::move(status).error();
    return file;
  });
}

Status SectionFile::load(const FileSystem& files, const std::filesystem::path& path, Loading loading) {
  const auto source = files.open_for_read(path, Links::refuse);
  if (!source) return source.error();
  if (loading == Loading::map) {
    const auto mapping = (*source)->map();
    if (!mapping) return mapping.error();
    bytes_ = **mapping;
    mapping_ = *mapping;
    return {};
  }
  const auto size = (*source)->size();
  if (!size) return size.error();
  copy_ = AlignedMemory(static_cast<std::size_t>(*size));
  const auto got = (*source)->read_at(0, std::span(copy_.data(), copy_.size()));
  if (!got) return got.error();
  bytes_ = std::span(std::as_const(copy_).data(), *got);
  return {};
}

Status SectionFile::read_structure(const FileIdentity& identity, const std::optional<SectionFileSeal>& seal) {
  const auto header = check_file_header(bytes_, identity, name_);
  if (!header) return header.error();
  header_ = *header;
  seed_ = scaup::seed(identity);
  if (Status status = read_footer(seal); !status) return status;
  return read_table();
}

Status SectionFile::read_footer(const std::optional<SectionFileSeal>& seal) {
  if (seal && seal->size != bytes_.size()) {
    return corrupt(std::to_string(bytes_.size()) + " bytes, where the manifest says " + std::to_string(seal->size));
  }
  if (bytes_.size() < kFileHeaderBytes + kSectionFooterBytes) return corrupt("too short to have a footer");
  const std::span<const std::byte> encoded = bytes_.last(kSectionFooterBytes);
  const auto footer = decode_section_footer(seed_, encoded);
  if (!footer) return corrupt("no valid footer: the file is damaged, or was never finished");
  if (seal && seal->footer_hash != footer_hash_of(encoded)) return corrupt("another file than the manifest names");
  footer_ = *footer;
  const auto table_end = checked_add(footer_.table_offset, footer_.table_size);
  const bool fits = footer_.table_offset >= kFileHeaderBytes && footer_.table_offset % kTableAlignment == 0 &&
                    table_end == bytes_.size() - kSectionFooterBytes;
  if (fits) return {};
  return corrupt("the table of contents does not end where the footer begins");
}

Status SectionFile::read_table() {
  const auto table =
      bytes_.subspan(static_cast<std::size_t>(footer_.table_offset), static_cast<std::size_t>(footer_.table_size));
  if (section_table_hash(seed_, table) != footer_.table_hash)
    return corrupt("the hash of the table of contents does not match");
  std::uint64_t end = kFileHeaderBytes;
  FieldReader reader(table, name_, footer_.table_offset);
  while (reader.next()) {
    if (reader.tag() != SectionTableTag::section) continue;
    SectionEntry entry = read_section_entry(reader);
    if (!reader.ok()) break;
    if (Status status = add_section(std::move(entry), end); !status) return status;
  }
  if (Status status = reader.status(); !status) return status;
  if (rounded_up(end, kTableAlignment) == footer_.table_offset) return {};
  return corrupt("the table of contents does not begin where the last section ends");
}

// Each section must begin where the one before it lets it, so none overlaps and no byte is left unaccounted for.
Status SectionFile::add_section(SectionEntry entry, std::uint64_t& end) {
  const std::string place = "section " + std::to_string(entry.tag);
  if (sections_.size() == kMaxSections) return corrupt("more than " + std::to_string(kMaxSections) + " sections");
  if (section(entry.tag) != nullptr) return corrupt(place + " is there twice");
  if (rounded_up(end, kSectionAlignment) != entry.offset)
    return corrupt(place + " begins at " + std::to_string(entry.offset) + ", after " + std::to_string(end));
  const auto section_end = checked_add(entry.offset, entry.size);
  if (!section_end || *section_end > footer_.table_offset)
    return corrupt(place + " with " + std::to_string(entry.size) + " bytes does not fit into the file");
  const std::uint64_t chunks = entry.size / kSectionChunkBytes + (entry.size % kSectionChunkBytes != 0 ? 1 : 0);
  if (chunks != entry.chunk_hashes.size()) {
    return corrupt(place + " has " + std::to_string(chunks) + " chunks, but " +
                   std::to_string(entry.chunk_hashes.size()) + " hashes");
  }
  const auto bytes = bytes_.subspan(static_cast<std::size_t>(entry.offset), static_cast<std::size_t>(entry.size));
  end = *section_end;
  sections_.push_back(std::make_unique<const Section>(*this, std::move(entry), bytes));
  return {};
}

const Section* SectionFile::section(std::uint32_t tag) const noexcept {
  const auto found = std::ranges::find(sections_, tag, [](const auto& section) { return section->tag(); });
  return found == sections_.end() ? nullptr : found->get();
}

Result<std::span<const std::byte>> SectionFile::verified_bytes(std::uint32_t tag) const {
  const Section* const found = section(tag);
  if (found == nullptr) return corrupt("section " + std::to_string(tag) + " is missing");
  if (Status right = found->verify(0, found->bytes().size()); !right) return std::move(right).error();
  return found->bytes();
}

// One thread for each 4 MiB: fewer are hashed sooner than one starts.
Status verify_sections(std::span<const Section* const> sections, std::size_t threads) {
  constexpr std::size_t kChunksOfAThread = 64;
  return guarded([&]() -> Status {
    struct Task {
      const Section* section;
      std::uint64_t chunk;
    };
    std::vector<Task> tasks;
    for (const Section* const section : sections) {
      const std::uint64_t chunks = section == nullptr ? 0 : section->chunks();
      for (std::uint64_t chunk = 0; chunk < chunks; ++chunk) tasks.push_back({section, chunk});
    }
    const std::size_t useful = threads == 0 ? tasks.size() / kChunksOfAThread : tasks.size();
    return parallel_for(tasks.size(), thread_count(threads, useful),
                        [&](std::size_t i) { return tasks[i].section->verify_chunk(tasks[i].chunk); });
  });
}

Status SectionFile::verify_all(std::size_t threads) const {
  return guarded([&]() -> Status {
    std::vector<const Section*> sections;
    for (const auto& section : sections_) sections.push_back(section.get());
    if (Status status = verify_sections(sections, threads); !status) return status;
    return verify_padding();
  });
}

// Bytes that belong to nothing are zero: so no flipped bit goes unnoticed.
Status SectionFile::verify_padding() const {
  std::size_t begin = kFileHeaderBytes;
  const auto check_to = [&](std::size_t end) -> Status {
    const auto gap = bytes_.subspan(begin, end - begin);
    if (std::ranges::all_of(gap, [](std::byte byte) { return byte == std::byte{0}; })) return {};
    Error error = corrupt(range_text(begin, end) + ": not zero, although they belong to no section");
    note_damage(error);
    return error;
  };
  for (const auto& section : sections_) {
    const auto offset = static_cast<std::size_t>(section->bytes().data() - bytes_.data());
    if (Status status = check_to(offset); !status) return status;
    begin = offset + section->bytes().size();
  }
  return check_to(static_cast<std::size_t>(footer_.table_offset));
}

std::optional<Error> SectionFile::damage() const {
  const std::lock_guard lock(damage_mutex_);
  return damage_;
}

void SectionFile::note_damage(const Error& error) const {
  const std::lock_guard lock(damage_mutex_);
  if (!damage_) damage_ = error;
}

Error SectionFile::corrupt(const std::string& what) const {
  return {ErrorCode::corruption, name_ + ": " + what};
}

}  // namespace scaup::inline v0
