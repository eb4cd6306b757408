#include "index/exact_search.hpp"

#include <algorithm>
#include <atomic>
#include <bit>
#include <memory>
#include <mutex>

#include "base/parallel.hpp"
#include "index/row_scorer.hpp"

namespace scaup::inline v0 {
namespace {

// What the threads of one query have in common: a score that the answer's worst hit will at least have.
class SharedFloor {
 public:
  explicit SharedFloor(double least) : value_(least) {}
  [[nodiscard]] double get() const noexcept { return value_.load(std::memory_order_relaxed); }
  void raise(double score) noexcept {
    double known = get();
    while (score > known && !value_.compare_exchange_weak(known, score, std::memory_order_relaxed)) {
    }
  }

 private:
  std::atomic<double> value_;
};

// The bars of four queries side by side, so that one row is held against all of them in a few vector
// instructions.
class FourBars {
 public:
  void set(std::size_t query, const RowScorer::Bar& bar) noexcept {
    product_[query] = bar.product;
    residual_[query] = bar.residual;
    norm_[query] = bar.norm;
    norm_squared_[query] = bar.norm_squared;
    least_[query] = bar.least;
  }

  // Whether RowScorer::misses says so for each of the four.
  [[nodiscard]] bool all_miss(const std::int32_t products[4], RowFactors factors, double norm) const noexcept {
    const double scale = static_cast<double>(factors.scale);
    const double residual = static_cast<double>(factors.residual);
    const double norm_squared = norm * norm;
    int misses = 0;
    for (std::size_t q = 0; q < 4; ++q) {
      const double reached = static_cast<double>(products[q]) * scale * product_[q] + residual * residual_[q] +
                             norm * norm_[q] + norm_squared * norm_squared_[q];
      misses += reached < least_[q] ? 1 : 0;
    }
    return misses == 4;
  }

 private:
  double product_[4] = {};
  double residual_[4] = {};
  double norm_[4] = {};
  double norm_squared_[4] = {};
  double least_[4] = {};
};

// One query on one thread.
class QueryScan {
 public:
  QueryScan(const RowsView& rows, const RowScorer& scorer, const ExactQuery& query, SharedFloor& floor)
      : rows_(rows),
        scorer_(scorer),
        judge_(*query.judge),
        chosen_(query.only != nullptr),
        floor_(floor),
        shift_(std::countr_zero(rows.rows_in_segment)),
        top_(std::min(query.k, rows.rows), judge_) {
    update_bar();
  }

  // Four ranges of the rows, a quarter apart, are read together: as many streams keep the memory busier than one.
  void scan(const RowSegment& segment, Slot first_slot, std::size_t begin, std::size_t end) {
    update_bar();
    const std::size_t quarter = (end - begin) / 4;
    for (std::size_t i = begin; i < begin + quarter; ++i) {
      const std::size_t indices[4] = {i, i + quarter, i + 2 * quarter, i + 3 * quarter};
      const std::int8_t* const codes[4] = {segment.codes(indices[0]), segment.codes(indices[1]),
                                           segment.codes(indices[2]), segment.codes(indices[3])};
      std::int32_t products[4];
      scorer_.product_4(codes, products);
      for (std::size_t lane = 0; lane < 4; ++lane) consider(segment, first_slot, indices[lane], products[lane]);
    }
    for (std::size_t i = begin + 4 * quarter; i < end; ++i) {
      consider(segment, first_slot, i, scorer_.product(segment.codes(i)));
    }
    compared_ += end - begin;
  }

  // The same for rows that lie anywhere; their codes are fetched ahead, because no prefetcher foresees them.
  void scan_slots(std::span<const Slot> slots) {
    constexpr std::size_t kAhead = 16;
    update_bar();
    std::size_t i = 0;
    for (; i + 4 <= slots.size(); i += 4) {
      for (std::size_t next = i + kAhead; next < std::min(i + kAhead + 4, slots.size()); ++next) prefetch(slots[next]);
      const std::int8_t* const codes[4] = {codes_of(slots[i]), codes_of(slots[i + 1]), codes_of(slots[i + 2]),
                                           codes_of(slots[i + 3])};
      std::int32_t products[4];
      scorer_.product_4(codes, products);
      for (std::size_t lane = 0; lane < 4; ++lane) consider_slot(slots[i + lane], products[lane]);
    }
    for (; i < slots.size(); ++i) consider_slot(slots[i], scorer_.product(codes_of(slots[i])));
    compared_ += slots.size();
  }

