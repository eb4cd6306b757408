// Sums up a block of memory and takes the best time.

#include "read_speed.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <stdexcept>

#include "../read_sum.hpp"

namespace scaup::bench {

double read_speed(std::size_t bytes) {
  constexpr int kReads = 20;
  const std::size_t words = std::max<std::size_t>(bytes / sizeof(std::uint64_t) / 4 * 4, 4);
  const std::size_t size = words * sizeof(std::uint64_t);
  void* const block = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (block == MAP_FAILED) throw std::runtime_error("no memory to measure the read speed");
  madvise(block, size, MADV_HUGEPAGE);
  std::memset(block, 1, size);
  const auto* const begin = static_cast<const std::uint64_t*>(block);
  std::uint64_t wrong = 0;  // the sums are looked at, so that the reads are not left out
  double best = 1e9;
  for (int i = 0; i < kReads; ++i) {
    const auto start = std::chrono::steady_clock::now();
    const std::uint64_t sum = i % 2 == 0 ? sum_four(begin, words / 4, words / 4) : sum_one(begin, words);
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    wrong += sum ^ (words * 0x0101010101010101U);
  }
  munmap(block, size);
  if (wrong != 0) throw std::runtime_error("the read speed was measured on wrong sums");
  return static_cast<double>(size) / best;
}

}  // namespace scaup::bench
