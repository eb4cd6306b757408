#include "index/recall_table.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/boundary.hpp"
#include "base/parallel.hpp"
#include "index/graph_walk.hpp"
#include "index/row_distance.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::array<std::size_t, 15> kWidths = {10, 12, 16, 20, 26, 34, 44, 58, 76, 100, 140, 200, 320, 640, 1280};
constexpr double kAllFound = 0.9995;

// Every row but the one that is the query.
class OtherRows final : public RowJudge {
 public:
  explicit OtherRows(Slot self) : self_(self) {}
  bool accepts(Slot slot) const override { return slot != self_; }
  bool id_precedes(Slot a, Slot b) const override { return a < b; }

 private:
  Slot self_;
};

// A line through two points, at x.
double on_line(double x, double x0, double y0, double x1, double y1) noexcept {
  return x1 == x0 ? y1 : y0 + (y1 - y0) * (x - x0) / (x1 - x0);
}

struct Query {
  Slot row = 0;
  double worst = 0;          // the score of the last exact neighbour
  std::size_t expected = 0;  // how many exact neighbours there are
};

std::span<const float> vector_of(const RowsView& view, Slot slot) noexcept {
  return {RowCodesView(view).floats(slot), view.dimension};
}

// Rows to ask about, an even step apart.
std::vector<Query> pick_queries(Metric metric, const RowsView& view, std::size_t sample) {
  const RowCodesView rows(view);
  const auto usable = [&](Slot slot) {
    const bool directed = metric != Metric::cosine || rows.norm(slot) > 0;
    return rows.visible(slot) && rows.has_vector(slot) && directed;
  };
  std::vector<Query> queries;
  const auto slots = static_cast<Slot>(view.rows);
  const double step = std::max(1.0, static_cast<double>(slots) / static_cast<double>(std::max<std::size_t>(sample, 1)));
  for (double place = 0; place < static_cast<double>(slots); place += step) {
    const auto end = static_cast<Slot>(std::min(place + step, static_cast<double>(slots)));
    auto slot = static_cast<Slot>(place);
    while (slot < end && !usable(slot)) ++slot;
    if (slot < end) queries.push_back({.row = slot});
  }
  return queries;
}

// One point of the table, and all that it is measured with.
class Measurement {
 public:
  Measurement(const Graph& graph, const RowsView& view, std::size_t threads, const std::stop_token& stop)
      : graph_(graph), view_(view), threads_(threads), stop_(stop) {}

  // Fills in what exact search finds; drops queries without a neighbour.
  Status find_truth(std::vector<Query> queries) {
    std::vector<OtherRows> judges;
    std::vector<ExactQuery> searches;
    judges.reserve(queries.size());
    for (const Query& query : queries) {
      judges.emplace_back(query.row);
      searches.push_back(
          {.vector = vector_of(view_, query.row), .k = RecallTable::kMeasuredAt, .judge = &judges.back()});
    }
    const std::size_t threads = thread_count(threads_, view_.segments.size());
    const auto answers = exact_search(view_, graph_.metric(), searches, threads, stop_);
    if (!answers) return answers.error();
    for (std::size_t i = 0; i < queries.size(); ++i) {
      const auto& hits = (*answers)[i].hits;
      if (!hits.empty()) queries_.push_back({queries[i].row, hits.back().score, hits.size()});
    }
    return {};
  }

  [[nodiscard]] bool empty() const noexcept { return queries_.empty(); }

  Result<RecallTable::Point> point(std::size_t ef) {
    std::vector<double> found;
    auto compared = find(ef, found);
    if (!compared) return std::move(compared).error();
    return RecallTable::Point{ef, cautious_mean(found), *compared};
  }

  // The share of its neighbours that each query found; returns how many rows a query compared on average.
  Result<double> find(std::size_t ef, std::vector<double>& found) {
    found.resize(queries_.size());
    std::vector<WalkCounters> counters(queries_.size());
    Status done = parallel_for(queries_.size(), thread_count(threads_, queries_.size()), [&](std::size_t i) -> Status {
      const Query& query = queries_[i];
      const OtherRows judge(query.row);
      const WalkOptions options{.k = RecallTable::kMeasuredAt, .ef = ef, .leave_out = query.row};
      const auto hits = walk(graph_, view_, vector_of(view_, query.row), options, judge, counters[i], stop_);
      if (!hits) return hits.error();
      const auto near = [&](const Hit& hit) { return hit.score >= query.worst; };
      const auto count = static_cast<std::size_t>(std::ranges::count_if(*hits, near));
      found[i] = static_cast<double>(std::min(count, query.expected)) / static_cast<double>(query.expected);
      return {};
    });
    if (!done) return std::move(done).error();
    double compared = 0;
    for (const WalkCounters& counter : counters) compared += static_cast<double>(counter.codes_compared);
    return compared / static_cast<double>(counters.size());
  }

