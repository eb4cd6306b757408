#pragma once
// Choice by maximal marginal relevance (Carbonell and Goldstein 1998): near to the question, far from what is chosen.

#include <cstddef>
#include <span>
#include <vector>

#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// The places, in the order of choice, of min(k, n) of n candidates. The first is the one of greatest relevance; then
/// each time the one with the greatest lambda * relevance - (1 - lambda) * s, s being the greatest cosine between it
/// and one that is chosen. Equal ones in their order. A candidate without a vector (an empty span) or with a zero
/// vector has the cosine 0 with all others. With lambda = 1 only relevance counts.
///
/// Errors: `invalid_argument` for lambda outside 0 to 1, another number of vectors than of relevances, and relevances
/// or vectors with NaN or infinity; `dimension_mismatch` where vectors differ in length.
///
/// Cost: k * n products of vectors.
[[nodiscard]] Result<std::vector<std::size_t>> choose_diverse(std::span<const double> relevance,
                                                              std::span<const std::span<const float>> vectors,
                                                              std::size_t k, double lambda);

}  // namespace scaup::inline v0
