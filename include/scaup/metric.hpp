#pragma once
// How near two vectors are, and which vector instructions compute it.

#include <cstdint>
#include <span>
#include <string_view>

#include "scaup/config.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// How two vectors are compared. A score is always "higher is nearer".
/// The numbers are stored on disk, do not change them.
enum class Metric : std::uint8_t {
  cosine = 1,         ///< score in [-1, 1]; length does not matter, a zero vector is refused
  inner_product = 2,  ///< score is the dot product, any real number
  l2 = 3,             ///< score is minus the squared Euclidean distance, in (-inf, 0]
};

/// The name of a metric: "cosine", "inner_product" or "l2".
[[nodiscard]] SCAUP_API std::string_view to_string(Metric metric) noexcept;

/// The score of `b` as seen from `a`, accumulated in double: what an exact query returns for this pair.
///
/// Errors: `dimension_mismatch` if the lengths differ; `invalid_argument` for an empty vector, for NaN
/// or infinity, and for a zero vector under cosine.
[[nodiscard]] SCAUP_API Result<double> score(Metric metric, std::span<const float> a, std::span<const float> b);

/// The instruction set that compares vectors in this process, for example "AVX2" or "SCALAR".
///
/// It is chosen once, at the first use: the best one that was compiled in and that the processor has.
/// The environment variable SCAUP_SIMD_TARGET, meant for tests, forces one by this name.
/// Errors: `invalid_argument` if the variable names a target that does not exist or that this processor
/// lacks; creating a collection then fails with the same error.
[[nodiscard]] SCAUP_API Result<std::string_view> simd_target();

}  // namespace scaup::inline v0
