#pragma once
// The contents of a file in 4 KiB pages that copies share; ranges never written take no memory and read as zeros.

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>

namespace scaup::test {

/// Copying costs a pointer; the first change after it copies the table of pages, never the pages.
///
/// Invariant: bytes of the last page past `size()` are zero.
/// Thread-compatible, except that making a copy counts as a change of the original.
class SparseBytes {
 public:
  static constexpr std::size_t kPageSize = 4096;

  SparseBytes() = default;
  SparseBytes(const SparseBytes& other) noexcept;
  SparseBytes& operator=(const SparseBytes& other) noexcept;
  ~SparseBytes() = default;

  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  /// Fills `out` from `offset`; returns how many bytes there were before the end.
  std::size_t read(std::uint64_t offset, std::span<std::byte> out) const;
  /// Grows as needed, with zeros in the gap.
  void write(std::uint64_t offset, std::span<const std::byte> bytes);
  void resize(std::uint64_t size);
  /// Takes over the pages of `from` that hold bytes of [offset, offset + size); leaves `size()` alone.
  void adopt_pages(const SparseBytes& from, std::uint64_t offset, std::uint64_t size);
  /// How many pages take memory.
  [[nodiscard]] std::size_t stored_pages() const noexcept { return table_->size(); }

 private:
  using Page = std::array<std::byte, kPageSize>;
  using Table = std::map<std::uint64_t, std::shared_ptr<const Page>>;

  [[nodiscard]] Table& own_table();
  void write_page(Table& table, std::uint64_t number, std::size_t start, std::span<const std::byte> bytes);

  std::shared_ptr<Table> table_ = std::make_shared<Table>();
  mutable bool is_shared_ = false;  // a flag, not use_count(), which other threads may change meanwhile
  std::uint64_t size_ = 0;
};

}  // namespace scaup::test
