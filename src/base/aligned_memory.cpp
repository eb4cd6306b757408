// Small blocks come from the heap, large ones are mappings of their own.

#include "base/aligned_memory.hpp"

#include <sys/mman.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

#include "base/checked_math.hpp"

namespace scaup::inline v0 {
namespace {

// From this size on a block is a mapping of its own: rounding up to whole pages no longer matters.
constexpr std::size_t kMappingThreshold = std::size_t{64} << 10U;
constexpr std::size_t kPage = 4096;  // the smallest page there is; the system rounds up to its own

std::size_t round_up(std::size_t bytes, std::size_t unit) {
  const auto padded = checked_add(bytes, unit - 1);
  if (!padded) throw std::bad_alloc();
  return *padded / unit * unit;
}

std::byte* allocate_on_heap(std::size_t bytes) {
  const std::size_t rounded = round_up(bytes, kCacheLine);
  void* block = std::aligned_alloc(kCacheLine, rounded);
  if (block == nullptr) throw std::bad_alloc();
  std::memset(block, 0, rounded);
  return static_cast<std::byte*>(block);
}

std::byte* map(std::size_t bytes) {
  void* block = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (block == MAP_FAILED) throw std::bad_alloc();
  return static_cast<std::byte*>(block);
}

void unmap(std::byte* block, std::size_t bytes) noexcept {
  if (bytes > 0) ::munmap(block, bytes);
}

// Maps one huge page more than needed and gives back what lies before and after the aligned part.
// `bytes` is a multiple of kPage.
std::byte* map_huge(std::size_t bytes) {
  const auto with_slack = checked_add(bytes, kHugePage);
  if (!with_slack) throw std::bad_alloc();
  std::byte* const start = map(*with_slack);
  void* place = start;
  std::size_t space = *with_slack;
  std::align(kHugePage, bytes, place, space);  // cannot fail: there is a whole page of slack
  auto* const block = static_cast<std::byte*>(place);
  unmap(start, static_cast<std::size_t>(block - start));
  unmap(block + bytes, space - bytes);
  return block;
}

}  // namespace

AlignedMemory::AlignedMemory(std::size_t bytes, HugePages pages) {
  if (bytes == 0) return;
  if (bytes < kMappingThreshold) {
    data_ = allocate_on_heap(bytes);
  } else if (pages != HugePages::none && bytes >= kHugePage) {
    mapped_ = round_up(bytes, kPage);  // what is behind the last whole huge page gets small ones
    data_ = map_huge(mapped_);
    huge_pages_ = true;
  } else {
    mapped_ = round_up(bytes, kPage);
    data_ = map(mapped_);
  }
  size_ = bytes;
  if (pages == HugePages::at_once) will_fill(0, mapped_);
}

void AlignedMemory::will_fill(std::size_t begin, std::size_t end) noexcept {
#ifdef MADV_HUGEPAGE
  const std::size_t first = (begin + kHugePage - 1) / kHugePage * kHugePage;
  // Who fills half a page at once fills the rest soon: rows come in batches of one size.
  const std::size_t begun = end - begin >= kHugePage / 2 ? kHugePage - 1 : 0;
  const std::size_t last = std::min(end + begun, mapped_) / kHugePage * kHugePage;
  // A wish: where it is refused, small pages serve.
  if (huge_pages_ && first < last) ::madvise(data_ + first, last - first, MADV_HUGEPAGE);
#else
  (void)begin, (void)end;
#endif
}

AlignedMemory::~AlignedMemory() {
  if (mapped_ > 0) {
    unmap(data_, mapped_);
  } else {
    std::free(data_);
  }
}

void return_freed_memory() noexcept {
#ifdef __GLIBC__
  ::malloc_trim(0);
#endif
}

}  // namespace scaup::inline v0
