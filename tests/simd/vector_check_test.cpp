// The check that every component is finite.

#include "simd/vector_check.hpp"

#include <limits>

#include "simd/vectors.hpp"
#include "support/catch.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

using Limits = std::numeric_limits<float>;

}  // namespace

TEST_CASE("vector check: the largest, smallest and zero floats are finite") {
  for (const float value : {0.0F, -0.0F, Limits::max(), Limits::lowest(), Limits::min(), Limits::denorm_min()}) {
    CAPTURE(value);
    REQUIRE_FALSE(first_not_finite(std::vector<float>(200, value)));
    require_ok(check_finite(std::vector<float>(200, value)));
  }
}

TEST_CASE("vector check: a NaN or infinity is found at every place of every dimension") {
  std::mt19937_64 random(1);
  for (const std::size_t n : {1U, 2U, 63U, 64U, 65U, 127U, 128U, 200U}) {
    for (const float wrong : {Limits::quiet_NaN(), -Limits::quiet_NaN(), Limits::signaling_NaN(), Limits::infinity(),
                              -Limits::infinity()}) {
      for (std::size_t at = 0; at < n; ++at) {
        std::vector<float> vector = random_floats(n, random);
        vector[at] = wrong;
        CAPTURE(n, at, wrong);
        REQUIRE(first_not_finite(vector) == at);
      }
    }
  }
}

TEST_CASE("vector check: of several the first is reported") {
  std::vector<float> vector(300, 1.0F);
  vector[70] = vector[71] = vector[290] = Limits::infinity();
  REQUIRE(first_not_finite(vector) == 70);
}

TEST_CASE("vector check: the message names the component and its value") {
  std::vector<float> vector(100, 1.0F);
  vector[99] = -Limits::quiet_NaN();
  require_error(check_finite(vector), ErrorCode::invalid_argument, {"component 99 is NaN,"});
  vector[3] = -Limits::infinity();
  require_error(check_finite(vector), ErrorCode::invalid_argument, {"component 3 is -infinity,"});
  vector[0] = Limits::infinity();
  require_error(check_finite(vector), ErrorCode::invalid_argument, {"component 0 is infinity,"});
}
