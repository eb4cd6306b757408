// The speed of the kernels: in the first-level cache, and streaming over 100,000 rows in several layouts, beside
// the speed at which this program can only sum up the same bytes. GB/s counts the bytes of the rows.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <type_traits>
#include <utility>

#include "base/aligned_memory.hpp"
#include "read_sum.hpp"
#include "simd/kernels.hpp"
#include "simd/vector_check.hpp"

namespace {

using scaup::AlignedMemory;
using scaup::HugePages;
using scaup::Kernels;

constexpr std::size_t kRows = 100'000;
constexpr std::size_t kDimension = 384;

// What is measured in the cache is measured for these dimensions.
constexpr std::array<std::size_t, 4> kDimensions = {100, 384, 768, 1536};

void count_bytes(benchmark::State& state, std::size_t bytes_an_iteration) {
  const double bytes = static_cast<double>(state.iterations()) * static_cast<double>(bytes_an_iteration);
  state.counters["GB/s"] = benchmark::Counter(bytes / 1e9, benchmark::Counter::kIsRate);
}

// An array at the start of a cache line, where a store keeps its rows too; each kind of element is filled with
// numbers for which no sum overflows.
template <typename T>
class Array {
 public:
  explicit Array(std::size_t n, HugePages pages = HugePages::none) : memory_(n * sizeof(T), pages) {
    std::mt19937_64 random(7);
    std::normal_distribution<float> normal(0.0F, std::is_integral_v<T> ? 10.0F : 1.0F);
    std::generate_n(reinterpret_cast<T*>(memory_.data()), n, [&] { return static_cast<T>(normal(random)); });
  }
  [[nodiscard]] const T* data() const { return reinterpret_cast<const T*>(memory_.data()); }

