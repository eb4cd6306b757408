// Alignment, zeros, moves and failures of blocks of memory.

#include "base/aligned_memory.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <new>
#include <span>

#include "support/catch.hpp"

using namespace scaup;

namespace {

// Around every size at which the way of allocation changes.
constexpr std::size_t kSizes[] = {
    1, 63, 64, 65, 4096, (64U << 10U) - 1, 64U << 10U, 4U << 20U, (4U << 20U) - 1, 5000001, 6U << 20U, 33554433};

bool aligned(const AlignedMemory& memory, std::size_t alignment) {
  return reinterpret_cast<std::uintptr_t>(memory.data()) % alignment == 0;
}

bool all_equal(const AlignedMemory& memory, std::byte value) {
  const std::span bytes(memory.data(), memory.size());
  return std::ranges::all_of(bytes, [&](std::byte byte) { return byte == value; });
}

}  // namespace

TEST_CASE("aligned memory: a block is aligned, zero, and writable to its last byte") {
  for (const HugePages pages : {HugePages::none, HugePages::when_told, HugePages::at_once}) {
    for (const std::size_t size : kSizes) {
      CAPTURE(size, static_cast<int>(pages));
      AlignedMemory memory(size, pages);
      REQUIRE(memory.size() == size);
      REQUIRE(aligned(memory, kCacheLine));
      REQUIRE(all_equal(memory, std::byte{0}));
      std::fill_n(memory.data(), size, std::byte{0xA5});
      REQUIRE(all_equal(memory, std::byte{0xA5}));
    }
  }
}

TEST_CASE("aligned memory: large blocks asked for on huge pages start at a huge page") {
  REQUIRE(aligned(AlignedMemory(kHugePage, HugePages::at_once), kHugePage));
  REQUIRE(aligned(AlignedMemory(5 * kHugePage + 1, HugePages::at_once), kHugePage));
}

TEST_CASE("aligned memory: no bytes are no block") {
  const AlignedMemory memory(0, HugePages::at_once);
  REQUIRE(memory.data() == nullptr);
  REQUIRE(memory.size() == 0);
}

TEST_CASE("aligned memory: a move leaves the source empty and releases what the target held") {
  AlignedMemory source(1000);
  source.data()[999] = std::byte{7};
  const std::byte* const block = source.data();
  AlignedMemory target(kHugePage, HugePages::at_once);
  target = std::move(source);
  REQUIRE(target.data() == block);
  REQUIRE(target.size() == 1000);
  REQUIRE(target.data()[999] == std::byte{7});
  REQUIRE(source.data() == nullptr);  // NOLINT(bugprone-use-after-move): its state is promised
  REQUIRE(source.size() == 0);
  const AlignedMemory last(std::move(target));
  REQUIRE(last.data() == block);
}

TEST_CASE("aligned memory: more than there is, or than a size can say, is bad_alloc") {
  constexpr std::size_t kMost = std::numeric_limits<std::size_t>::max();
  for (const HugePages pages : {HugePages::none, HugePages::when_told, HugePages::at_once}) {
    for (const std::size_t size : {kMost, kMost - 4095, kMost - 2 * kHugePage + 1, kMost / 2, std::size_t{1} << 60U}) {
      CAPTURE(size, static_cast<int>(pages));
      REQUIRE_THROWS_AS(AlignedMemory(size, pages), std::bad_alloc);
    }
  }
}

TEST_CASE("aligned memory: what was written stays, whatever pages are asked for later") {
  for (const std::size_t size : {kHugePage - 1, kHugePage, 3 * kHugePage + 5000}) {
    AlignedMemory memory(size, HugePages::when_told);
    for (std::size_t i = 0; i < size; ++i) {
      if (i % 1000003 == 0) memory.will_fill(i / 2, i + 2 * kHugePage);
      memory.data()[i] = static_cast<std::byte>(i % 251);
    }
    memory.will_fill(0, 2 * size);
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < size; ++i) {
      if (memory.data()[i] != static_cast<std::byte>(i % 251)) ++wrong;
    }
    REQUIRE(wrong == 0);
  }
}
