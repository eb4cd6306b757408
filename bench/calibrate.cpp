// Measures what the ways to answer a query cost and prints src/engine/plan_costs.hpp:
//
//   bench/run.sh calibrate
//
// Each way is timed at several dimensions and sizes on one core; a least-squares fit gives the cost of a row and of
// a byte of its codes.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <memory>
#include <numeric>
#include <random>
#include <vector>

#include "index/exact_search.hpp"
#include "index/graph.hpp"
#include "index/graph_builder.hpp"
#include "index/graph_walk.hpp"

namespace {

using namespace scaup;

constexpr std::size_t kRows = 40'000;
constexpr std::size_t kQueries = 200;
constexpr int kPasses = 5;
constexpr std::array<std::size_t, 3> kDimensions = {128, 384, 768};

// Processor time of this thread, in nanoseconds: other programs disturb that least.
double now() {
  std::timespec time = {};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return 1e9 * static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec);
}

template <typename Body>
double median_ns(Body&& body) {
  std::vector<double> times;
  for (int pass = 0; pass < kPasses; ++pass) {
    const double start = now();
    body();
    times.push_back(now() - start);
  }
  std::ranges::sort(times);
  return times[times.size() / 2];
}

class EveryRow final : public RowJudge {
 public:
  bool accepts(Slot) const override { return true; }
  bool id_precedes(Slot a, Slot b) const override { return a < b; }
};

// Rows around centres, and queries of the same kind.
class Rows {
 public:
  explicit Rows(std::size_t dimension) : dimension_(dimension), in_segment_(rows_per_segment(dimension)) {
    for (int i = 0; i < 500; ++i) centres_.push_back(noise(1.0F));
    for (std::size_t i = 0; i < kRows; ++i) {
      if (i % in_segment_ == 0) segments_.push_back(std::make_unique<RowSegment>(in_segment_, dimension));
      segments_.back()->write(i % in_segment_, vector());
    }
    for (const auto& segment : segments_) pointers_.push_back(segment.get());
    for (std::size_t i = 0; i < kQueries; ++i) queries_.push_back(vector());
  }
  [[nodiscard]] RowsView view() const { return {pointers_, kRows, in_segment_, dimension_, 0}; }
  [[nodiscard]] const std::vector<std::vector<float>>& queries() const { return queries_; }

 private:
  std::vector<float> noise(float size) {
    std::vector<float> vector(dimension_);
    for (float& x : vector) x = size * normal_(random_);
    return vector;
  }
  std::vector<float> vector() {
    std::vector<float> vector = noise(0.7F);
    const auto& centre = centres_[random_() % centres_.size()];
    std::transform(vector.begin(), vector.end(), centre.begin(), vector.begin(), std::plus<>());
    return vector;
  }

  std::mt19937_64 random_{1};
  std::normal_distribution<float> normal_;
  std::size_t dimension_, in_segment_;
  std::vector<std::vector<float>> centres_, queries_;
  std::vector<std::unique_ptr<RowSegment>> segments_;
  std::vector<const RowSegment*> pointers_;
};

// One measurement: rows compared, bytes of codes a row, and the nanoseconds of a query.
struct Sample {
  double rows = 0;
  double bytes = 0;
  double ns = 0;
};

double bytes_of(std::size_t dimension) {
  return static_cast<double>(code_stride(dimension));
}

Sample scan(const Rows& rows, std::size_t dimension, const std::vector<Slot>* only) {
  const EveryRow judge;
  const double ns = median_ns([&] {
    for (const auto& query : rows.queries()) {
      const ExactQuery search{.vector = query, .k = 10, .judge = &judge, .only = only};
      exact_search(rows.view(), Metric::cosine, {&search, 1}, 1, {}).value();
    }
  });
  const auto count = static_cast<double>(only == nullptr ? kRows : only->size());
  return {count, bytes_of(dimension), ns / kQueries};
}

Sample walk_graph(const Graph& graph, const Rows& rows, std::size_t dimension, std::size_t ef) {
  const EveryRow judge;
  WalkCounters counters;
  const double ns = median_ns([&] {
    counters = {};
    for (const auto& query : rows.queries()) {
      walk(graph, rows.view(), query, {.k = 10, .ef = ef}, judge, counters, {}).value();
    }
  });
  return {static_cast<double>(counters.codes_compared) / kQueries, bytes_of(dimension), ns / kQueries};
}

