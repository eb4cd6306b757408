#pragma once
// Memory for vectors and codes: aligned to cache lines, zero, and on huge pages where that pays.

#include <cstddef>
#include <cstdint>
#include <utility>

namespace scaup::inline v0 {

/// Whether to ask for pages of 2 MiB, which spare address translation in long scans and random reads, and are waste
/// where little of them is used. Turning small pages into huge ones later stalls whoever reads them, so it is not done.
enum class HugePages : std::uint8_t {
  none,
  when_told,  ///< for what `will_fill` covers, or begins to cover with half of one or more
  at_once,    ///< for all of the block
};

inline constexpr std::size_t kCacheLine = 64;
inline constexpr std::size_t kHugePage = std::size_t{2} << 20U;

/// Owns a block of bytes, zero at first and aligned to kCacheLine; to kHugePage where huge pages were asked
/// for and the block has at least as many bytes. Large blocks are taken from the system directly: their
/// pages cost memory only once touched, and go back when the block is released. Whether the system then grants huge
/// pages is up to it; it makes no difference but speed.
///
/// Thread-compatible: const members concurrently; a non-const member needs exclusive access.
class AlignedMemory {
 public:
  AlignedMemory() = default;
  /// Throws std::bad_alloc if there is not so much memory. Of 0 bytes, it is the empty block.
  explicit AlignedMemory(std::size_t bytes, HugePages pages = HugePages::none);
  AlignedMemory(AlignedMemory&& other) noexcept { swap(other); }
  AlignedMemory& operator=(AlignedMemory&& other) noexcept {
    AlignedMemory(std::move(other)).swap(*this);
    return *this;
  }
  AlignedMemory(const AlignedMemory&) = delete;
  AlignedMemory& operator=(const AlignedMemory&) = delete;
  ~AlignedMemory();

  /// Null if and only if `size()` is 0.
  [[nodiscard]] std::byte* data() noexcept { return data_; }
  [[nodiscard]] const std::byte* data() const noexcept { return data_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// Says that the bytes from `begin` to `end` are about to be written.
  void will_fill(std::size_t begin, std::size_t end) noexcept;

  void swap(AlignedMemory& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(mapped_, other.mapped_);
    std::swap(huge_pages_, other.huge_pages_);
  }

 private:
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t mapped_ = 0;   // bytes to unmap; 0: the block is of the heap
  bool huge_pages_ = false;  // whether the block begins at one
};

/// Gives heap memory that was freed back to the system, where the C library can do that. Cost: a look at the whole
/// heap.
void return_freed_memory() noexcept;

}  // namespace scaup::inline v0
