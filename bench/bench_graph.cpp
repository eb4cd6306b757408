// The graph beside hnswlib's, interleaved in one process on one thread: build time, and for each width of the beam
// recall@10 against the exact answer, queries per second and codes compared; then the ratio at equal recall.
//
//   bench_graph [rows of the generated set, default 100000; 0: without it] [ef_construction, default 120; hnswlib has
//   200]

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <memory>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "base/parallel.hpp"
#include "bench_vectors.hpp"
#include "index/graph.hpp"
#include "index/graph_builder.hpp"
#include "index/graph_walk.hpp"
#include "peer_hnswlib.hpp"
#include "simd/kernels.hpp"

namespace {

using namespace scaup;
using namespace scaup::bench;

constexpr std::size_t kK = 10;
constexpr std::size_t kQueries = 1000;
constexpr int kPasses = 5;

// Processor time of this thread: all that is measured runs on it, and other programs disturb that least.
double now() {
  std::timespec time = {};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

double seconds_since(double start) {
  return now() - start;
}

struct DataSet {
  std::string name;
  Vectors base;
  Vectors queries;
};

std::vector<std::vector<std::uint32_t>> exact_answers(const DataSet& set) {
  std::vector<std::vector<std::uint32_t>> answers(set.queries.count());
  double first = 0;
  double tenth = 0;
  for (std::size_t q = 0; q < answers.size(); ++q) {
    std::vector<std::pair<float, std::uint32_t>> scored(set.base.count());
    for (std::uint32_t i = 0; i < scored.size(); ++i) {
      scored[i] = {-kernels().dot(set.queries.at(q).data(), set.base.at(i).data(), set.base.dimension), i};
    }
    std::ranges::partial_sort(scored, scored.begin() + kK);
    for (std::size_t i = 0; i < kK; ++i) answers[q].push_back(scored[i].second);
    first -= static_cast<double>(scored[0].first);
    tenth -= static_cast<double>(scored[kK - 1].first);
  }
  const auto n = static_cast<double>(answers.size());
  std::printf("mean cosine of the 1st neighbour %.3f, of the 10th %.3f\n", first / n, tenth / n);
  return answers;
}

class AnyRow final : public RowJudge {
 public:
  bool accepts(Slot) const override { return true; }
  bool id_precedes(Slot a, Slot b) const override { return a < b; }
};

struct Rows {
  explicit Rows(const Vectors& vectors)
      : in_segment(rows_per_segment(vectors.dimension)), dimension(vectors.dimension) {
    for (std::size_t i = 0; i < vectors.count(); ++i) {
      if (i % in_segment == 0) segments.push_back(std::make_unique<RowSegment>(in_segment, dimension));
      segments.back()->write(i % in_segment, vectors.at(i));
    }
    for (const auto& segment : segments) pointers.push_back(segment.get());
    count = vectors.count();
  }
  [[nodiscard]] RowsView view() const { return {pointers, count, in_segment, dimension, 0}; }

  std::size_t in_segment, dimension, count = 0;
  std::vector<std::unique_ptr<RowSegment>> segments;
  std::vector<const RowSegment*> pointers;
};

struct Point {
  std::size_t ef = 0;
  double recall = 0;
  double qps = 0;
  double codes = 0;
};

// Queries per second at a recall, on the line between the two points around it (in the logarithm of qps).
double qps_at(std::vector<Point> curve, double recall) {
  double best = 0;
  for (std::size_t i = 0; i + 1 < curve.size(); ++i) {
    const Point& a = curve[i];
    const Point& b = curve[i + 1];
    if (b.recall < recall) continue;
    if (a.recall >= recall) return std::max(best, a.qps);
    const double t = (recall - a.recall) / (b.recall - a.recall);
    return std::exp(std::log(a.qps) * (1 - t) + std::log(b.qps) * t);
  }
  return best;
}

class Comparison {
 public:
  Comparison(const DataSet& set, std::size_t ef_construction) : set_(set), rows_(set.base), truth_(exact_answers(set)) {
    build(ef_construction);
  }

  void run() {
    const std::size_t widths[] = {10, 12, 14, 16, 20, 24, 32, 40, 48, 64, 80, 96, 128, 192, 256, 320};
    std::vector<Point> ours, theirs;
    std::printf("| ef | ours recall | QPS | codes | hnswlib recall | QPS |\n|---|---|---|---|---|---|\n");
    for (const std::size_t ef : widths) {
      Point a{.ef = ef}, b{.ef = ef};
      std::vector<double> a_times, b_times;
      for (int pass = 0; pass < kPasses; ++pass) {
        a_times.push_back(pass_ours(a));
        b_times.push_back(pass_theirs(b));
      }
      std::ranges::sort(a_times);
      std::ranges::sort(b_times);
      a.qps = kQueries / a_times[kPasses / 2];
      b.qps = kQueries / b_times[kPasses / 2];
      std::printf("| %zu | %.4f | %.0f | %.0f | %.4f | %.0f |\n", ef, a.recall, a.qps, a.codes, b.recall, b.qps);
      std::fflush(stdout);
      ours.push_back(a);
      theirs.push_back(b);
    }
    for (const double recall : {0.95, 0.99}) {
      std::printf("%s\tratio_r%.0f\t%.2f\t(%.0f / %.0f)\n", set_.name.c_str(), recall * 100,
                  qps_at(ours, recall) / qps_at(theirs, recall), qps_at(ours, recall), qps_at(theirs, recall));
    }
    std::printf("%s\tratio_build\t%.2f\n\n", set_.name.c_str(), their_build_ / our_build_);
  }

 private:
  // In turns of a tenth of the rows, so that both meet the same load of the machine.
  void build(std::size_t ef_construction) {
    const std::size_t n = set_.base.count();
    const GraphOptions options{
        .metric = Metric::cosine, .dimension = set_.base.dimension, .ef_construction = ef_construction};
    builder_ = GraphBuilder::create(options, n).value();
    graph_ = std::make_unique<Graph>(options);
    peer_ = std::make_unique<bench::PeerHnswlib>(set_.base.dimension, n, 16, 200);
    const RowsView view = rows_.view();
    for (std::size_t part = 0; part < 20; ++part) {
      const std::size_t first = n * part / 20, last = n * (part + 1) / 20;
      auto start = now();
      builder_->insert_range(view, static_cast<Slot>(first), static_cast<Slot>(last), 1, {}).value();
      our_build_ += seconds_since(start);
      start = now();
      for (std::size_t i = first; i < last; ++i) peer_->add(set_.base.at(i).data(), i);
      their_build_ += seconds_since(start);
    }
    const auto start = now();
    graph_->publish_all(*builder_, view, 1).value();
    const double publish = seconds_since(start);
    our_build_ += publish;
    std::printf("build: ours %.2f s (of it filling and publishing %.2f), hnswlib %.2f s\n", our_build_, publish,
                their_build_);
  }

  double pass_ours(Point& point) {
    const RowsView view = rows_.view();
    AnyRow judge;
    std::vector<std::vector<Hit>> hits(kQueries);
    WalkCounters counters;
    const auto start = now();
    for (std::size_t q = 0; q < kQueries; ++q) {
      hits[q] = walk(*graph_, view, set_.queries.at(q), {.k = kK, .ef = point.ef}, judge, counters, {}).value();
    }
    const double time = seconds_since(start);
    std::size_t found = 0;
    for (std::size_t q = 0; q < kQueries; ++q) {
      for (const Hit& hit : hits[q]) found += static_cast<std::size_t>(std::ranges::count(truth_[q], hit.slot));
    }
    point.recall = static_cast<double>(found) / (kQueries * kK);
    point.codes = static_cast<double>(counters.codes_compared) / kQueries;
    return time;
  }

  double pass_theirs(Point& point) {
    std::vector<std::vector<std::uint32_t>> hits(kQueries);
    const auto start = now();
    for (std::size_t q = 0; q < kQueries; ++q) peer_->search(set_.queries.at(q).data(), kK, point.ef, hits[q]);
    const double time = seconds_since(start);
    std::size_t found = 0;
    for (std::size_t q = 0; q < kQueries; ++q) {
      for (const std::uint32_t label : hits[q]) found += static_cast<std::size_t>(std::ranges::count(truth_[q], label));
    }
    point.recall = static_cast<double>(found) / (kQueries * kK);
    return time;
  }

  const DataSet& set_;
  Rows rows_;
  std::vector<std::vector<std::uint32_t>> truth_;
  std::unique_ptr<GraphBuilder> builder_;
  std::unique_ptr<Graph> graph_;
  std::unique_ptr<bench::PeerHnswlib> peer_;
  double our_build_ = 0;
  double their_build_ = 0;
};

void compare(const DataSet& set, std::size_t ef_construction) {
  std::printf("%s: %zu x %zu\n", set.name.c_str(), set.base.count(), set.base.dimension);
  Comparison(set, ef_construction).run();
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t rows = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 100'000;
  const std::size_t ef_construction = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : GraphOptions{}.ef_construction;
  const char* given = std::getenv("SCAUP_SHARED_DATA");
  const std::string folder = (given != nullptr ? std::string(given) : "../shared/data") + "/ann/";
  const DataSet words{"glove100-60k", read_i8bin(folder + "glove100-60k.base.i8bin"),
                      read_i8bin(folder + "glove100-60k.query.i8bin")};
  if (words.queries.dimension != 0) compare(words, ef_construction);
  if (rows == 0) return 0;
  ClusteredSource source(384);
  DataSet text{"text-384", source.draw(rows), {}};
  text.queries = source.draw(kQueries);
  compare(text, ef_construction);
  return 0;
}
