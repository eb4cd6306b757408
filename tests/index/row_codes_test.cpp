#include "index/row_codes.hpp"

#include <cfloat>
#include <cmath>
#include <numeric>

#include "index/row_scorer.hpp"
#include "simd/kernels.hpp"
#include "support/vectors.hpp"

using namespace scaup;

namespace {

double norm_of(std::span<const float> x) {
  double sum = 0;
  for (const float v : x) sum += static_cast<double>(v) * static_cast<double>(v);
  return std::sqrt(sum);
}

// Rows of many kinds, from harmless to hostile.
std::vector<std::vector<float>> rows_of(std::size_t dimension) {
  std::mt19937_64 random(dimension);
  std::vector<std::vector<float>> rows;
  for (const float scale : {1.0F, 1e-30F, 1e-37F, 1e-44F, 1e30F, 3e37F}) {
    rows.push_back(test::random_vector(random, dimension));
    for (float& x : rows.back()) x *= scale;
  }
  rows.emplace_back(dimension, 0.0F);
  rows.emplace_back(dimension, -2.5F);
  rows.emplace_back(dimension, 0.001F);
  rows.back()[dimension / 2] = 1e6F;
  return rows;
}

}  // namespace

TEST_CASE("row codes: codes, scale and residual stand for the row within the stated norm") {
  for (const std::size_t dimension : {1U, 2U, 3U, 63U, 64U, 65U, 384U, 4096U}) {
    for (const auto& row : rows_of(dimension)) {
      std::vector<std::int8_t> codes(code_stride(dimension), std::int8_t{77});
      const RowFactors factors = encode_row(row, codes);
      double rest = 0;
      for (std::size_t i = 0; i < dimension; ++i) {
        REQUIRE(std::abs(static_cast<int>(codes[i])) <= 127);
        const double e = static_cast<double>(row[i]) - static_cast<double>(factors.scale) * codes[i];
        rest += e * e;
      }
      REQUIRE(std::sqrt(rest) <= static_cast<double>(factors.residual));
      REQUIRE(static_cast<double>(factors.residual) <= std::sqrt(rest) * 1.000001 + FLT_MIN);
      if (norm_of(row) > 1e-30) {
        const auto terms = static_cast<double>(dimension);
        REQUIRE(std::sqrt(rest) <= 0.51 * static_cast<double>(factors.scale) * std::sqrt(terms));
      }
      for (std::size_t i = dimension; i < codes.size(); ++i) REQUIRE(codes[i] == 0);
    }
  }
}

TEST_CASE("row codes: a query's codes keep to the sum that no product can overflow") {
  for (const std::size_t dimension : {1U, 2U, 100U, 384U, 1536U, 4096U, 65536U}) {
    for (const auto& query : rows_of(dimension)) {
      std::vector<std::int16_t> codes(code_stride(dimension), std::int16_t{77});
      const QueryCodes factors = encode_query(query, codes);
      std::int64_t sum = 0;
      double rest = 0;
      for (std::size_t i = 0; i < dimension; ++i) {
        sum += std::abs(static_cast<int>(codes[i]));
        const double e = static_cast<double>(query[i]) - (factors.scale > 0 ? codes[i] / factors.scale : 0.0);
        rest += e * e;
      }
      REQUIRE(sum <= kMaxInt16QuerySum);
      REQUIRE(std::sqrt(rest) <= factors.residual);
      if (norm_of(query) > 0) REQUIRE(factors.residual <= 0.01 * norm_of(query));
    }
  }
}

TEST_CASE("row scorer: no row that reaches a threshold is said to miss it, and few others are kept") {
  for (const Metric metric : {Metric::cosine, Metric::inner_product, Metric::l2}) {
    for (const std::size_t dimension : {1U, 3U, 64U, 384U}) {
      INFO(to_string(metric) << ", dimension " << dimension);
      std::mt19937_64 random(dimension + 17);
      RowSegment segment(256, dimension);
      auto rows = rows_of(dimension);
      while (rows.size() < 256) rows.push_back(test::random_vector(random, dimension));
      for (std::size_t i = 0; i < rows.size(); ++i) segment.write(i, rows[i]);
      const auto query = test::random_vector(random, dimension);
      const RowScorer scorer(metric, query);
      for (std::size_t i = 0; i < rows.size(); ++i) {
        if (metric == Metric::cosine && norm_of(rows[i]) == 0.0) continue;
        const double exact = scorer.exact(segment.row(i), segment.norm(i));
        const std::int32_t product = scorer.product(segment.codes(i));
        const auto misses = [&](double threshold) {
          return RowScorer::misses(scorer.bar(threshold), product, segment.factors(i), segment.norm(i));
        };
        INFO("row " << i << ", score " << exact);
        REQUIRE_FALSE(misses(exact));
        REQUIRE_FALSE(misses(std::nextafter(exact, -DBL_MAX)));
        REQUIRE_FALSE(misses(-std::numeric_limits<double>::infinity()));
        const double size = norm_of(query) * std::max(1.0, segment.norm(i));
        const double clearly_better = exact + 0.1 * (metric == Metric::cosine ? 1.0 : 2.0 * size + size * size);
        if (norm_of(rows[i]) > 1e-30) REQUIRE(misses(clearly_better));
      }
    }
  }
}

TEST_CASE("row scorer: a row without a vector never misses, so that the caller sees that it has none") {
  RowSegment segment(64, 4);
  segment.write(0, {});
  const RowScorer scorer(Metric::l2, std::vector<float>{1, 2, 3, 4});
  REQUIRE_FALSE(segment.has_vector(0));
  REQUIRE_FALSE(
      RowScorer::misses(scorer.bar(0.0), scorer.product(segment.codes(0)), segment.factors(0), segment.norm(0)));
}