  // The same for four queries at once, each part of a row being read once for all of them.
  static void scan_4(std::span<QueryScan, 4> scans, const RowSegment& segment, Slot first_slot, std::size_t begin,
                     std::size_t end) {
    const RowScorer* const scorers[4] = {&scans[0].scorer_, &scans[1].scorer_, &scans[2].scorer_, &scans[3].scorer_};
    const std::size_t whole = begin + (end - begin) / 4 * 4;
    for (QueryScan& scan : scans) scan.update_bar();
    FourBars bars;
    for (std::size_t q = 0; q < 4; ++q) bars.set(q, scans[q].bar_);
    for (std::size_t i = begin; i < whole; i += 4) {
      const std::int8_t* const codes[4] = {segment.codes(i), segment.codes(i + 1), segment.codes(i + 2),
                                           segment.codes(i + 3)};
      std::int32_t products[4][4];
      RowScorer::product_4_queries(scorers, codes, products);
      for (std::size_t row = 0; row < 4; ++row) {
        if (bars.all_miss(products[row], segment.factors(i + row), segment.norm(i + row))) continue;
        for (std::size_t q = 0; q < 4; ++q) {
          scans[q].consider(segment, first_slot, i + row, products[row][q]);
          bars.set(q, scans[q].bar_);
        }
      }
    }
    for (QueryScan& scan : scans) {
      scan.compared_ += whole - begin;
      scan.scan(segment, first_slot, whole, end);
    }
  }

  void add_to(ExactAnswer& answer) && {
    answer.codes_compared += compared_;
    answer.rows_rescored += rescored_;
    std::vector<Hit> hits = std::move(top_).take();
    answer.hits.insert(answer.hits.end(), hits.begin(), hits.end());
  }

 private:
  [[nodiscard]] const RowSegment& segment_of(Slot slot) const noexcept { return *rows_.segments[slot >> shift_]; }
  [[nodiscard]] const std::int8_t* codes_of(Slot slot) const noexcept {
    return segment_of(slot).codes(slot & (rows_.rows_in_segment - 1));
  }
  void prefetch(Slot slot) const noexcept {
    constexpr std::size_t kLine = 64;
    const std::int8_t* const codes = codes_of(slot);
    for (std::size_t byte = 0; byte < code_stride(rows_.dimension); byte += kLine) __builtin_prefetch(codes + byte);
  }
  void consider_slot(Slot slot, std::int32_t product) {
    const std::size_t index = slot & (rows_.rows_in_segment - 1);
    consider(segment_of(slot), slot - static_cast<Slot>(index), index, product);
  }

  void consider(const RowSegment& segment, Slot first_slot, std::size_t index, std::int32_t product) {
    const double norm = segment.norm(index);
    if (RowScorer::misses(bar_, product, segment.factors(index), norm)) return;
    if (!segment.has_vector(index) || !segment.visible(index, rows_.sequence)) return;
    const Slot slot = first_slot + static_cast<Slot>(index);
    if (!chosen_ && !judge_.may_accept(slot)) return;
    ++rescored_;
    const Hit hit{scorer_.exact(segment.row(index), norm), slot};
    if (hit.score < floor_.get() || !top_.would_enter(hit) || !judge_.accepts(slot)) return;
    top_.push(hit);
    floor_.raise(top_.threshold());
    update_bar();
  }

  void update_bar() noexcept { bar_ = scorer_.bar(floor_.get()); }

  const RowsView& rows_;
  const RowScorer& scorer_;
  const RowJudge& judge_;
  const bool chosen_;  // the rows are those that the judge may accept
  SharedFloor& floor_;
  int shift_;  // of a slot to the number of its segment
  TopK top_;
  RowScorer::Bar bar_;
  std::size_t compared_ = 0;
  std::size_t rescored_ = 0;
};

// All queries of a call, over all rows, on several threads: each takes blocks of rows until none is left.
class Search {
 public:
  Search(const RowsView& rows, Metric metric, std::span<const ExactQuery> queries, const std::stop_token& stop)
      : rows_(rows), queries_(queries), stop_(stop), answers_(queries.size()) {
    for (const ExactQuery& query : queries) order_.push_back(&query);
    const auto some = std::stable_partition(order_.begin(), order_.end(),
                                            [](const ExactQuery* query) { return query->only == nullptr; });
    whole_ = static_cast<std::size_t>(some - order_.begin());
    next_slots_ = whole_;
    // A single query reads a segment in one go; several take turns on rows that stay in the cache.
    constexpr std::size_t kCacheBytes = std::size_t{128} << 10U;
    const std::size_t rows_in_cache = std::max<std::size_t>(64, kCacheBytes / code_stride(rows.dimension));
    block_ = whole_ <= 1 ? rows.rows_in_segment : std::min(rows.rows_in_segment, rows_in_cache);
    next_ = rows.first / rows.rows_in_segment * blocks_in_segment();
    scorers_.reserve(queries.size());
    for (const ExactQuery* query : order_) {
      scorers_.emplace_back(metric, query->vector);
      floors_.push_back(std::make_unique<SharedFloor>(query->least_score));
    }
  }