 private:
  // The mean less its standard error; a sample that found everything leaves an error of one neighbour in all.
  static double cautious_mean(const std::vector<double>& shares) noexcept {
    const auto n = static_cast<double>(shares.size());
    double sum = 0;
    double squares = 0;
    for (const double share : shares) {
      sum += share;
      squares += share * share;
    }
    const double mean = sum / n;
    const double variance = std::max(0.0, squares / n - mean * mean);
    const double one_neighbour = 1.0 / (n * static_cast<double>(RecallTable::kMeasuredAt));
    return std::max(0.0, mean - std::max(std::sqrt(variance / n), one_neighbour));
  }

  const Graph& graph_;
  const RowsView& view_;
  const std::size_t threads_;
  const std::stop_token& stop_;
  std::vector<Query> queries_;
};

}  // namespace

// Chance may have measured a wider beam as worse; then the narrower one is all that its width is worth.
RecallTable::RecallTable(std::vector<Point> points) : points_(std::move(points)) {
  double best = 0;
  for (Point& point : points_) {
    best = std::max(best, point.recall);
    point.recall = best;
  }
}

std::optional<std::size_t> RecallTable::ef_for(double recall, std::size_t k) const noexcept {
  const auto at = std::ranges::find_if(points_, [&](const Point& point) { return point.recall >= recall; });
  if (at == points_.end()) return std::nullopt;
  double ef = static_cast<double>(at->ef);
  if (at != points_.begin()) {
    const Point& before = *(at - 1);
    ef = on_line(recall, before.recall, static_cast<double>(before.ef), at->recall, ef);
  }
  const double times = static_cast<double>(std::max(k, kMeasuredAt)) / static_cast<double>(kMeasuredAt);
  return static_cast<std::size_t>(std::ceil(ef * times));
}

double RecallTable::codes_compared(std::size_t ef) const noexcept {
  if (points_.empty()) return std::numeric_limits<double>::infinity();
  if (points_.size() == 1) return points_[0].codes_compared;
  const auto width = static_cast<double>(ef);
  std::size_t after = 1;
  while (after + 1 < points_.size() && static_cast<double>(points_[after].ef) < width) ++after;
  const Point& a = points_[after - 1];
  const Point& b = points_[after];
  const double codes =
      on_line(width, static_cast<double>(a.ef), a.codes_compared, static_cast<double>(b.ef), b.codes_compared);
  return std::max(codes, width);
}

Result<RecallTable> measure_recall(const Graph& graph, const RowsView& rows, const RecallSample& sample,
                                   const std::stop_token& stop) {
  return guarded([&]() -> Result<RecallTable> {
    Measurement measurement(graph, rows, sample.threads, stop);
    if (Status found = measurement.find_truth(pick_queries(graph.metric(), rows, sample.queries)); !found) {
      return std::move(found).error();
    }
    std::vector<RecallTable::Point> points;
    if (measurement.empty()) return RecallTable(std::move(points));
    for (const std::size_t ef : kWidths) {
      auto point = measurement.point(ef);
      if (!point) return std::move(point).error();
      points.push_back(*point);
      if (point->recall >= kAllFound || point->codes_compared * 2 > static_cast<double>(rows.rows)) break;
    }
    return RecallTable(std::move(points));
  });
}

Result<RecallReport> recall_of_width(const Graph& graph, const RowsView& rows, std::size_t ef,
                                     const RecallSample& sample, const std::stop_token& stop) {
  return guarded([&]() -> Result<RecallReport> {
    Measurement measurement(graph, rows, sample.threads, stop);
    if (Status found = measurement.find_truth(pick_queries(graph.metric(), rows, sample.queries)); !found) {
      return std::move(found).error();
    }
    if (measurement.empty()) return RecallReport{};
    std::vector<double> found;
    if (const auto compared = measurement.find(ef, found); !compared) return compared.error();
    const double sum = std::accumulate(found.begin(), found.end(), 0.0);
    return RecallReport{.recall = sum / static_cast<double>(found.size()), .queries = found.size(), .ef = ef};
  });
}

}  // namespace scaup::inline v0
