#pragma once
// What is measured of scaup alone, against truth computed here and against its own unhindered queries.

#include <cstdint>
#include <string>

#include "matrix.hpp"

namespace scaup::bench {

enum class Effort : std::uint8_t { quick, full };

// Each returns one JSON object.

/// Filters that keep 50 to 0.01 % of the rows: at random, the rows nearest to the query, the farthest rows.
/// Recall against the exact truth of the filter; time beside unfiltered queries asked in turn with them.
[[nodiscard]] std::string measure_filtered(const Matrix& base, const Matrix& query, Effort effort);

/// Ten rounds in each of which half of the documents get other vectors; recall at once and when indexed.
[[nodiscard]] std::string measure_churn(const Matrix& base, const Matrix& query, Effort effort);

/// Latency of queries while another thread adds as fast as it can, and while nobody does.
[[nodiscard]] std::string measure_writes(const Matrix& base, const Matrix& query, Effort effort);

}  // namespace scaup::bench
