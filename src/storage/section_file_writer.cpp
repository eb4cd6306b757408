// Streams sections in chunks: each is hashed and written once, whole.

#include "storage/section_file_writer.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "base/boundary.hpp"

namespace scaup::inline v0 {

SectionFileWriter::SectionFileWriter(FileSystem& files, std::filesystem::path path, const FileIdentity& identity)
    : files_(files), path_(std::move(path)), temporary_(path_), seed_(seed(identity)) {
  temporary_ += ".tmp";
}

SectionFileWriter::~SectionFileWriter() {
  if (is_renamed_ || file_ == nullptr) return;
  file_.reset();
  static_cast<void>(files_.remove(temporary_));  // the next attempt overwrites it otherwise
}

Result<std::unique_ptr<SectionFileWriter>> SectionFileWriter::create(FileSystem& files, std::filesystem::path path,
                                                                     const FileIdentity& identity) {
  return guarded([&]() -> Result<std::unique_ptr<SectionFileWriter>> {
    std::unique_ptr<SectionFileWriter> writer(new SectionFileWriter(files, std::move(path), identity));
    if (Status status = writer->open_file(identity); !status) return std::move(status).error();
    return writer;
  });
}

Status SectionFileWriter::open_file(const FileIdentity& identity) {
  if (Status status = files_.remove(temporary_); !status && status.error().code() != ErrorCode::not_found)
    return status;
  auto file = files_.open_for_write(temporary_, OpenMode::create_new);
  if (!file) return std::move(file).error();
  file_ = *std::move(file);
  return write(encode_file_header({.identity = identity, .features = {}}));
}

// Runs one call of the interface: nothing after a failure, and failures stay.
template <typename Body>
Status SectionFileWriter::step(Body&& body) {
  if (failure_) return *failure_;
  Status status = guarded(std::forward<Body>(body));
  if (!status) failure_ = status.error();
  return status;
}

Status SectionFileWriter::check_beginnable(std::uint32_t tag) const {
  const auto refused = [&](const char* why) {
    return Error(ErrorCode::internal, path_.native() + ": section " + std::to_string(tag) + ": " + why);
  };
  if (is_open_) return refused("begun before the one before it ended");
  if (entries_.size() == kMaxSections) return refused("one more than a file can have");
  const bool is_known = std::ranges::any_of(entries_, [&](const SectionEntry& entry) { return entry.tag == tag; });
  return is_known ? Status(refused("begun twice")) : Status();
}

Status SectionFileWriter::begin_section(std::uint32_t tag) {
  return step([&]() -> Status {
    if (Status status = check_beginnable(tag); !status) return status;
    if (Status status = pad_to(kSectionAlignment); !status) return status;
    entries_.push_back({.tag = tag, .offset = offset_});
    is_open_ = true;
    return {};
  });
}

Status SectionFileWriter::append(std::span<const std::byte> bytes) {
  return step([&]() -> Status {
    if (!is_open_) return Error(ErrorCode::internal, path_.native() + ": bytes outside of a section");
    return append_some(bytes);
  });
}

// Whole chunks go from the caller's memory to the file; only what is left of one is copied.
Status SectionFileWriter::append_some(std::span<const std::byte> bytes) {
  if (!chunk_.empty()) {
    const std::size_t taken = std::min<std::size_t>(bytes.size(), kSectionChunkBytes - chunk_.size());
    chunk_.insert(chunk_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(taken));
    bytes = bytes.subspan(taken);
    if (chunk_.size() < kSectionChunkBytes) return {};
    if (Status status = write_chunks(chunk_); !status) return status;
    chunk_.clear();
  }
  const std::size_t whole = bytes.size() / kSectionChunkBytes * kSectionChunkBytes;
  if (Status status = write_chunks(bytes.first(whole)); !status) return status;
  chunk_.assign(bytes.begin() + static_cast<std::ptrdiff_t>(whole), bytes.end());
  return {};
}

Status SectionFileWriter::end_section() {
  return step([&]() -> Status {
    if (!is_open_) return Error(ErrorCode::internal, path_.native() + ": no section to end");
    if (Status status = write_chunks(chunk_); !status) return status;
    chunk_.clear();
    is_open_ = false;
    return {};
  });
}

// Hashes chunk by chunk, and writes them with one call. Only the last of a section may be shorter than a chunk.
Status SectionFileWriter::write_chunks(std::span<const std::byte> chunks) {
  if (chunks.empty()) return {};
  SectionEntry& entry = entries_.back();
  for (auto rest = chunks; !rest.empty();) {
    const auto chunk = rest.first(std::min<std::size_t>(rest.size(), kSectionChunkBytes));
    entry.chunk_hashes.push_back(section_chunk_hash(seed_, entry.tag, entry.chunk_hashes.size(), chunk));
    rest = rest.subspan(chunk.size());
  }
  entry.size += chunks.size();
  return write(chunks);
}

Status SectionFileWriter::write(std::span<const std::byte> bytes) {
  if (Status status = file_->write_at(offset_, bytes); !status) return status;
  offset_ += bytes.size();
  return {};
}

Status SectionFileWriter::pad_to(std::uint64_t alignment) {
  static constexpr std::array<std::byte, kSectionAlignment> kZeros = {};
  const std::uint64_t missing = (alignment - offset_ % alignment) % alignment;
  return write(std::span(kZeros).first(static_cast<std::size_t>(missing)));
}

Status SectionFileWriter::write_end(SectionFileSeal& seal) {
  if (is_open_) return Error(ErrorCode::internal, path_.native() + ": finished inside a section");
  if (Status status = pad_to(kTableAlignment); !status) return status;
  const std::vector<std::byte> table = encode_section_table(entries_);
  const auto footer = encode_section_footer(
      seed_, {.table_offset = offset_, .table_size = table.size(), .table_hash = section_table_hash(seed_, table)});
  if (Status status = write(table); !status) return status;
  if (Status status = write(footer); !status) return status;
  seal = {.size = offset_, .footer_hash = footer_hash_of(footer)};
  if (Status status = file_->sync(); !status) return status;
  return file_->close();
}

Result<SectionFileSeal> SectionFileWriter::finish() {
  SectionFileSeal seal;
  const Status status = step([&]() -> Status {
    if (is_renamed_) return Error(ErrorCode::internal, path_.native() + ": finished twice");
    if (Status ended = write_end(seal); !ended) return ended;
    if (Status renamed = files_.rename(temporary_, path_); !renamed) return renamed;
    is_renamed_ = true;
    return files_.sync_directory(path_.parent_path());
  });
  if (!status) return status.error();
  return seal;
}

}  // namespace scaup::inline v0
