#pragma once
// What a file shows now, what of it is durable, and what a power cut may leave of the difference.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "support/crash_choice.hpp"
#include "support/sparse_bytes.hpp"

namespace scaup::test {

/// The contents of one file. The model of a power cut, for the n changes since the last sync:
///
/// - Size: that after the first p changes, for some p from 0 to n. Shrinking belongs to the size: the first p
///   changes shrink, in their order, the others do not. Preallocation is growth of the size.
/// - Bytes: a sector of 512 bytes is written whole. It shows the writes among the first m changes, for some m
///   from 0 to n of its own. So a write is lost, kept, or torn at sector bounds, and a later one may be there where an
///   earlier one in other sectors is not; inside one sector the order stands.
/// - What the size takes in and no kept write covers reads as zeros; what lies past the size is gone.
///
/// That is more than a journaling file system does (an overwrite may show although the truncation before it does
/// not), and all that POSIX promises to a program that has not synced.
/// Thread-compatible: const members concurrently; a non-const member needs exclusive access. Copies count as changes.
class FileContents {
 public:
  FileContents() = default;
  /// Contents that are durable, as after a restart.
  explicit FileContents(const SparseBytes& contents) : current_(contents), durable_(contents) {}

  [[nodiscard]] const SparseBytes& current() const noexcept { return current_; }
  [[nodiscard]] std::uint64_t size() const noexcept { return current_.size(); }
  void write(std::uint64_t offset, std::span<const std::byte> bytes);
  void resize(std::uint64_t size);
  void sync();
  /// What a failed sync does on Linux: the changes stay visible, count as clean, and no later sync writes them.
  void forget_unsynced();
  [[nodiscard]] SparseBytes after_power_cut(CrashChoice& choice) const;

 private:
  struct Change {
    std::uint64_t offset = 0;
    std::vector<std::byte> bytes = {};  // empty: only the size changes
    std::uint64_t size_after = 0;
  };
  struct Moments;

  void replay(SparseBytes& contents, const Moments& moments) const;

  SparseBytes current_;
  SparseBytes durable_;
  std::vector<Change> unsynced_;
  bool has_lost_ = false;  // current_ shows bytes that neither durable_ nor unsynced_ holds
};

}  // namespace scaup::test