  Result<std::vector<ExactAnswer>> run(std::size_t threads) {
    std::mutex mutex;
    const auto work = [&](std::size_t /*thread*/) -> Status {
      std::vector<QueryScan> scans;
      scans.reserve(queries_.size());
      for (std::size_t i = 0; i < queries_.size(); ++i) scans.emplace_back(rows_, scorers_[i], *order_[i], *floors_[i]);
      if (Status scanned = scan_blocks(scans); !scanned) return scanned;
      if (Status scanned = scan_slots(scans); !scanned) return scanned;
      const std::lock_guard lock(mutex);
      for (std::size_t i = 0; i < scans.size(); ++i) std::move(scans[i]).add_to(answer_of(*order_[i]));
      return {};
    };
    if (Status done = parallel_for(threads, threads, work); !done) return std::move(done).error();
    if (threads > 1) merge();
    return std::move(answers_);
  }

 private:
  [[nodiscard]] ExactAnswer& answer_of(const ExactQuery& query) {
    return answers_[static_cast<std::size_t>(&query - queries_.data())];
  }
  [[nodiscard]] std::size_t blocks_in_segment() const noexcept { return (rows_.rows_in_segment + block_ - 1) / block_; }

  Status scan_blocks(std::vector<QueryScan>& scans) {
    while (whole_ > 0) {
      const std::size_t block = next_.fetch_add(1, std::memory_order_relaxed);
      const std::size_t number = block / blocks_in_segment();
      const std::size_t first = number * rows_.rows_in_segment;
      if (first >= rows_.rows) return {};
      if (stop_.stop_requested()) return Error(ErrorCode::cancelled, "cancelled while scanning");
      const std::size_t rows_here = std::min(rows_.rows_in_segment, rows_.rows - first);
      const std::size_t block_begin = std::min(block % blocks_in_segment() * block_, rows_here);
      const std::size_t end = std::min(block_begin + block_, rows_here);
      const std::size_t begin = std::clamp(rows_.first - std::min(rows_.first, first), block_begin, end);
      scan_block(std::span(scans).first(whole_), *rows_.segments[number], static_cast<Slot>(first), begin, end);
    }
    return {};
  }

  // Queries over some of the rows only: each is one thread's work.
  Status scan_slots(std::vector<QueryScan>& scans) {
    for (std::size_t i = next_slots_.fetch_add(1); i < scans.size(); i = next_slots_.fetch_add(1)) {
      if (stop_.stop_requested()) return Error(ErrorCode::cancelled, "cancelled while scanning");
      scans[i].scan_slots(*order_[i]->only);
    }
    return {};
  }

  static void scan_block(std::span<QueryScan> scans, const RowSegment& segment, Slot first_slot, std::size_t begin,
                         std::size_t end) {
    for (; scans.size() >= 4; scans = scans.subspan(4)) {
      QueryScan::scan_4(scans.first<4>(), segment, first_slot, begin, end);
    }
    for (QueryScan& scan : scans) scan.scan(segment, first_slot, begin, end);
  }

  // Each thread brought its own best hits; the best of all are the answer.
  void merge() {
    for (std::size_t i = 0; i < answers_.size(); ++i) {
      std::vector<Hit>& hits = answers_[i].hits;
      const RowJudge& judge = *queries_[i].judge;
      std::ranges::sort(hits, [&](const Hit& a, const Hit& b) { return better_hit(a, b, judge); });
      if (judge.groups() != nullptr) keep_first_of_groups(hits, *judge.groups());
      hits.resize(std::min(hits.size(), queries_[i].k));
    }
  }

  const RowsView& rows_;
  const std::span<const ExactQuery> queries_;
  const std::stop_token& stop_;
  std::vector<ExactAnswer> answers_;
  std::vector<const ExactQuery*> order_;  // those over all rows first
  std::size_t whole_ = 0;                 // how many these are
  std::size_t block_ = 0;
  std::vector<RowScorer> scorers_;  // in that order, as the floors
  std::vector<std::unique_ptr<SharedFloor>> floors_;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<std::size_t> next_slots_ = 0;
};

}  // namespace

Result<std::vector<ExactAnswer>> exact_search(const RowsView& rows, Metric metric, std::span<const ExactQuery> queries,
                                              std::size_t threads, const std::stop_token& stop) {
  if (rows.rows == 0 || queries.empty()) return std::vector<ExactAnswer>(queries.size());
  return Search(rows, metric, queries, stop).run(threads);
}

}  // namespace scaup::inline v0
