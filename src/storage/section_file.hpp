#pragma once
// A section file open for reading: mapped or in memory, each chunk verified when it is first needed.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/aligned_memory.hpp"
#include "scaup/file_system.hpp"
#include "scaup/result.hpp"
#include "storage/file_header.hpp"
#include "storage/section_file_writer.hpp"
#include "storage/section_format.hpp"

namespace scaup::inline v0 {

/// Where the bytes of a file are while it is open.
enum class Loading : std::uint8_t {
  map,   ///< in the page cache; the process dies if somebody else truncates the file
  copy,  ///< in memory of our own
};

class SectionFile;

/// One section. Thread-safe: any member from any thread at any time.
class Section {
 public:
  Section(const SectionFile& file, SectionEntry entry, std::span<const std::byte> bytes);

  [[nodiscard]] std::uint32_t tag() const noexcept { return entry_.tag; }
  /// All bytes, verified or not. They begin at a multiple of 64 in memory, of 4096 in the file.
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return bytes_; }
  /// Where they begin in the file.
  [[nodiscard]] std::uint64_t offset() const noexcept { return entry_.offset; }
  [[nodiscard]] std::size_t chunks() const noexcept { return entry_.chunk_hashes.size(); }

  /// Success if bytes `[begin, end)`, which must lie in the section, are those that were written: hashes the chunks
  /// that they touch, each once in the life of the file.
  ///
  /// Errors: `corruption` with file, section, chunk and byte range.
  /// Cost: of bytes that are verified, one load a chunk.
  [[nodiscard]] Status verify(std::uint64_t begin, std::uint64_t end) const {
    if (begin >= end) return {};
    for (std::uint64_t chunk = begin / kSectionChunkBytes; chunk <= (end - 1) / kSectionChunkBytes; ++chunk) {
      const bool is_good = chunk < chunks() && states_[chunk].load(std::memory_order_acquire) == State::good;
      if (is_good) continue;
      if (Status status = verify_chunk(chunk); !status) return status;
    }
    return {};
  }
  /// The same for one chunk. Errors: also `internal` if there is no such chunk.
  [[nodiscard]] Status verify_chunk(std::uint64_t chunk) const;

 private:
  enum class State : std::uint8_t { unknown, good, bad };

  [[nodiscard]] Error damage_at(std::uint64_t chunk, std::span<const std::byte> bytes) const;

  const SectionFile& file_;
  SectionEntry entry_;
  std::span<const std::byte> bytes_;
  std::unique_ptr<std::atomic<State>[]> states_;  // one a chunk
};

/// A checkpoint, graph or words file. Thread-safe: any member from any thread at any time.
class SectionFile {
 public:
  /// Checks header, footer, table and places of the sections, not their bytes. With `seal`, it must be this very file.
  ///
  /// Errors: `not_found`, `io`; those of `check_file_header`; `corruption`.
  [[nodiscard]] static Result<std::shared_ptr<const SectionFile>> open(const FileSystem& files,
                                                                       const std::filesystem::path& path,
                                                                       const FileIdentity& identity,
                                                                       const std::optional<SectionFileSeal>& seal,
                                                                       Loading loading);
  /// The same for bytes in memory, which are borrowed; `name` begins the messages.
  [[nodiscard]] static Result<std::shared_ptr<const SectionFile>> parse(std::span<const std::byte> bytes,
                                                                        std::string_view name,
                                                                        const FileIdentity& identity,
                                                                        const std::optional<SectionFileSeal>& seal);
  SectionFile(const SectionFile&) = delete;
  SectionFile& operator=(const SectionFile&) = delete;

  /// The section with this tag, or null. It lives as long as the file.
  [[nodiscard]] const Section* section(std::uint32_t tag) const noexcept;
  /// All bytes of the section with this tag, checked. Errors: `corruption`, also where there is none.
  [[nodiscard]] Result<std::span<const std::byte>> verified_bytes(std::uint32_t tag) const;
  [[nodiscard]] const std::vector<std::unique_ptr<const Section>>& sections() const noexcept { return sections_; }

  /// `verify_sections` of all, and that everything between the sections is zero.
  /// Errors: `corruption`, the first place in the file.
  [[nodiscard]] Status verify_all(std::size_t threads) const;
  /// The first failure of a verification, if there was one.
  [[nodiscard]] std::optional<Error> damage() const;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  [[nodiscard]] const FileHeader& header() const noexcept { return header_; }
  [[nodiscard]] std::uint64_t size() const noexcept { return bytes_.size(); }

 private:
  friend class Section;

  explicit SectionFile(std::string name) : name_(std::move(name)) {}

  [[nodiscard]] Status load(const FileSystem& files, const std::filesystem::path& path, Loading loading);
  [[nodiscard]] Status read_structure(const FileIdentity& identity, const std::optional<SectionFileSeal>& seal);
  [[nodiscard]] Status read_footer(const std::optional<SectionFileSeal>& seal);
  [[nodiscard]] Status read_table();
  [[nodiscard]] Status add_section(SectionEntry entry, std::uint64_t& end);
  [[nodiscard]] Status verify_padding() const;
  void note_damage(const Error& error) const;
  [[nodiscard]] Error corrupt(const std::string& what) const;

  std::string name_;
  std::shared_ptr<const void> mapping_ = nullptr;  // keeps `bytes_` alive, or
  AlignedMemory copy_ = {};
  std::span<const std::byte> bytes_ = {};
  FileHeader header_ = {};
  std::uint64_t seed_ = 0;
  SectionFooter footer_ = {};
  std::vector<std::unique_ptr<const Section>> sections_ = {};  // in order of offset

  mutable std::mutex damage_mutex_ = {};
  mutable std::optional<Error> damage_ = {};
};

/// Hashes all chunks of these sections of one file; a null one has nothing to verify. On so many threads, or for 0 on
/// as many as there are cores and as the bytes are worth.
/// Errors: `corruption`, the first place in the order given.
[[nodiscard]] Status verify_sections(std::span<const Section* const> sections, std::size_t threads);

}  // namespace scaup::inline v0
