#pragma once
// The measures of one ranking; scaup/evaluate.hpp has their definitions.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "scaup/evaluate.hpp"

namespace scaup::inline v0 {

/// A ranking seen through the judgements of its query.
struct JudgedRanking {
  std::vector<std::int64_t> gains = {};  ///< of the documents as they were ranked; 0 for those not relevant
  std::vector<std::int64_t> ideal = {};  ///< all gains above 0, descending
};

/// The value of a measure; 0 where nothing is relevant.
[[nodiscard]] double measure_ranking(const JudgedRanking& ranking, const MeasureAt& measure) noexcept;

}  // namespace scaup::inline v0
