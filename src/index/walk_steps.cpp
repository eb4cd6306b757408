// Readying a walk for its query, and the exact scores of what it found.

#include "index/walk_steps.hpp"

#include <bit>
#include <cmath>

#include "index/row_scorer.hpp"

namespace scaup::inline v0 {
namespace {

// Rounds the components of a query to int16 in f32 arithmetic that compilers vectorise. Returns the factor by which a
// product of codes is multiplied. encode_query() in row_codes.hpp also bounds the error, which a walk does not need.
float encode_for_walk(std::span<const float> query, std::span<std::int16_t> codes) noexcept {
  constexpr float kLargestCode = 32767.0F;
  constexpr float kOneAndAHalfTimes2To23 = 12582912.0F;  // adding it rounds to an integer
  float largest = 0.0F;
  double sum = 0.0;
  for (const float x : query) {
    largest = std::max(largest, std::abs(x));
    sum += static_cast<double>(std::abs(x));
  }
  std::fill(codes.begin(), codes.end(), std::int16_t{0});
  const double room = static_cast<double>(kMaxInt16QuerySum) - static_cast<double>(query.size());
  const double scale =
      std::min(static_cast<double>(kLargestCode) / static_cast<double>(largest), room / (sum * (1.0 + 1e-6)));
  const auto factor = static_cast<float>(scale);
  if (!(factor > 0.0F && factor <= FLT_MAX)) return 0.0F;  // zero or denormal: every product counts as 0
  for (std::size_t i = 0; i < query.size(); ++i) {
    const float code = std::clamp(query[i] * factor, -kLargestCode, kLargestCode);
    codes[i] = static_cast<std::int16_t>((code + kOneAndAHalfTimes2To23) - kOneAndAHalfTimes2To23);
  }
  return static_cast<float>(std::min(1.0 / scale, kLargeWeight));
}

// Rows whose floats are fetched ahead of the one being scored.
constexpr std::size_t kRowsAhead = 2;

}  // namespace

WalkSteps::WalkSteps(const Graph& graph, const RowsView& rows, std::span<const float> query, WalkScratch& scratch,
                     WalkCounters& counters)
    : graph_(graph),
      rows_(rows),
      scratch_(scratch),
      counters_(counters),
      table_(kernels()),
      limit_(static_cast<Slot>(std::min(rows.rows, kMaxGraphRows))),
      shift_(static_cast<unsigned>(std::countr_zero(rows.rows_in_segment))),
      stride_(code_stride(rows.dimension)),
      row_links_(graph.links_per_row()) {
  scratch_.visited.reserve(limit_);
  scratch_.query.resize(stride_);
  factor_ = encode_for_walk(query, scratch_.query) * dot_factor(graph.metric());
  scratch_.codes.clear();
  for (const RowSegment* segment : rows.segments) scratch_.codes.push_back(segment->codes(0));
}

std::vector<Hit> WalkSteps::rescore(std::span<const Slot> candidates, std::span<const float> query, std::size_t k,
                                    const RowJudge& judge) const {
  const std::size_t n = query.size();
  const double norm = std::sqrt(kernels().dot_double(query.data(), query.data(), n));
  const std::size_t bytes = std::min(n * sizeof(float), kLinesAhead * kCacheLine);
  const auto fetch = [&](std::size_t i) {
    if (i < candidates.size()) prefetch_lines(rows_.floats(candidates[i]), bytes);
  };
  for (std::size_t i = 0; i < kRowsAhead; ++i) fetch(i);
  TopK top(k, judge);
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    fetch(i + kRowsAhead);
    const Slot slot = candidates[i];
    const Hit hit{exact_score(graph_.metric(), query.data(), norm, rows_.floats(slot), rows_.norm(slot), n), slot};
    if (top.would_enter(hit) && judge.accepts(slot)) top.push(hit);
  }
  counters_.rows_rescored += candidates.size();
  return std::move(top).take();
}

}  // namespace scaup::inline v0
