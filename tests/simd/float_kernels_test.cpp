// Every table's f32 kernels against sums in long double, within the bound that kernels.hpp states.

#include <algorithm>
#include <array>
#include <limits>

#include "simd/kernels.hpp"
#include "simd/vectors.hpp"
#include "support/catch.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

void require_near(float result, const ExactSum& exact, std::size_t n) {
  const double error = std::abs(static_cast<double>(result - exact.sum));
  const double bound = kernel_error_bound(n, static_cast<double>(exact.magnitude));
  if (error <= bound) return;  // an assertion a comparison would take most of the time of these tests
  CAPTURE(n, result, static_cast<double>(exact.sum), error, bound);
  FAIL("further from the exact sum than the bound");
}

void require_pair_near(const Kernels& table, const float* a, const float* b, std::size_t n) {
  require_near(table.dot(a, b, n), exact_dot(a, b, n), n);
  require_near(table.l2_squared(a, b, n), exact_l2_squared(a, b, n), n);
  require_near(table.norm_squared(a, n), exact_dot(a, a, n), n);
}

void require_rows_near(const Kernels& table, const float* query, const std::array<const float*, 4>& rows,
                       std::size_t n) {
  std::array<float, 4> out = {};
  table.dot_4_rows(query, rows.data(), n, out.data());
  for (std::size_t i = 0; i < 4; ++i) require_near(out[i], exact_dot(query, rows[i], n), n);
  table.l2_squared_4_rows(query, rows.data(), n, out.data());
  for (std::size_t i = 0; i < 4; ++i) require_near(out[i], exact_l2_squared(query, rows[i], n), n);
}

// All kernels on one array: the query at its start, rows after it.
void require_all_near(const Kernels& table, const std::vector<float>& values, std::size_t n) {
  const float* query = values.data();
  require_pair_near(table, query, query + n, n);
  require_rows_near(table, query, {query + n, query + 2 * n, query + 3 * n, query + 4 * n}, n);
}

}  // namespace

TEST_CASE("kernels: the scalar table comes first, and every name is there once") {
  std::vector<std::string_view> names;
  for (const Kernels& table : all_kernels()) names.push_back(table.name);
  REQUIRE(names.front() == "SCALAR");
  std::ranges::sort(names);
  REQUIRE(std::ranges::adjacent_find(names) == names.end());
  REQUIRE(std::ranges::find(names, kernels().name) != names.end());
}

#if defined(__x86_64__) || defined(__aarch64__)
TEST_CASE("kernels: this processor has a table with vector instructions") {
  REQUIRE(all_kernels().size() > 1);
}
#endif

TEST_CASE("kernels: no terms sum up to zero") {
  for (const Kernels& table : all_kernels()) {
    CAPTURE(table.name);
    const float* const rows[4] = {};
    float out[4] = {1, 1, 1, 1};
    REQUIRE(table.dot(nullptr, nullptr, 0) == 0);
    REQUIRE(table.l2_squared(nullptr, nullptr, 0) == 0);
    REQUIRE(table.norm_squared(nullptr, 0) == 0);
    table.dot_4_rows(nullptr, rows, 0, out);
    REQUIRE(std::ranges::count(out, 0.0F) == 4);
    table.l2_squared_4_rows(nullptr, rows, 0, out);
    REQUIRE(std::ranges::count(out, 0.0F) == 4);
  }
}

TEST_CASE("kernels: every table is within the error bound in every dimension") {
  std::mt19937_64 random(1);
  for (const std::size_t n : dimensions()) {
    const std::vector<float> values = random_floats(5 * n, random);
    for (const Kernels& table : all_kernels()) {
      CAPTURE(table.name);
      require_all_near(table, values, n);
    }
  }
}

TEST_CASE("kernels: small whole numbers give the exact sum in every table") {
  std::mt19937_64 random(2);
  for (const std::size_t n : dimensions()) {
    if (n > 4096) continue;  // so that every partial sum is below 2^24
    std::vector<float> a(n);
    std::vector<float> b(n);
    for (float& value : a) value = static_cast<float>(static_cast<int>(random() % 31) - 15);
    for (float& value : b) value = static_cast<float>(static_cast<int>(random() % 31) - 15);
    for (const Kernels& table : all_kernels()) {
      CAPTURE(table.name, n);
      REQUIRE(table.dot(a.data(), b.data(), n) == static_cast<float>(exact_dot(a.data(), b.data(), n).sum));
      REQUIRE(table.l2_squared(a.data(), b.data(), n) ==
              static_cast<float>(exact_l2_squared(a.data(), b.data(), n).sum));
    }
  }
}

TEST_CASE("kernels: an address may be any that holds a float") {
  std::mt19937_64 random(3);
  for (const std::size_t n : {1U, 7U, 31U, 64U, 100U, 129U, 384U}) {
    const std::vector<float> values = random_floats(n + 16, random);
    const std::vector<float> others = random_floats(n + 16, random);
    for (const Kernels& table : all_kernels()) {
      CAPTURE(table.name);
      for (std::size_t offset = 0; offset < 16; ++offset) {
        const std::size_t other = (offset * 7 + 3) % 16;
        require_pair_near(table, values.data() + offset, others.data() + other, n);
        require_rows_near(table, values.data() + other,
                          {others.data() + offset, others.data() + 1, values.data() + 2, others.data() + 15}, n);
      }
    }
  }
}

TEST_CASE("kernels: the error bound holds where the terms cancel, underflow or differ in size by far") {
  std::mt19937_64 random(4);
  const auto scale = [&](double smallest, double largest) {
    std::uniform_real_distribution<double> exponent(smallest, largest);
    return static_cast<float>(std::exp2(exponent(random)));
  };
  for (const std::size_t n : {1U, 3U, 17U, 100U, 257U, 1536U}) {
    std::vector<float> values = random_floats(5 * n, random);
    SECTION("cancellation, " + std::to_string(n)) {
      for (std::size_t i = 0; i + 1 < values.size(); i += 2) values[i + 1] = -values[i] * (1 + 1e-6F);
    }
    SECTION("products below the smallest normal number, " + std::to_string(n)) {
      for (float& value : values) value *= 1e-20F;
    }
    SECTION("denormal numbers, " + std::to_string(n)) {
      for (float& value : values) value *= std::numeric_limits<float>::denorm_min() * 1000;
    }
    SECTION("sizes from 2^-70 to 2^50, " + std::to_string(n)) {
      for (float& value : values) value *= scale(-70, 50);
    }
    for (const Kernels& table : all_kernels()) {
      CAPTURE(table.name);
      require_all_near(table, values, n);
    }
  }
}

TEST_CASE("kernels: a sum beyond the range of float is not finite, never a wrong number") {
  for (const std::size_t n : {1U, 5U, 16U, 64U, 100U}) {
    const std::vector<float> huge(n, std::numeric_limits<float>::max());
    const std::vector<float> low(n, std::numeric_limits<float>::lowest());
    for (const Kernels& table : all_kernels()) {
      CAPTURE(table.name, n);
      REQUIRE_FALSE(std::isfinite(table.dot(huge.data(), huge.data(), n)));
      REQUIRE_FALSE(std::isfinite(table.norm_squared(huge.data(), n)));
      REQUIRE_FALSE(std::isfinite(table.l2_squared(huge.data(), low.data(), n)));
    }
  }
}
