#pragma once
// Writes a section file front to back.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "scaup/file_system.hpp"
#include "scaup/result.hpp"
#include "storage/file_header.hpp"
#include "storage/section_format.hpp"

namespace scaup::inline v0 {

/// What tells a finished file from every other.
struct SectionFileSeal {
  std::uint64_t size = 0;
  std::uint64_t footer_hash = 0;
};

/// Writes `path` + ".tmp", and renames it when it is finished; a writer that is destroyed before removes it. After an
/// error every later call returns the same one.
///
/// Lifetime: the file system is borrowed. Single-threaded: one thread at a time, even for const members.
class SectionFileWriter {
 public:
  /// Overwrites what an earlier attempt left under the temporary name. Errors: `io`.
  [[nodiscard]] static Result<std::unique_ptr<SectionFileWriter>> create(FileSystem& files, std::filesystem::path path,
                                                                         const FileIdentity& identity);
  SectionFileWriter(const SectionFileWriter&) = delete;
  SectionFileWriter& operator=(const SectionFileWriter&) = delete;
  ~SectionFileWriter();

  /// Begins a section with a tag of its own. Errors: `internal` if one is open, the tag was there, or there are
  /// kMaxSections; `io`.
  [[nodiscard]] Status begin_section(std::uint32_t tag);
  /// Errors: `internal` if no section is open; `io`.
  [[nodiscard]] Status append(std::span<const std::byte> bytes);
  [[nodiscard]] Status end_section();
  /// Writes table and footer, syncs, renames, and syncs the folder. The last call.
  [[nodiscard]] Result<SectionFileSeal> finish();

  /// Bytes in the section that is open.
  [[nodiscard]] std::uint64_t section_bytes() const noexcept {
    return entries_.empty() ? 0 : entries_.back().size + chunk_.size();
  }

 private:
  SectionFileWriter(FileSystem& files, std::filesystem::path path, const FileIdentity& identity);

  template <typename Body>
  [[nodiscard]] Status step(Body&& body);
  [[nodiscard]] Status open_file(const FileIdentity& identity);
  [[nodiscard]] Status check_beginnable(std::uint32_t tag) const;
  [[nodiscard]] Status append_some(std::span<const std::byte> bytes);
  [[nodiscard]] Status write_chunks(std::span<const std::byte> chunks);
  [[nodiscard]] Status write(std::span<const std::byte> bytes);
  [[nodiscard]] Status pad_to(std::uint64_t alignment);
  [[nodiscard]] Status write_end(SectionFileSeal& seal);

  FileSystem& files_;
  std::filesystem::path path_;
  std::filesystem::path temporary_;
  std::uint64_t seed_;
  std::unique_ptr<WritableFile> file_ = nullptr;
  std::uint64_t offset_ = 0;           // behind what is written
  std::vector<std::byte> chunk_ = {};  // begun, not written
  std::vector<SectionEntry> entries_ = {};
  bool is_open_ = false;  // a section
  bool is_renamed_ = false;
  std::optional<Error> failure_ = {};
};

}  // namespace scaup::inline v0
