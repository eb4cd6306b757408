#pragma once
// What can still be read of a section file that is damaged: every chunk whose hash matches, whatever became of header,
// footer and the hash of the table.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "scaup/config.hpp"
#include "storage/file_header.hpp"

namespace scaup::inline v0 {

/// One section, and which of its chunks verify. The bytes of the others must not be used.
/// Thread-compatible: const members concurrently; a non-const member needs exclusive access.
class SalvagedSection {
 public:
  /// `intact` has one entry a chunk.
  SalvagedSection(std::uint32_t tag, std::uint64_t offset, std::span<const std::byte> bytes, std::vector<bool> intact)
      : tag_(tag), offset_(offset), bytes_(bytes), intact_(std::move(intact)) {}

  [[nodiscard]] std::uint32_t tag() const noexcept { return tag_; }
  [[nodiscard]] std::uint64_t offset() const noexcept { return offset_; }  ///< in the file
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return bytes_; }
  [[nodiscard]] std::size_t chunks() const noexcept { return intact_.size(); }
  [[nodiscard]] std::size_t damaged_chunks() const noexcept;
  /// Whether `[begin, end)` lies in the section and all its chunks verify.
  [[nodiscard]] bool intact(std::uint64_t begin, std::uint64_t end) const noexcept;
  /// Where the first damaged chunk from `begin` on begins, or `begin`, or the size of the section.
  [[nodiscard]] std::uint64_t intact_until(std::uint64_t begin) const noexcept;

 private:
  std::uint32_t tag_;
  std::uint64_t offset_;
  std::span<const std::byte> bytes_;
  std::vector<bool> intact_;
};

/// The sections that the table names, as far as it can be read: a hash in it that matches a chunk proves both. Where
/// the footer does not say where the table is, it is looked for. None where there is no table.
/// Cost: hashes each byte once.
[[nodiscard]] std::vector<SalvagedSection> salvage_sections(std::span<const std::byte> file,
                                                            const FileIdentity& identity);

}  // namespace scaup::inline v0
