// The double kernels: near the exact sum, and the same bits in every table.

#include <bit>
#include <limits>

#include "simd/kernels.hpp"
#include "simd/vectors.hpp"
#include "support/catch.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

// Bits are compared, so that -0.0 and 0.0 differ too.
void require_same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  const Kernels& scalar = all_kernels().front();
  const auto dot = std::bit_cast<std::uint64_t>(scalar.dot_double(a.data(), b.data(), a.size()));
  const auto l2_squared = std::bit_cast<std::uint64_t>(scalar.l2_squared_double(a.data(), b.data(), a.size()));
  for (const Kernels& table : all_kernels()) {
    CAPTURE(table.name, a.size());
    REQUIRE(std::bit_cast<std::uint64_t>(table.dot_double(a.data(), b.data(), a.size())) == dot);
    REQUIRE(std::bit_cast<std::uint64_t>(table.l2_squared_double(a.data(), b.data(), a.size())) == l2_squared);
  }
}

}  // namespace

TEST_CASE("double kernels: within the rounding error of double sums in every dimension") {
  std::mt19937_64 random(1);
  for (const std::size_t n : dimensions()) {
    const std::vector<float> a = random_floats(n, random);
    const std::vector<float> b = random_floats(n, random);
    const ExactSum dot = exact_dot(a.data(), b.data(), n);
    const ExactSum l2 = exact_l2_squared(a.data(), b.data(), n);
    const long double relative = static_cast<long double>(n + 3) * 0x1p-53L;
    for (const Kernels& table : all_kernels()) {
      CAPTURE(table.name, n);
      REQUIRE(std::abs(table.dot_double(a.data(), b.data(), n) - dot.sum) <= relative * dot.magnitude);
      REQUIRE(std::abs(table.l2_squared_double(a.data(), b.data(), n) - l2.sum) <= relative * l2.magnitude);
    }
  }
}

TEST_CASE("double kernels: every table gives the same bits") {
  std::mt19937_64 random(2);
  SECTION("components of one size") {
    for (const std::size_t n : dimensions()) require_same_bits(random_floats(n, random), random_floats(n, random));
  }
  SECTION("components of any bits that make a finite float") {
    for (std::size_t n = 0; n < 300; ++n) {
      std::vector<float> a(n);
      std::vector<float> b(n);
      for (float& value : a) value = std::bit_cast<float>(static_cast<std::uint32_t>(random() & 0xBF7F'FFFFU));
      for (float& value : b) value = std::bit_cast<float>(static_cast<std::uint32_t>(random() & 0xFF7F'FFFFU));
      require_same_bits(a, b);
    }
  }
}

TEST_CASE("double kernels: the largest and the smallest floats neither overflow nor vanish") {
  for (const std::size_t n : {1U, 16U, 100U, 65536U}) {
    const std::vector<float> huge(n, std::numeric_limits<float>::max());
    const std::vector<float> low(n, std::numeric_limits<float>::lowest());
    const std::vector<float> tiny(n, std::numeric_limits<float>::denorm_min());
    const std::vector<float> zero(n, 0.0F);
    for (const Kernels& table : all_kernels()) {
      CAPTURE(table.name, n);
      REQUIRE(std::isfinite(table.dot_double(huge.data(), low.data(), n)));
      REQUIRE(std::isfinite(table.l2_squared_double(huge.data(), low.data(), n)));
      REQUIRE(table.dot_double(tiny.data(), tiny.data(), n) > 0);
      REQUIRE(table.l2_squared_double(tiny.data(), zero.data(), n) > 0);
    }
  }
}