 private:
  AlignedMemory memory_;
};

// --- In the first-level cache -------------------------------------------------------------------------------

void dot_one_row(benchmark::State& state, const Kernels& table, std::size_t d) {
  const Array<float> values(2 * d);
  for (auto _ : state) benchmark::DoNotOptimize(table.dot(values.data(), values.data() + d, d));
  count_bytes(state, d * sizeof(float));
}

void l2_one_row(benchmark::State& state, const Kernels& table, std::size_t d) {
  const Array<float> values(2 * d);
  for (auto _ : state) benchmark::DoNotOptimize(table.l2_squared(values.data(), values.data() + d, d));
  count_bytes(state, d * sizeof(float));
}

void dot_double_one_row(benchmark::State& state, const Kernels& table, std::size_t d) {
  const Array<float> values(2 * d);
  for (auto _ : state) benchmark::DoNotOptimize(table.dot_double(values.data(), values.data() + d, d));
  count_bytes(state, d * sizeof(float));
}

void dot_four_rows(benchmark::State& state, const Kernels& table, std::size_t d) {
  const Array<float> values(5 * d);
  const float* const query = values.data();
  const std::array<const float*, 4> rows = {query + d, query + 2 * d, query + 3 * d, query + 4 * d};
  std::array<float, 4> out = {};
  for (auto _ : state) {
    table.dot_4_rows(query, rows.data(), d, out.data());
    benchmark::DoNotOptimize(out);
  }
  count_bytes(state, 4 * d * sizeof(float));
}

void codes_four_rows(benchmark::State& state, const Kernels& table, std::size_t d) {
  const Array<std::int16_t> query(d);
  const Array<std::int8_t> codes(4 * d);
  const std::array<const std::int8_t*, 4> rows = {codes.data(), codes.data() + d, codes.data() + 2 * d,
                                                  codes.data() + 3 * d};
  std::array<std::int32_t, 4> out = {};
  for (auto _ : state) {
    table.dot_int16_int8_4_rows(query.data(), rows.data(), d, out.data());
    benchmark::DoNotOptimize(out);
  }
  count_bytes(state, 4 * d);
}

void codes_pair(benchmark::State& state, const Kernels& table, std::size_t d) {
  const Array<std::int8_t> codes(2 * d);
  for (auto _ : state) benchmark::DoNotOptimize(table.dot_int8(codes.data(), codes.data() + d, d));
  count_bytes(state, d);
}

void finite_check(benchmark::State& state, std::size_t d) {
  const Array<float> values(d);
  for (auto _ : state) benchmark::DoNotOptimize(scaup::first_not_finite({values.data(), d}));
  count_bytes(state, d * sizeof(float));
}

// --- Streaming ----------------------------------------------------------------------------------------------

// The rows, in one block, taken four at a time: row i of each quarter of a segment together, one segment after
// another. A segment of all rows gives four ranges far apart, a segment of four rows gives neighbours.
struct Layout {
  const char* name;
  std::size_t rows_a_segment;
};

constexpr Layout kLayouts[] = {{"quarters_of_all", kRows}, {"segments_of_5000", 5000}, {"neighbours", 4}};

// Calls visit(first row, distance of the four rows) for all groups of four.
template <typename Visit>
void for_each_four(const Layout& layout, Visit visit) {
  const std::size_t distance = layout.rows_a_segment / 4;
  for (std::size_t segment = 0; segment < kRows; segment += layout.rows_a_segment) {
    for (std::size_t i = 0; i < distance; ++i) visit(segment + i, distance);
  }
}

template <typename T>
const T* rows_as(HugePages pages) {
  static const Array<float> huge(kRows * kDimension, HugePages::at_once);
  static const Array<float> small(kRows * kDimension);
  return reinterpret_cast<const T*>(pages == HugePages::none ? small.data() : huge.data());
}

void scan_one_stream(benchmark::State& state, const Kernels& table, HugePages pages) {
  const auto* rows = rows_as<float>(pages);
  const Array<float> query(kDimension);
  for (auto _ : state) {
    for (std::size_t i = 0; i < kRows; ++i) {
      benchmark::DoNotOptimize(table.dot(query.data(), rows + i * kDimension, kDimension));
    }
  }
  count_bytes(state, kRows * kDimension * sizeof(float));
}

void scan_four_streams(benchmark::State& state, const Kernels& table, HugePages pages, const Layout& layout) {
  const auto* rows = rows_as<float>(pages);
  const Array<float> query(kDimension);
  std::array<float, 4> out = {};
  for (auto _ : state) {
    for_each_four(layout, [&](std::size_t first, std::size_t distance) {
      const float* row = rows + first * kDimension;
      const std::size_t step = distance * kDimension;
      const std::array<const float*, 4> four = {row, row + step, row + 2 * step, row + 3 * step};
      table.dot_4_rows(query.data(), four.data(), kDimension, out.data());
      benchmark::DoNotOptimize(out);
    });
  }
  count_bytes(state, kRows * kDimension * sizeof(float));
}

// The same memory taken as int8 codes, thus four times the rows; the bytes are the same.
void scan_codes(benchmark::State& state, const Kernels& table, HugePages pages, const Layout& layout) {
  const auto* codes = rows_as<std::int8_t>(pages);
  const Array<std::int16_t> query(kDimension);
  std::array<std::int32_t, 4> out = {};
  for (auto _ : state) {
    for_each_four(layout, [&](std::size_t first, std::size_t distance) {
      const std::int8_t* row = codes + first * kDimension;
      const std::size_t step = distance * kDimension;
      const std::array<const std::int8_t*, 4> four = {row, row + step, row + 2 * step, row + 3 * step};
      table.dot_int16_int8_4_rows(query.data(), four.data(), kDimension, out.data());
      benchmark::DoNotOptimize(out);
    });
  }
  count_bytes(state, kRows * kDimension);
}

// --- Reading alone: the bytes summed up as 64-bit words, by the best instructions of the processor ------------

constexpr std::size_t kRowWords = kDimension * sizeof(float) / sizeof(std::uint64_t);

void read_one_stream(benchmark::State& state, HugePages pages) {
  const auto* words = rows_as<std::uint64_t>(pages);
  for (auto _ : state) benchmark::DoNotOptimize(scaup::bench::sum_one(words, kRows * kRowWords));
  count_bytes(state, kRows * kRowWords * sizeof(std::uint64_t));
}

// In the order of scan_four_streams.
void read_four_streams(benchmark::State& state, HugePages pages, const Layout& layout) {
  const auto* words = rows_as<std::uint64_t>(pages);
  for (auto _ : state) {
    for_each_four(layout, [&](std::size_t first, std::size_t distance) {
      benchmark::DoNotOptimize(scaup::bench::sum_four(words + first * kRowWords, distance * kRowWords, kRowWords));
    });
  }
  count_bytes(state, kRows * kRowWords * sizeof(std::uint64_t));
}

// --- Registration -------------------------------------------------------------------------------------------

using Function = void (*)(benchmark::State&, const Kernels&, std::size_t);

void register_in_cache(const Kernels& table) {
  const std::pair<const char*, Function> functions[] = {{"dot", dot_one_row},
                                                        {"dot_4_rows", dot_four_rows},
                                                        {"l2_squared", l2_one_row},
                                                        {"dot_double", dot_double_one_row},
                                                        {"dot_int16_int8_4_rows", codes_four_rows},
                                                        {"dot_int8", codes_pair}};
  for (const auto& [name, function] : functions) {
    for (const std::size_t d : kDimensions) {
      const std::string full = std::string("cache/") + name + "/" + std::string(table.name) + "/d:" + std::to_string(d);
      benchmark::RegisterBenchmark(full.c_str(), function, table, d);
    }
  }
}

template <typename Body, typename... Arguments>
void register_scan(const std::string& name, Body body, Arguments... arguments) {
  benchmark::RegisterBenchmark(name.c_str(), body, arguments...)->Unit(benchmark::kMillisecond);
}

void register_streaming(const Kernels& table, HugePages pages, const std::string& suffix) {
  const std::string end = std::string("/").append(table.name).append(suffix);
  register_scan("stream/dot/one_stream" + end, scan_one_stream, table, pages);
  for (const Layout& layout : kLayouts) {
    register_scan(std::string("stream/dot_4_rows/") + layout.name + end, scan_four_streams, table, pages, layout);
    register_scan(std::string("stream/codes_4_rows/") + layout.name + end, scan_codes, table, pages, layout);
  }
}

void register_reading(HugePages pages, const std::string& suffix) {
  register_scan("stream/read/one_stream" + suffix, read_one_stream, pages);
  for (const Layout& layout : kLayouts) {
    register_scan(std::string("stream/read/") + layout.name + suffix, read_four_streams, pages, layout);
  }
}

void register_all() {
  for (const Kernels& table : scaup::all_kernels()) register_in_cache(table);
  for (const std::size_t d : kDimensions) {
    benchmark::RegisterBenchmark(("cache/first_not_finite/d:" + std::to_string(d)).c_str(), finite_check, d);
  }
  for (const HugePages pages : {HugePages::at_once, HugePages::none}) {
    const std::string suffix = pages == HugePages::none ? "/pages:4K" : "/pages:2M";
    for (const Kernels& table : scaup::all_kernels()) register_streaming(table, pages, suffix);
    register_reading(pages, suffix);
  }
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::AddCustomContext("simd_target", std::string(scaup::kernels().name));
  register_all();
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
