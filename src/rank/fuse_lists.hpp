#pragma once
// Fusion of ranked lists of slots: what scaup/fusion.hpp defines, for callers that have numbers in place of ids.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "scaup/fusion.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

inline constexpr double kLargestFusionNumber = 1e100;  // so that no sum, square or product leaves the doubles

/// One ranking, best first; no slot comes twice. Lifetime: borrowed.
struct RankedSlots {
  std::span<const std::uint32_t> slots = {};
  std::span<const double> scores = {};  ///< one for each slot, within kLargestFusionNumber
};

struct FusedSlot {
  std::uint32_t slot = 0;
  double score = 0;

  friend bool operator==(const FusedSlot&, const FusedSlot&) = default;
};

/// Ranges of the options, and one weight for each list unless there are none. Errors: `invalid_argument`.
[[nodiscard]] Status check_fusion(const FusionOptions& options, std::size_t lists);

/// The weight of a list; options are checked.
[[nodiscard]] inline double weight_of(const FusionOptions& options, std::size_t list) noexcept {
  return options.weights.empty() ? 1.0 : options.weights[list];
}

/// What each place of a list with these scores contributes, for the first `depth` places. Options are checked.
[[nodiscard]] std::vector<double> contributions(std::span<const double> scores, double weight,
                                                const FusionOptions& options);

/// The fused score of every slot, in ascending order of slot: ordering by score and, where equal, by id is left to the
/// caller, who knows the ids. Options are checked.
[[nodiscard]] std::vector<FusedSlot> fuse_slots(std::span<const RankedSlots> lists, const FusionOptions& options);

}  // namespace scaup::inline v0
