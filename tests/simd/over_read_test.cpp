// Kernels on arrays that end, or begin, at a page that may not be touched: one byte too far is a crash.

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "simd/kernels.hpp"
#include "simd/vector_check.hpp"
#include "simd/vectors.hpp"
#include "support/catch.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

// One readable page between two that are not.
class GuardedPage {
 public:
  GuardedPage() {
    void* block = ::mmap(nullptr, 3 * size_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    REQUIRE(block != MAP_FAILED);
    start_ = static_cast<std::byte*>(block) + size_;
    REQUIRE(::mprotect(start_, size_, PROT_READ | PROT_WRITE) == 0);
  }
  ~GuardedPage() { ::munmap(start_ - size_, 3 * size_); }
  GuardedPage(const GuardedPage&) = delete;
  GuardedPage& operator=(const GuardedPage&) = delete;

  // The first or the last n elements of the page.
  template <typename T>
  T* first() {
    return reinterpret_cast<T*>(start_);
  }
  template <typename T>
  T* last(std::size_t n) {
    return reinterpret_cast<T*>(start_ + size_) - n;
  }

 private:
  std::size_t size_ = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  std::byte* start_ = nullptr;
};

void run_float_kernels(const Kernels& table, const float* a, const float* b, std::size_t n) {
  const std::array<const float*, 4> rows = {b, a, b, b};
  std::array<float, 4> out = {};
  const auto expected = static_cast<float>(n);
  REQUIRE(table.dot(a, b, n) == expected);
  REQUIRE(table.l2_squared(a, b, n) == 0);
  REQUIRE(table.norm_squared(a, n) == expected);
  REQUIRE(table.dot_double(a, b, n) == static_cast<double>(n));
  REQUIRE(table.l2_squared_double(a, b, n) == 0);
  table.dot_4_rows(a, rows.data(), n, out.data());
  REQUIRE(std::ranges::count(out, expected) == 4);
  table.l2_squared_4_rows(a, rows.data(), n, out.data());
  REQUIRE(std::ranges::count(out, 0.0F) == 4);
}

void run_integer_kernels(const Kernels& table, const std::int16_t* query, const std::int8_t* codes, std::size_t n) {
  const std::array<const std::int8_t*, 4> rows = {codes, codes, codes, codes};
  std::array<std::int32_t, 4> out = {};
  const auto expected = static_cast<std::int32_t>(n);
  REQUIRE(table.dot_int16_int8(query, codes, n) == expected);
  REQUIRE(table.dot_int8(codes, codes, n) == expected);
  table.dot_int16_int8_4_rows(query, rows.data(), n, out.data());
  REQUIRE(std::ranges::count(out, expected) == 4);
}

}  // namespace

TEST_CASE("over-read: no float kernel touches a byte outside its arrays") {
  GuardedPage page_a;
  GuardedPage page_b;
  std::fill_n(page_a.last<float>(512), 512, 1.0F);
  std::fill_n(page_b.last<float>(512), 512, 1.0F);
  std::fill_n(page_a.first<float>(), 512, 1.0F);
  std::fill_n(page_b.first<float>(), 512, 1.0F);
  for (const Kernels& table : all_kernels()) {
    for (std::size_t n = 0; n <= 130; ++n) {
      CAPTURE(table.name, n);
      run_float_kernels(table, page_a.last<float>(n), page_b.last<float>(n), n);
      run_float_kernels(table, page_a.first<float>(), page_b.first<float>(), n);
    }
  }
}

TEST_CASE("over-read: no integer kernel touches a byte outside its arrays") {
  GuardedPage page_a;
  GuardedPage page_b;
  std::fill_n(page_a.last<std::int16_t>(512), 512, std::int16_t{1});
  std::fill_n(page_b.last<std::int8_t>(512), 512, std::int8_t{1});
  std::fill_n(page_a.first<std::int16_t>(), 512, std::int16_t{1});
  std::fill_n(page_b.first<std::int8_t>(), 512, std::int8_t{1});
  for (const Kernels& table : all_kernels()) {
    for (std::size_t n = 0; n <= 260; ++n) {
      CAPTURE(table.name, n);
      run_integer_kernels(table, page_a.last<std::int16_t>(n), page_b.last<std::int8_t>(n), n);
      run_integer_kernels(table, page_a.first<std::int16_t>(), page_b.first<std::int8_t>(), n);
    }
  }
}

TEST_CASE("over-read: the check for finite components touches no byte outside its array") {
  GuardedPage page;
  for (std::size_t n = 0; n <= 260; ++n) {
    REQUIRE_FALSE(first_not_finite({page.last<float>(n), n}));
    REQUIRE_FALSE(first_not_finite({page.first<float>(), n}));
  }
}