std::unique_ptr<Graph> graph_of(const Rows& rows, std::size_t dimension) {
  const GraphOptions options{.metric = Metric::cosine, .dimension = dimension};
  auto builder = GraphBuilder::create(options, kRows).value();
  builder->insert_range(rows.view(), 0, kRows, 0, {}).value();
  auto graph = std::make_unique<Graph>(options);
  graph->publish_all(*builder, rows.view(), 0).value();
  return graph;
}

std::vector<Slot> every(std::size_t step) {
  std::mt19937 random(2);
  std::vector<Slot> slots;
  for (Slot slot = 0; slot < kRows; ++slot) {
    if (random() % step == 0) slots.push_back(slot);
  }
  return slots;
}

struct Fit {
  double begin = 0;
  double row = 0;
  double byte = 0;
};

// Least squares of ns = begin + rows * (row + byte * bytes), each measurement weighted by 1 / ns, by the normal
// equations and Gaussian elimination.
Fit fit(const std::vector<Sample>& samples) {
  std::array<std::array<double, 4>, 3> m = {};
  for (const Sample& s : samples) {
    const std::array<double, 4> x = {1 / s.ns, s.rows / s.ns, s.rows * s.bytes / s.ns, 1};
    for (std::size_t i = 0; i < 3; ++i) {
      for (std::size_t j = 0; j < 4; ++j) m[i][j] += x[i] * x[j];
    }
  }
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t k = 0; k < 3; ++k) {
      if (k == i) continue;
      const double times = m[k][i] / m[i][i];
      for (std::size_t j = 0; j < 4; ++j) m[k][j] -= times * m[i][j];
    }
  }
  return {m[0][3] / m[0][0], m[1][3] / m[1][1], m[2][3] / m[2][2]};
}

void print(const char* name, const char* comment, const Fit& f) {
  std::printf("inline constexpr PlanCost %s = {%.0f, %.2f, %.4f};  ///< %s\n", name, std::max(f.begin, 0.0),
              std::max(f.row, 0.0), std::max(f.byte, 0.0), comment);
}

}  // namespace

int main() {
  std::vector<Sample> scans, gathers, walks;
  for (const std::size_t dimension : kDimensions) {
    const Rows rows(dimension);
    scans.push_back(scan(rows, dimension, nullptr));
    for (const std::size_t step : {2U, 8U, 40U}) {
      const auto slots = every(step);
      gathers.push_back(scan(rows, dimension, &slots));
    }
    const auto graph = graph_of(rows, dimension);
    for (const std::size_t ef : {10U, 20U, 40U, 80U, 160U}) walks.push_back(walk_graph(*graph, rows, dimension, ef));
  }
  // A scan of few rows, so that what a scan costs apart from its rows can be told.
  for (const std::size_t step : {400U, 4000U}) {
    const auto slots = every(step);
    gathers.push_back(scan(Rows(128), 128, &slots));
  }
  const Fit gather = fit(gathers);
  const double scan_row = scans[0].ns / scans[0].rows, scan_last = scans[2].ns / scans[2].rows;
  const double byte = (scan_last - scan_row) / (scans[2].bytes - scans[0].bytes);
  std::printf(
      "#pragma once\n"
      "// What the ways to answer a query cost on one core, as `bench/run.sh calibrate` measured it. The planner "
      "compares\n"
      "// the ways by these; only their ratios matter.\n\n"
      "namespace scaup::inline v0 {\n\n"
      "/// Comparing rows of `bytes` of codes takes `begin + rows * (row + byte * bytes)` nanoseconds.\n"
      "struct PlanCost {\n  double begin = 0;\n  double row = 0;\n  double byte = 0;\n};\n\n");
  print("kScanCost", "all rows, one after the other", {gather.begin, scan_row - byte * scans[0].bytes, byte});
  print("kGatherCost", "some rows, in ascending order", gather);
  print("kWalkCost", "rows met on a walk through the graph", fit(walks));
  std::printf("\n}  // namespace scaup::inline v0\n");
  for (const auto* samples : {&scans, &gathers, &walks}) {
    for (const Sample& s : *samples)
      std::fprintf(stderr, "%8.0f rows of %4.0f bytes: %9.0f ns\n", s.rows, s.bytes, s.ns);
  }
  return 0;
}
