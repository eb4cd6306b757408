#pragma once
// Plain bits to and from the portable format of Roaring bitmaps, the fastest way in and out that does not
// depend on how a version of CRoaring lays out its memory.
//
// The format is specified at https://github.com/RoaringBitmap/RoaringFormatSpec: a header, then for each
// 65,536 slots that hold any an array of 16-bit values, a bitset of 8 KiB, or a list of runs.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace scaup::inline v0 {

/// Bytes that were not set before they were written.
struct PortableBitmap {
  std::unique_ptr<char[]> bytes = {};
  std::size_t size = 0;
};

/// The set bits of `words` (at most 2^26), in the portable format.
[[nodiscard]] PortableBitmap to_portable(std::span<const std::uint64_t> words);

/// The reverse. `bytes` must come from CRoaring or `to_portable`, for nothing is checked. Bits beyond the
/// words are left out.
void from_portable(const char* bytes, std::span<std::uint64_t> words) noexcept;

}  // namespace scaup::inline v0
