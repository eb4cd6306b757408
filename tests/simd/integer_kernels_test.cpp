// The integer kernels: exact in every table, up to the limits that kernels.hpp states.

#include <array>

#include "simd/kernels.hpp"
#include "simd/vectors.hpp"
#include "support/catch.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

template <typename T>
std::int64_t exact_int_dot(const T* a, const std::int8_t* b, std::size_t n) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += std::int64_t{a[i]} * std::int64_t{b[i]};
  return sum;
}

void require_exact(const Kernels& table, const std::vector<std::int16_t>& query, const std::vector<std::int8_t>& rows) {
  const std::size_t n = query.size();
  CAPTURE(table.name, n);
  const std::array<const std::int8_t*, 4> four = {rows.data() + 3 * n, rows.data(), rows.data() + 2 * n,
                                                  rows.data() + n};
  std::array<std::int32_t, 4> out = {};
  table.dot_int16_int8_4_rows(query.data(), four.data(), n, out.data());
  for (std::size_t i = 0; i < 4; ++i) {
    REQUIRE(out[i] == exact_int_dot(query.data(), four[i], n));
    REQUIRE(table.dot_int16_int8(query.data(), four[i], n) == out[i]);
    REQUIRE(table.dot_int8(four[0], four[i], n) == exact_int_dot(four[0], four[i], n));
  }
  // Four queries that differ: the given one, its reverse, half of it, and its negative.
  std::array<std::vector<std::int16_t>, 4> queries = {query, {query.rbegin(), query.rend()}, query, query};
  for (std::int16_t& x : queries[2]) x = static_cast<std::int16_t>(x / 2);
  for (std::int16_t& x : queries[3]) x = static_cast<std::int16_t>(-x);
  const std::array<const std::int16_t*, 4> query_pointers = {queries[0].data(), queries[1].data(), queries[2].data(),
                                                             queries[3].data()};
  std::int32_t block[4][4] = {};
  table.dot_int16_int8_4_queries(query_pointers.data(), four.data(), n, block);
  for (std::size_t row = 0; row < 4; ++row) {
    for (std::size_t i = 0; i < 4; ++i) REQUIRE(block[row][i] == exact_int_dot(query_pointers[i], four[row], n));
  }
}

}  // namespace

TEST_CASE("integer kernels: every table is exact in every dimension") {
  std::mt19937_64 random(1);
  for (const std::size_t n : dimensions()) {
    const int largest = n == 0 ? 0 : static_cast<int>(std::min<std::size_t>(32767, kMaxInt16QuerySum / n));
    const auto query = random_integers<std::int16_t>(n, -largest, largest, random);
    const auto rows = random_integers<std::int8_t>(4 * n, -127, 127, random);
    for (const Kernels& table : all_kernels()) require_exact(table, query, rows);
  }
}

TEST_CASE("integer kernels: the sum of an int16 query may reach the limit, in either sign and in one component") {
  for (const std::size_t n : {516U, 600U, 1536U, 65536U}) {
    for (const int sign : {1, -1}) {
      std::vector<std::int16_t> query(n);
      std::int32_t left = kMaxInt16QuerySum;
      for (std::size_t i = 0; i < n && left > 0; ++i) {
        const std::int32_t part = std::min(left, 32767);
        query[i] = static_cast<std::int16_t>(sign * part);
        left -= part;
      }
      const std::vector<std::int8_t> rows(4 * n, 127);
      for (const Kernels& table : all_kernels()) {
        require_exact(table, query, rows);
        if (left == 0) REQUIRE(table.dot_int16_int8(query.data(), rows.data(), n) == sign * kMaxInt16QuerySum * 127);
      }
    }
  }
}

TEST_CASE("integer kernels: int8 rows of the most terms do not overflow, -128 included") {
  for (const int code : {-128, 127}) {
    const std::vector<std::int8_t> row(kMaxInt8Terms, static_cast<std::int8_t>(code));
    const std::vector<std::int8_t> lowest(kMaxInt8Terms, -128);
    for (const Kernels& table : all_kernels()) {
      CAPTURE(table.name, code);
      REQUIRE(table.dot_int8(row.data(), lowest.data(), row.size()) ==
              exact_int_dot(row.data(), lowest.data(), row.size()));
    }
  }
}

TEST_CASE("integer kernels: an address may be any") {
  std::mt19937_64 random(2);
  for (const std::size_t n : {1U, 15U, 33U, 100U, 384U}) {
    const auto query = random_integers<std::int16_t>(n + 64, -255, 255, random);
    const auto codes = random_integers<std::int8_t>(n + 64, -127, 127, random);
    for (const Kernels& table : all_kernels()) {
      for (std::size_t offset = 0; offset < 64; ++offset) {
        CAPTURE(table.name, n, offset);
        const std::int16_t* a = query.data() + (offset * 5) % 64;
        const std::int8_t* b = codes.data() + offset;
        REQUIRE(table.dot_int16_int8(a, b, n) == exact_int_dot(a, b, n));
        REQUIRE(table.dot_int8(codes.data() + 63 - offset, b, n) == exact_int_dot(codes.data() + 63 - offset, b, n));
      }
    }
  }
}
