#pragma once
// Negative queries: their checks, and the arithmetic of the mode `subtract`.

#include <cstddef>
#include <span>
#include <vector>

#include "collection/request_check.hpp"

namespace scaup::inline v0 {

/// The negative query of a request whose own text or vector has been checked. `embedder` may be null.
[[nodiscard]] Status check_negative(const RequestView& request, const Embedder* embedder, const StoreInfo& info,
                                    const StoreCapabilities& capabilities);

/// The threshold of a checked negative query of the mode `filter`.
[[nodiscard]] double threshold_of(const NegativeQuery& negative) noexcept;

/// `query` less `negative`, both brought to length 1, in double, rounded to float at the end; under cosine
/// brought to length 1 again. Both are finite and have the same dimension.
/// Errors: `invalid_argument` if one of them is zero, or if they have the same direction.
[[nodiscard]] Result<std::vector<float>> subtract(Metric metric, std::span<const float> query,
                                                  std::span<const float> negative);

}  // namespace scaup::inline v0
