#include "index/exact_search.hpp"

#include <algorithm>
#include <cmath>

#include "index/row_scorer.hpp"
#include "simd/kernels.hpp"

namespace scaup::inline v0 {
namespace {

// One scan for one query.
class ExactScan {
 public:
  ExactScan(const RowsView& rows, const RowScorer& scorer, std::size_t k, RowJudge& judge, ExactSearchCounters& counters)
      : rows_(rows), scorer_(scorer), judge_(judge), counters_(counters), top_(std::min(k, rows.rows), judge) {}

  // Four ranges of the segment, a quarter apart, are read together: as many streams keep the memory busier
  // than one.
  void scan_segment(std::size_t number, std::size_t count) {
    const RowSegment& segment = *rows_.segments[number];
    const auto first_slot = static_cast<Slot>(number * rows_.rows_in_segment);
    const std::size_t quarter = count / 4;
    for (std::size_t i = 0; i < quarter; ++i) {
      const std::size_t indices[4] = {i, i + quarter, i + 2 * quarter, i + 3 * quarter};
      const float* const rows[4] = {segment.row(indices[0]), segment.row(indices[1]), segment.row(indices[2]),
                                    segment.row(indices[3])};
      float estimates[4];
      scorer_.estimate_4(rows, estimates);
      for (std::size_t lane = 0; lane < 4; ++lane) consider(segment, first_slot, indices[lane], estimates[lane]);
    }
    for (std::size_t i = 4 * quarter; i < count; ++i) {
      consider(segment, first_slot, i, scorer_.estimate(segment.row(i)));
    }
    counters_.rows_scanned += count;
  }

  std::vector<Hit> take() && { return std::move(top_).take(); }

 private:
  void consider(const RowSegment& segment, Slot first_slot, std::size_t index, float estimate) {
    if (scorer_.cannot_reach(top_.threshold(), estimate, segment.norm(index))) return;
    if (!segment.has_vector(index) || !segment.visible(index, rows_.sequence)) return;
    ++counters_.rows_rescored;
    const Hit hit{scorer_.exact(segment.row(index), segment.norm(index)), first_slot + static_cast<Slot>(index)};
    if (top_.would_enter(hit) && judge_.accepts(hit.slot)) top_.push(hit);
  }

  const RowsView& rows_;
  const RowScorer& scorer_;
  RowJudge& judge_;
  ExactSearchCounters& counters_;
  TopK top_;
};

}  // namespace

Result<std::vector<Hit>> exact_search(const RowsView& rows, Metric metric, std::span<const float> query, std::size_t k,
                                      RowJudge& judge, ExactSearchCounters& counters, const std::stop_token& stop) {
  if (rows.rows == 0) return std::vector<Hit>{};
  const RowScorer scorer(metric, query);
  ExactScan scan(rows, scorer, k, judge, counters);
  for (std::size_t number = 0; number * rows.rows_in_segment < rows.rows; ++number) {
    if (stop.stop_requested()) return Error(ErrorCode::cancelled, "query: cancelled while scanning");
    scan.scan_segment(number, std::min(rows.rows_in_segment, rows.rows - number * rows.rows_in_segment));
  }
  return std::move(scan).take();
}

}  // namespace scaup::inline v0
