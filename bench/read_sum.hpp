#pragma once
// Reading alone: memory summed up as 64-bit words by the best instructions of the processor, as the bound
// that a scan is compared with. Compile with -O3; included by one file of a program.

#include <cstddef>
#include <cstdint>

namespace scaup::bench {

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define SCAUP_BENCH_CLONES __attribute__((target_clones("avx512f", "avx2", "default"), noinline))
#else
#define SCAUP_BENCH_CLONES __attribute__((noinline))
#endif

[[maybe_unused]] SCAUP_BENCH_CLONES static std::uint64_t sum_one(const std::uint64_t* words, std::size_t n) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += words[i];
  return sum;
}

[[maybe_unused]] SCAUP_BENCH_CLONES static std::uint64_t sum_four(const std::uint64_t* words, std::size_t step,
                                                                  std::size_t n) {
  std::uint64_t sum0 = 0;
  std::uint64_t sum1 = 0;
  std::uint64_t sum2 = 0;
  std::uint64_t sum3 = 0;
  for (std::size_t i = 0; i < n; ++i) {
    sum0 += words[i];
    sum1 += words[i + step];
    sum2 += words[i + 2 * step];
    sum3 += words[i + 3 * step];
  }
  return sum0 + sum1 + sum2 + sum3;
}

}  // namespace scaup::bench
