// Names of metrics, and scores of pairs of vectors with what is refused.

#include "scaup/metric.hpp"

#include <array>
#include <limits>

#include "simd/vectors.hpp"
#include "support/catch.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

using Limits = std::numeric_limits<float>;
using Vector = std::vector<float>;

constexpr std::array kMetrics = {Metric::cosine, Metric::inner_product, Metric::l2};

double score_of(Metric metric, const Vector& a, const Vector& b) {
  return require_ok(score(metric, a, b));
}

}  // namespace

TEST_CASE("metric: each has the name that the configuration uses") {
  REQUIRE(to_string(Metric::cosine) == "cosine");
  REQUIRE(to_string(Metric::inner_product) == "inner_product");
  REQUIRE(to_string(Metric::l2) == "l2");
  REQUIRE(to_string(static_cast<Metric>(0)) == "unknown");
}

TEST_CASE("score: small vectors score what one computes by hand") {
  const Vector a = {3, 4};
  const Vector b = {4, 3};
  REQUIRE(score_of(Metric::inner_product, a, b) == 24);
  REQUIRE(score_of(Metric::cosine, a, b) == Approx(0.96).epsilon(1e-15));
  REQUIRE(score_of(Metric::l2, a, b) == -2);
}

TEST_CASE("score: equals the exact value in double precision, in either order") {
  std::mt19937_64 random(1);
  for (const std::size_t n : {1U, 2U, 33U, 384U, 1000U}) {
    const Vector a = random_floats(n, random);
    const Vector b = random_floats(n, random);
    const long double dot = exact_dot(a.data(), b.data(), n).sum;
    const long double norms = std::sqrt(exact_dot(a.data(), a.data(), n).sum * exact_dot(b.data(), b.data(), n).sum);
    CAPTURE(n);
    REQUIRE(score_of(Metric::inner_product, a, b) == Approx(static_cast<double>(dot)).epsilon(1e-13).margin(1e-12));
    REQUIRE(score_of(Metric::cosine, a, b) == Approx(static_cast<double>(dot / norms)).epsilon(1e-13).margin(1e-13));
    REQUIRE(score_of(Metric::l2, a, b) ==
            Approx(-static_cast<double>(exact_l2_squared(a.data(), b.data(), n).sum)).epsilon(1e-13));
    for (const Metric metric : kMetrics) REQUIRE(score_of(metric, a, b) == score_of(metric, b, a));
  }
}

TEST_CASE("score: cosine stays in [-1, 1] for parallel vectors") {
  std::mt19937_64 random(2);
  for (int round = 0; round < 2000; ++round) {
    const Vector a = random_floats(1 + random() % 40, random);
    Vector opposite = a;
    for (float& value : opposite) value *= -1.0F;
    const double same = score_of(Metric::cosine, a, a);
    REQUIRE((same <= 1 && same >= 1 - 1e-15));
    const double reverse = score_of(Metric::cosine, a, opposite);
    REQUIRE((reverse >= -1 && reverse <= -1 + 1e-15));
  }
}

TEST_CASE("score: cosine does not depend on the length of the vectors, up to the limits of float") {
  const Vector unit = {1, 0};
  for (const float size : {Limits::denorm_min(), 1e-30F, 1.0F, 1e30F, Limits::max()}) {
    CAPTURE(size);
    REQUIRE(score_of(Metric::cosine, {size, size}, unit) == Approx(std::sqrt(0.5)).epsilon(1e-15));
    REQUIRE(score_of(Metric::cosine, {size, 0}, {0, size}) == 0);
  }
}

TEST_CASE("score: the distance of equal vectors is zero without a sign") {
  const double distance = score_of(Metric::l2, {1, 2, 3}, {1, 2, 3});
  REQUIRE(distance == 0);
  REQUIRE_FALSE(std::signbit(distance));
}

TEST_CASE("score: the largest floats have a finite score") {
  const Vector huge(1000, Limits::max());
  const Vector low(1000, Limits::lowest());
  for (const Metric metric : kMetrics) REQUIRE(std::isfinite(score_of(metric, huge, low)));
}

TEST_CASE("score: vectors of different lengths are refused with both lengths") {
  for (const Metric metric : kMetrics) {
    require_error(score(metric, Vector(3, 1), Vector(4, 1)), ErrorCode::dimension_mismatch, {"score: ", " 3 ", " 4"});
    require_error(score(metric, Vector(), Vector(4, 1)), ErrorCode::dimension_mismatch, {" 0 ", " 4"});
  }
}

TEST_CASE("score: empty vectors are refused") {
  for (const Metric metric : kMetrics) {
    require_error(score(metric, Vector(), Vector()), ErrorCode::invalid_argument, {"score: ", "empty"});
  }
}

TEST_CASE("score: a component that is not finite is refused by vector, index and value") {
  const Vector good(100, 1);
  for (const Metric metric : kMetrics) {
    Vector bad = good;
    bad[77] = Limits::quiet_NaN();
    require_error(score(metric, bad, good), ErrorCode::invalid_argument,
                  {"score: the first vector: component 77 is NaN"});
    bad[5] = -Limits::infinity();
    require_error(score(metric, good, bad), ErrorCode::invalid_argument,
                  {"score: the second vector: component 5 is -infinity"});
  }
}

TEST_CASE("score: a zero vector is refused under cosine alone") {
  const Vector zero = {0.0F, -0.0F};
  const Vector one = {1, 1};
  require_error(score(Metric::cosine, zero, one), ErrorCode::invalid_argument, {"the first vector", "zero"});
  require_error(score(Metric::cosine, one, zero), ErrorCode::invalid_argument, {"the second vector", "zero"});
  REQUIRE(score_of(Metric::inner_product, zero, one) == 0);
  REQUIRE(score_of(Metric::l2, zero, one) == -2);
}

TEST_CASE("score: a metric that does not exist is refused by its number") {
  require_error(score(static_cast<Metric>(9), Vector{1}, Vector{1}), ErrorCode::invalid_argument, {"9"});
}
